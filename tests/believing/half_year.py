"""A half-year whose truth is known: what every visitor thought, what some of them said.

Everybody served has an opinion of the visit, drawn here and nowhere kept: that is the truth. Some
of them say it, through one of six channels, at the moment they would. Beside them a few cheat. All
of it goes the way of a real press or answer, the clock standing at its moment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from server.domain.hall import Hall
from server.domain.hours import is_working_day
from server.domain.questionnaire import OVERALL, Questionnaire
from server.domain.rating import Answer, Press
from server.domain.simulate import SimulatedDay, run_day
from server.domain.ticket import Outcome, Step, Ticket
from server.domain.visitors import Visitor, visitors_of
from server.domain.wish import Actor
from server.links import token_hash
from server.simulation import read_hall
from server.store import schema, surveys
from server.store.simulated import Rows
from tests.believing.cheats import HOUR, SECOND, Said, Visit, cheating
from tests.office import Office

DAY = 24 * HOUR
HAPPY = 4  # scores of at least this are the top two

# Of those served, how many say what they think, and where. One person speaks in one place.
SPEAKING = {
    "tablet": 0.24,
    "slip_qr": 0.10,
    "exit": 0.08,
    "counter_qr": 0.05,
    "paper": 0.05,
    "kiosk": 0.03,
}
ASKED_ALL = ("slip_qr", "paper")  # channels with the whole questionnaire


class HalfYear:
    """`visits`: everybody served; `said`: every press and answer, oldest first."""

    def __init__(self, office: Office, first: date, last: date, seed: int) -> None:
        self._office, self._seed = office, seed
        with office.store.reading() as db:
            self.hall, self._form_id = read_hall(db, office.id)
        assert self.hall.questionnaire is not None
        self._asked: Questionnaire = self.hall.questionnaire
        self._aspects = {OVERALL: [self._asked.one_tap.item]}
        self._aspects |= {one.code: [item.code for item in one.items] for one in self._asked.aspect}
        self.visits: list[Visit] = []
        self.said: list[Said] = []
        for day in _working_days(self.hall, first, last):
            self._live(day)
        self.said.sort(key=lambda one: one.at)

    # ------------------------------------------------------------ what is true

    def truth(self) -> dict[tuple[str, str], tuple[int, int]]:
        """By service's id (or `all`) and aspect: how many of how many were satisfied."""
        found: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
        for visit in self.visits:
            for aspect, items in self._aspects.items():
                mean = sum(visit.thought[item] for item in items) / len(items)
                for service in (str(visit.step.service_id), "all"):
                    found[service, aspect][mean >= HAPPY - 0.5] += 1
        return {key: (count[True], count.total()) for key, count in found.items()}

    # ------------------------------------------------------------ one day

    def _live(self, day: date) -> None:
        chance = Random(f"{self._seed} {day} thoughts")
        visitors = visitors_of(self.hall, day, Random(f"{self._seed} {day} come"))
        done = run_day(self.hall, day, visitors, Random(f"{self._seed} {day} work"))
        rows = Rows(self._office.id, self.hall, self._form_id)
        rows.add(SimulatedDay(done, (), ()), {})
        rows.of[schema.ticket_events].clear()  # the clock never goes behind the last event
        with self._office.store.writing() as db:
            rows.write(db)
        came = {visitor.arrives_at: visitor for visitor in visitors}
        visits = [
            Visit(ticket, step, self._thought(came[ticket.issued_at], ticket, step, chance))
            for ticket in done.tickets
            for step in ticket.steps
            if step.outcome is Outcome.SERVED
        ]
        self.visits += visits
        honest = [said for visit in visits for said in self._speak(visit, chance)]
        self.said += honest
        self.said += cheating(visits, honest, Random(f"{self._seed} {day} cheat"))

    def _thought(
        self, visitor: Visitor, ticket: Ticket, step: Step, chance: Random
    ) -> dict[str, int]:
        """Each item's score: the mood, the wait and the service, and chance."""
        waited = ((step.first_called_at or ticket.issued_at) - ticket.issued_at) / HOUR
        liked = 4.3 + 0.6 * visitor.mood - 1.2 * min(1.5, waited)
        return {
            item: min(5, max(1, round(liked + lean + chance.gauss(0, 0.5))))
            for lean, items in zip((0, -0.1, -0.2, 0.2, -0.3), self._aspects.values(), strict=True)
            for item in items
        }

    def _speak(self, visit: Visit, chance: Random) -> Iterator[Said]:
        drawn = chance.random()
        for channel, share in SPEAKING.items():
            if drawn < share:
                yield self._by(channel, visit, chance)
                return
            drawn -= share

    def _by(self, channel: str, visit: Visit, chance: Random) -> Said:
        after = {
            "tablet": chance.uniform(3, 25) * SECOND,
            "counter_qr": chance.uniform(20, 150) * SECOND,
            "exit": chance.uniform(60, 600) * SECOND,
            "kiosk": chance.uniform(60, 600) * SECOND,
            "slip_qr": chance.uniform(0.05, 5) * HOUR,
            "paper": chance.uniform(0.2, 2) * HOUR,
        }[channel]
        everything = channel in ASKED_ALL
        scores = visit.thought if everything else {self._one_tap: visit.thought[self._one_tap]}
        named = channel in ("tablet", "counter_qr")
        return Said(
            round(visit.ended_at + after),
            channel,
            visit.step.service_id if everything else None,
            visit.step.counter_id if named else None,
            dict(scores),
        )

    @property
    def _one_tap(self) -> str:
        return self._asked.one_tap.item

    # ------------------------------------------------------------ the way into the house

    def tell(self) -> dict[str, list[tuple[str | None, str | None]]]:
        """Everything is said; by channel: how somebody cheated, and the flag it got."""
        found: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
        for nth, said in enumerate(self.said):
            self._office.clock.now = said.at
            found[said.channel].append((said.planted, self._tell(nth, said)))
        return found

    def _tell(self, nth: int, said: Said) -> str | None:
        room = self._office.rooms.satisfaction
        if said.channel not in ASKED_ALL:
            source = said.counter_id or 0
            pressed = room.press(
                Press(
                    said.scores[self._one_tap],
                    said.channel,
                    counter_id=said.counter_id,
                    press_id=f"press-{nth}",
                ),
                Actor("resident" if said.channel == "counter_qr" else "device", source),
            )
            return pressed.flag
        token = f"survey-{nth}"
        with self._office.store.writing() as db:
            hidden, service_id = token_hash(token), said.service_id or 0
            surveys.add_token(db, self._office.id, hidden, service_id)
            surveys.open_token(
                db, self._office.id, hidden, service_id, None, said.at, said.at + DAY
            )
        room.answer(token, Answer(said.scores, channel=said.channel))
        return None


def _working_days(hall: Hall, first: date, last: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_working_day(hall.settings, day)]
