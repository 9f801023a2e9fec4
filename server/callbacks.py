"""People who left a way to reach them after a visit, apart from everything they said of it."""

from dataclasses import dataclass
from datetime import date

from server.domain.day import day_began
from server.domain.refusals import BadField, NotAllowed
from server.domain.settings import Settings, Words
from server.domain.typed import typed
from server.domain.wish import Actor
from server.office import Office
from server.store import contacts, offices, places, setup

DAY_MS = 24 * 3600 * 1000
KEPT_DAYS = 30  # unless the office's file says otherwise: retention_days.contacts
LONGEST = {"name": 120, "reach": 120, "message": 1000, "consent": 2000, "done": 500}


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call back. `day`: when it was asked, and no time; `state`: new, taken, closed;
    `reach`: telephone number or address as it was typed; `consent`: the words agreed to;
    `erase_at`: Unix ms, when nothing of it is left."""

    id: int
    day: date
    name: str
    reach: str
    message: str
    consent: str
    state: str
    taken_by: Words | None
    done: str
    closed_at: int | None
    erase_at: int


class Callbacks:
    """Bound to one office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def ask(self, name: str, reach: str, message: str, consent: str) -> None:
        """Somebody would like to be called back. `consent`: the words shown and agreed to.

        Name and message may be empty. Raises `BadField`.
        """
        given = {"name": name, "reach": reach, "message": message, "consent": consent}
        kept = {field: typed(field, text, LONGEST[field]) for field, text in given.items()}
        if missing := [field for field in ("reach", "consent") if not kept[field]]:
            raise BadField(**dict.fromkeys(missing, "missing"))
        with self._office.verb(board=False) as turn:
            began = day_began(turn.now, turn.settings.zone)
            contacts.add(
                turn.db,
                turn.office_id,
                day=turn.day,
                day_began_at=began,
                erase_at=began + kept_days(turn.settings) * DAY_MS,
                **kept,
            )

    def kept_days(self) -> int:
        """How many days a request is kept: said where somebody agrees to it."""
        with self._office.store.reading() as db:
            return kept_days(Settings.read(offices.for_verb(db, self._office.id).settings))

    def open(self) -> list[Contact]:
        """Those not closed yet, the longest waiting first."""
        return [one for one in self.all() if one.state != contacts.CLOSED]

    def all(self) -> list[Contact]:
        """Every one that is kept, the longest waiting first."""
        with self._office.store.reading() as db:
            rows = contacts.all_of(db, self._office.id, self._office.clock())
            who = places.people(db, self._office.id, {row.taken_by or "" for row in rows})
        return [
            Contact(
                id=row.id,
                day=date.fromisoformat(row.day),
                name=row.name,
                reach=row.reach,
                message=row.message,
                consent=row.consent,
                state=row.state,
                taken_by=who.get(row.taken_by or ""),
                done=row.done or "",
                closed_at=row.closed_at,
                erase_at=row.erase_at,
            )
            for row in rows
        ]

    def how_many_new(self) -> int:
        with self._office.store.reading() as db:
            return contacts.how_many_new(db, self._office.id, self._office.clock())

    def take(self, contact_id: int, actor: Actor) -> None:
        """This member of staff calls back. Raises `NotFound`, `NotAllowed` (a colleague does)."""
        with self._office.verb(board=False) as turn:
            row = contacts.find(turn.db, turn.office_id, contact_id, turn.now)
            if row.state == contacts.CLOSED:
                raise NotAllowed("contact_closed")
            if row.taken_by not in (None, str(actor)):
                raise NotAllowed("contact_taken")
            taken = {"state": contacts.TAKEN, "taken_by": str(actor)}
            contacts.change(turn.db, turn.office_id, contact_id, taken)

    def close(self, contact_id: int, actor: Actor, done: str) -> None:
        """Says what came of it. Raises `NotFound`, `NotAllowed` (closed already), `BadField`."""
        done = typed("done", done, LONGEST["done"])
        if not done:
            raise BadField(done="missing")
        with self._office.verb(board=False) as turn:
            row = contacts.find(turn.db, turn.office_id, contact_id, turn.now)
            if row.state == contacts.CLOSED:
                raise NotAllowed("contact_closed")
            closed = {"state": contacts.CLOSED, "closed_at": turn.now, "done": done}
            closed["taken_by"] = row.taken_by or str(actor)
            contacts.change(turn.db, turn.office_id, contact_id, closed)

    def erase(self, contact_id: int, actor: Actor) -> None:
        """At the person's wish, before its time (PDPA). The audit says so and not whose it was.

        Raises `NotFound`.
        """
        with self._office.verb(board=False) as turn:
            row = contacts.find(turn.db, turn.office_id, contact_id, turn.now)
            contacts.erase(turn.db, turn.office_id, contact_id)
            who = str(actor)
            setup.note(
                turn.db, turn.office_id, turn.now, who, "contact.erased", row.day, None, None
            )

    def erase_due(self) -> None:
        """Forgets those whose promised time is over."""
        with self._office.store.reading() as db:
            if not contacts.any_due(db, self._office.id, self._office.clock()):
                return
        with self._office.verb(board=False) as turn:
            contacts.erase_due(turn.db, turn.office_id, turn.now)


def kept_days(settings: Settings) -> int:
    """At least one, so that somebody can read it."""
    return max(1, settings.settings.retention_days.get("contacts", KEPT_DAYS))
