"""Takes slips to the printers, outside every transaction: nobody waits for a printer."""

import logging
from collections.abc import Callable
from threading import Condition, Thread
from typing import Protocol

from printers.outcome import FAULT, Outcome, PrinterError
from printers.slip import Slip
from server.domain.ticket import SlipState
from server.sheets import Sheets, Unwanted
from server.store import slips
from server.store.engine import Store
from server.store.holding import FAULT_TRIES
from server.store.slips import Job

log = logging.getLogger(__name__)

HANDS = 4  # printers that can be busy at once
LOOK_S = 1.0


class Send(Protocol):
    """Takes a slip to a printer's URL; calls `begin` before the first byte goes to paper.

    Raises `PrinterError`, also what `begin` raises.
    """

    def __call__(self, slip: Slip, url: str, *, begin: Callable[[], None]) -> Outcome: ...


def note_fault(job: Job, state: SlipState) -> None:
    """Logs the exception that is being handled: once for each slip, when it is given up."""
    if state is SlipState.UNCERTAIN or job.tries >= FAULT_TRIES:
        log.exception("slip %s", job.id)


class Spool:
    """`send` takes a slip to a printer's URL; `base_url` starts links where an office sets none."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], int],
        send: Send,
        base_url: Callable[[], str],
    ) -> None:
        self._store, self._clock, self._send = store, clock, send
        self._sheets = Sheets(store, clock, base_url)
        self._wake = Condition()
        self._called = False

    def wake(self) -> None:
        """Something was committed, perhaps a slip; wakes one hand and never waits."""
        with self._wake:
            self._called = True
            self._wake.notify()

    def start(self) -> None:
        """Starts the hands; in each process that prints."""
        if self._store.is_sqlite:  # the one process: whoever had a slip in hand is gone
            self._take_up_what_was_left()
        for hand in range(HANDS):
            Thread(target=self._run, name=f"spool-{hand}", daemon=True).start()

    def print_one(self) -> bool:
        """Prints the slip longest due; False when there is none."""
        with self._store.glancing() as db:  # most looks find nothing, and must lock nothing
            if not slips.any_due(db, self._clock()):
                return False
        with self._store.writing() as db:
            job = slips.lease(db, self._clock())
        if job is None:
            return False
        self.wake()  # another hand looks whether another printer has something to do
        state, problem, near_end = self._print(job)
        with self._store.writing() as db:
            slips.settle(db, job, state, self._clock(), problem=problem, near_end=near_end)
        self._sheets.note_trouble(job.office_id)
        return True

    def _print(self, job: Job) -> tuple[SlipState, str | None, bool]:
        """What became of the slip, with what problem, and whether the roll nears its end."""
        state = SlipState.FAILED  # until something may lie on paper

        def begin() -> None:
            nonlocal state
            with self._store.writing() as db:
                if not slips.begin(db, job, self._clock()):
                    raise PrinterError("its lease is over", sent=False, reason="lease")
            state = SlipState.UNCERTAIN

        try:
            outcome = self._send(self._sheets.of(job), job.url, begin=begin)
        except Unwanted:
            return SlipState.NONE, None, False
        except PrinterError as error:
            if error.reason == FAULT:
                note_fault(job, state)
            else:
                log.warning("slip %s: %s", job.id, error)
            return SlipState.UNCERTAIN if error.sent else SlipState.FAILED, error.reason, False
        except Exception:  # a fault of ours must not hold up the printer until the lease lapses
            note_fault(job, state)
            return state, FAULT, False
        return (
            SlipState.PRINTED if outcome.confirmed else SlipState.SENT,
            None,
            outcome.near_end,
        )

    def _take_up_what_was_left(self) -> None:
        try:
            with self._store.writing() as db:
                slips.end_orphaned(db, self._clock())
        except Exception:  # then their leases must run out first
            log.exception("slips that were in hand are not taken up yet")

    def _run(self) -> None:
        while True:
            try:
                while self.print_one():
                    pass
            except Exception:  # one slip's trouble must not end the printing of all others
                log.exception("a slip was not printed")
            with self._wake:
                if not self._called:
                    self._wake.wait(LOOK_S)
                self._called = False
