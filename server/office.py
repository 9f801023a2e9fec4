"""One office's books: its transactions, its clock, and who is told after each commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from server.domain.day import office_day, office_time
from server.domain.settings import Settings
from server.domain.wish import RequestKey
from server.store import boards, offices, requests
from server.store.engine import Store

Answer = TypeVar("Answer")


class Announce(Protocol):
    """Told after a commit that changed what a screen shows; `at_once` for a call."""

    def __call__(self, office_id: int, *, at_once: bool) -> None: ...


@dataclass(slots=True)
class Turn:
    """What a verb works with inside its transaction. `now` is Unix ms, never before the past.

    It moves on when a ticket is locked to which something happened meanwhile (`moving.lock`).
    """

    db: Connection
    office_id: int
    now: int
    settings: Settings
    secret: str
    ordered: list[int] = field(default_factory=list)  # slips, by their job's id

    @property
    def day(self) -> str:
        return office_day(self.now, self.settings.zone)

    @property
    def time(self) -> datetime:
        return office_time(self.now, self.settings.zone)


class Office:
    """Bound to one office. `clock` gives Unix ms; `announce` is told only what is committed."""

    def __init__(
        self,
        store: Store,
        office_id: int,
        clock: Callable[[], int],
        announce: Announce,
        slip_ordered: Callable[[], None] = lambda: None,
    ) -> None:
        """`slip_ordered` is told after a commit that left something to print."""
        self.store, self.id, self.clock = store, office_id, clock
        self._announce, self._slip_ordered = announce, slip_ordered

    @contextmanager
    def verb(self, *, board: bool = True, at_once: bool = False) -> Iterator[Turn]:
        """One transaction: all of it is kept, or nothing. A refusal tells nobody anything.

        `board`: a screen shows something else afterwards (what no screen shows gives way to what
        one does); `at_once`: it is a call.
        """
        with self.store.writing(gives_way=not board) as db:
            turn = self._turn(db)
            yield turn
            if board:
                boards.raise_version(db, self.id, turn.now)
        self._tell(turn, board=board, at_once=at_once)

    def once(
        self,
        key: RequestKey | None,
        kind: TypeAdapter[Answer],
        act: Callable[[Turn], Answer],
        *,
        board: bool = True,
        at_once: bool = False,
    ) -> Answer:
        """`act` in a transaction of its own; the same key again gets the first answer again.

        That changes nothing, so nobody is told. Raises `KeyReused` when the key came with another
        body.
        """
        try:
            return self._once(key, kind, act, board=board, at_once=at_once)
        except IntegrityError:
            # Two workers may make the same id in one millisecond (`store.ids`), once in millions;
            # nothing was kept, and the next id is another one.
            return self._once(key, kind, act, board=board, at_once=at_once)

    def _once(
        self,
        key: RequestKey | None,
        kind: TypeAdapter[Answer],
        act: Callable[[Turn], Answer],
        *,
        board: bool,
        at_once: bool,
    ) -> Answer:
        if key is None:
            with self.verb(board=board, at_once=at_once) as turn:
                return act(turn)
        with self.store.writing(gives_way=not board) as db:
            turn = self._turn(db)
            key = requests.hidden(key, turn.secret)
            kept = requests.claim(db, self.id, key, turn.now)
            if kept is not None:
                return kind.validate_json(kept)
            answer = act(turn)
            requests.keep(db, self.id, key, kind.dump_json(answer).decode())
            if board:
                boards.raise_version(db, self.id, turn.now)
        self._tell(turn, board=board, at_once=at_once)
        return answer

    def _tell(self, turn: Turn, *, board: bool, at_once: bool) -> None:
        if board:
            self._announce(self.id, at_once=at_once)
        if turn.ordered:
            self._slip_ordered()

    def _turn(self, db: Connection) -> Turn:
        row = offices.for_verb(db, self.id)
        now, last = self.clock(), row.last_at or 0
        if now < last:  # set back: one ms after another, so that events keep their order
            now = last + 1
        return Turn(db, self.id, now, Settings.read(row.settings), row.secret)
