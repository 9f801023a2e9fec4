"""Hands slips to the agents of printers that hang on another machine, and hears how they ended.

An agent (`printers/agent.py`) asks for the next slip and is answered when there is one: nothing of
the database is held while it waits.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Row

from printers.address import Agent, BadAddress, parse
from printers.outcome import FAULT, STUCK
from printers.send import laid_out
from server.domain.refusals import NotFound
from server.domain.ticket import SlipState
from server.sheets import Sheets, Unwanted
from server.store import agents
from server.store.engine import Store
from server.store.holding import FAULT_TRIES
from server.store.slips import Job

log = logging.getLogger(__name__)

LOOK_S = 1.0  # how soon a slip is seen that another process ordered


@dataclass(frozen=True, slots=True)
class Caller:
    """An agent, by its token's office and name; `instance` is its journal's."""

    office_id: int
    name: str
    instance: str

    @property
    def holder(self) -> str:
        return f"{self.name}/{self.instance}"


@dataclass(frozen=True, slots=True)
class About:
    """What an agent's printer takes: `dots` across, escpos' profile; `ack`: it can confirm."""

    dots: int
    profile: str
    ack: bool


@dataclass(frozen=True, slots=True)
class Health:
    """How the printer is: the reason for which it would refuse (None: it is well)."""

    problem: str | None
    near_end: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A slip to print; `attempt` counts from 1: a late report of an earlier one is known by it."""

    job_id: int
    attempt: int
    data: bytes


class Agents:
    """`clock` gives Unix ms; `base_url` starts links where an office sets none."""

    def __init__(self, store: Store, clock: Callable[[], int], base_url: Callable[[], str]) -> None:
        self._store, self._clock = store, clock
        self._sheets = Sheets(store, clock, base_url)
        self._wake = Condition()
        self._orders = 0

    def wake(self) -> None:
        """Something was ordered; never waits."""
        with self._wake:
            self._orders += 1
            self._wake.notify_all()

    def start(self) -> None:
        """Starts noting which agents fell silent."""
        Thread(target=self._watch, name="agents", daemon=True).start()

    def ask(self, who: Caller, about: About, health: Health, wait_s: float) -> Handed | None:
        """The next slip for this agent, whose journal is empty; None when none came in `wait_s`.

        Raises `NotFound`: no printer of the office is this agent's.
        """
        until = monotonic() + wait_s
        while True:
            orders = self._orders
            job = self._take(who, self.hear(who, about, health))
            if job is not None:
                if (handed := self._ready(who, job, about)) is not None:
                    return handed
                continue  # that one could not be laid out; the next may be
            left = until - monotonic()
            if left <= 0:
                return None
            with self._wake:
                if self._orders == orders:
                    self._wake.wait(min(left, LOOK_S))

    def hear(self, who: Caller, about: About, health: Health) -> list[int]:
        """The agent lives, and so says how its printer is; which printers of ours that is.

        Two of the office may name the same agent. Raises `NotFound` where none does.
        """
        now, rows = self._clock(), self._printers(who)
        said = json.dumps(asdict(about))
        for row in rows:
            problem = _problem(row, about, health)
            told = (row.about, row.problem, bool(row.near_end))
            news = told != (said, problem, health.near_end)
            if news or not 0 <= now - (row.seen_at or 0) < agents.HEARD_MS:
                with self._store.writing() as db:
                    agents.hear(db, row, now, said, problem, near_end=health.near_end)
        return [row.id for row in rows]

    def report(
        self, who: Caller, job_id: int, attempt: int, state: SlipState, health: Health
    ) -> SlipState:
        """How a slip ended; returns how it stands, which is staff's word where they spoke first.

        Raises `NotFound`: it is no slip of this agent's.
        """
        told = (job_id, who.holder, attempt, state, self._clock())
        with self._store.writing() as db:
            return agents.report(
                db, who.office_id, *told, problem=health.problem, near_end=health.near_end
            )

    def note_silent(self) -> None:
        """Shows who was not heard for ten seconds."""
        now = self._clock()
        with self._store.glancing() as db:
            if not agents.someone_fell_silent(db, now):
                return
        with self._store.writing() as db:
            agents.note_silent(db, now)

    def _take(self, who: Caller, ids: list[int]) -> Job | None:
        asked = (who.office_id, ids, who.holder, self._clock())
        with self._store.glancing() as db:  # most looks find nothing, and must lock nothing
            if not agents.finds(db, *asked):
                return None
        with self._store.writing() as db:
            return agents.take(db, *asked)

    def _ready(self, who: Caller, job: Job, about: About) -> Handed | None:
        try:
            data = laid_out(self._sheets.of(job), about.dots, about.profile)
        except Unwanted:
            self.report(who, job.id, job.tries, SlipState.NONE, Health(None, near_end=False))
            return None
        except Exception:  # a fault of ours must not hold up the slips behind
            if job.tries >= FAULT_TRIES:  # once for each slip, when it is given up
                log.exception("slip %s", job.id)
            self.report(who, job.id, job.tries, SlipState.FAILED, Health(FAULT, near_end=False))
            return None
        self._sheets.note_trouble(job.office_id)
        return Handed(job.id, job.tries, data)

    def _printers(self, who: Caller) -> list[Row[Any]]:
        with self._store.glancing() as db:
            rows = agents.of_office(db, who.office_id)
        mine = [row for row in rows if _names(row.url, who.name)]
        if not mine:
            raise NotFound("no_agent_printer", name=who.name)
        return mine

    def _watch(self) -> None:
        while True:
            sleep(LOOK_S)
            try:
                self.note_silent()
            except Exception:  # the database may be away; the next look tells
                log.exception("it is not known which agents are there")


def _problem(row: Row[Any], about: About, health: Health) -> str | None:
    """A stuck printer that cannot say how it is, is well again when it has taken a slip."""
    stuck = row.problem in STUCK and not about.ack
    return row.problem if stuck and health.problem is None else health.problem


def _names(url: str, name: str) -> bool:
    try:
        return parse(url) == Agent(name)
    except BadAddress:
        return False
