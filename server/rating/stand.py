"""Where this tablet stands, and whether somebody may press on it now."""

from dataclasses import dataclass

from flask import g

from server.domain.questionnaire import Questionnaire
from server.domain.rating_place import Place, RatingPlace, Spot
from server.domain.shown import Counter
from server.web import reads, rooms, who


@dataclass(frozen=True, slots=True)
class Stand:
    """`counter`: the one it stands at, while that is in use. `visit`: when the visit ended whose
    visitor may press now (Unix ms); 0: none did. `in_use`: the office's counters."""

    place: RatingPlace
    counter: Counter | None
    visit: int
    asked: Questionnaire
    in_use: frozenset[int] = frozenset()

    @property
    def awake(self) -> bool:
        """By a door everybody may press; at a counter whoever was just served."""
        return self.counter is None or self.visit > 0

    @property
    def counter_id(self) -> int | None:
        return self.counter.id if self.counter else None

    def stood(self, moment: int) -> Spot:
        """Where it stood then (Unix ms); at no counter where that one is in use no more."""
        spot = self.place.at(moment)
        used = spot.place is Place.COUNTER and spot.counter_id in self.in_use
        return spot if used else spot.model_copy(update={"counter_id": None})

    def asks_why(self, score: int) -> bool:
        """Never of what an officer beside must not see: those reasons are on phones and paper."""
        return score <= self.asked.one_tap.ask_reasons_up_to and bool(open_reasons(self.asked))


def open_reasons(asked: Questionnaire) -> tuple[str, ...]:
    """The reasons that may be chosen where an officer stands beside."""
    return tuple(reason.code for reason in asked.reason if not reason.protected)


def stand_now() -> Stand:
    """The caller's, looked up once a request."""
    if "stand" not in g:
        place = RatingPlace.read(who().options)
        counters = reads().counters()
        counter = _counter(place, counters)
        room = rooms().satisfaction
        visit = room.waits_for_press(counter.id, place.channel) if counter else None
        in_use = frozenset(one.id for one in counters)
        g.stand = Stand(place, counter, visit or 0, room.questionnaire(), in_use)
    found: Stand = g.stand
    return found


def _counter(place: RatingPlace, counters: list[Counter]) -> Counter | None:
    if place.place is not Place.COUNTER:
        return None
    return next((one for one in counters if one.id == place.counter_id), None)
