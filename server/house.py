"""All rooms of an installation over one store: each office's desk, reads and figures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.access import Access
from server.alerts import Alerts
from server.believing import Believing
from server.callbacks import Callbacks
from server.desk import Desk
from server.figures import Figures
from server.measures import Measures
from server.office import Announce, Office
from server.pace import Paces
from server.paper import Paper
from server.policy import Policy
from server.protected import Protected
from server.questions import Questions
from server.reads import Reads
from server.reviews import Reviews
from server.satisfaction import Satisfaction
from server.setup import Setup
from server.store import offices
from server.store.engine import Store
from server.transcripts import Transcripts


@dataclass(frozen=True, slots=True)
class Rooms:
    """What one office's callers work with."""

    desk: Desk
    reads: Reads
    figures: Figures
    believing: Believing
    satisfaction: Satisfaction
    setup: Setup
    paper: Paper
    policy: Policy
    alerts: Alerts
    callbacks: Callbacks
    protected: Protected
    questions: Questions
    transcripts: Transcripts
    reviews: Reviews
    measures: Measures


NO_FILES = Path("/dev/null")  # nothing lies below it


class House:
    """Bound to one store. `clock` gives Unix ms; `announce` hears of every commit.

    `data` is the folder of what is no row: voices, pictures for the hall, evidence of measures.
    """

    def __init__(
        self, store: Store, clock: Callable[[], int], announce: Announce, data: Path = NO_FILES
    ) -> None:
        self.store, self.clock, self.data, self._announce = store, clock, data, announce
        self._printing: list[Callable[[], None]] = []
        self.access = Access(store, clock)
        self._rooms: dict[int, Rooms] = {}
        self._secrets: dict[int, str] = {}

    def rooms(self, office_id: int) -> Rooms:
        """The office's rooms; made when first asked for, then kept (they hold no row)."""
        if office_id not in self._rooms:
            office = Office(self.store, office_id, self.clock, self._announce, self._ordered)
            paces = Paces(self.store, office_id, self.clock)
            figures = Figures(self.store, office_id)
            believing = Believing(self.store, office_id, self.clock)
            self._rooms[office_id] = Rooms(
                desk=Desk(office, paces),
                reads=Reads(self.store, office_id, self.clock, paces),
                figures=figures,
                believing=believing,
                satisfaction=Satisfaction(office),
                setup=Setup(office, paces),
                paper=Paper(office),
                policy=Policy(self.store, office_id),
                alerts=Alerts(office),
                callbacks=Callbacks(office),
                protected=Protected(office),
                questions=Questions(office),
                transcripts=Transcripts(office),
                reviews=Reviews(office),
                measures=Measures(office, figures, believing, self.data / "measures"),
            )
        return self._rooms[office_id]

    def office_ids(self) -> list[int]:
        with self.store.reading() as db:
            return offices.ids(db)

    def secret(self, office_id: int) -> str:
        """The key (hex) that residents' links are made from; an office keeps it for ever."""
        if office_id not in self._secrets:
            with self.store.reading() as db:
                self._secrets[office_id] = offices.for_verb(db, office_id).secret
        return self._secrets[office_id]

    def find_office(self, slug: str | None) -> int:
        """Raises `NotFound`, `NotAllowed` (several offices, and none was named)."""
        with self.store.reading() as db:
            return offices.find(db, slug)

    def when_slips_are_ordered(self, listener: Callable[[], None]) -> None:
        """`listener` is told after each commit that left something to print; it must not wait."""
        self._printing.append(listener)

    def _ordered(self) -> None:
        for listener in self._printing:
            listener()
