"""A printer at a device node, or a file in its place.

Nothing is read back from it: a node may answer, but which ones do is known only per driver. So it
never confirms. The kernel tells of missing paper where the driver does.
"""

import errno
import os
import select
import stat
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock

from printers.outcome import Limits, Outcome, PrinterError

_CHUNK = 4096


def deliver(
    data: bytes, path: str, limits: Limits, begin: Callable[[], None] = lambda: None
) -> Outcome:
    """Writes the slip to `path`, after what a file holds already and after `begin`.

    Raises `PrinterError`.
    """
    end = time.monotonic() + limits.total
    with _turn_of(path):
        return _deliver(data, path, limits, begin, end)


def _deliver(
    data: bytes, path: str, limits: Limits, begin: Callable[[], None], end: float
) -> Outcome:
    node = _open(path)
    sent = 0
    try:
        begin()
        while sent < len(data):
            _wait(node, min(limits.stall, end - time.monotonic()), limits, sent=sent > 0)
            try:
                sent += os.write(node, data[sent : sent + _CHUNK])
            except BlockingIOError:
                continue
        _drain(node, min(limits.stall, end - time.monotonic()), limits)
    except OSError as error:
        raise _failed(error, node, path, sent=sent > 0) from error
    finally:
        os.close(node)
    return Outcome(confirmed=False)


def check(path: str) -> None:
    """Whether `path` can be written to.

    Raises `PrinterError`; with the reason `busy` while this process prints there.
    """
    turn = _turn_of(path)
    if not turn.acquire(blocking=False):
        raise PrinterError("the printer: a slip is under way", sent=False, reason="busy")
    try:
        os.close(_open(path))
    finally:
        turn.release()


@cache
def _turn_of(_path: str) -> Lock:
    # The kernel's driver lets one at a time open a USB printer: a look must not refuse a slip.
    return Lock()


def _open(path: str) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    if Path("/dev") not in Path(path).parents:
        flags |= os.O_CREAT  # but never an ordinary file where a printer is missing
    try:
        return os.open(path, flags, 0o640)
    except OSError as error:
        message = f"cannot open {path}: {error.strerror}"
        raise PrinterError(message, sent=False, reason="unreachable") from error


def _drain(node: int, seconds: float, limits: Limits) -> None:
    """Waits until the printer has the last bytes, too.

    The kernel's usblp takes a block and says so at once; what is still on its way when the node is
    closed is lost. Only when it is through does the node say that it can be written to again.
    """
    if _wait(node, seconds, limits, sent=True) & (select.POLLERR | select.POLLHUP):
        raise PrinterError("it went away with its last bytes", sent=True, reason="hung_up")


def _wait(node: int, seconds: float, limits: Limits, *, sent: bool) -> int:
    """What `poll` says of the node once it can be written to, or never will be."""
    if seconds <= 0:
        raise PrinterError(f"not done within {limits.total} s", sent=sent, reason="too_slow")
    writable = select.poll()
    writable.register(node, select.POLLOUT)
    for _, events in writable.poll(seconds * 1000):
        return events
    reason = "stalled" if seconds == limits.stall else "too_slow"
    raise PrinterError(f"took no byte for {seconds:.0f} s", sent=sent, reason=reason)


def _failed(error: OSError, node: int, path: str, *, sent: bool) -> PrinterError:
    reason = "error"
    if error.errno == errno.ENOSPC and stat.S_ISCHR(os.fstat(node).st_mode):
        reason = "paper_out_after" if sent else "paper_out"
    elif error.errno in (errno.EPIPE, errno.ENODEV):
        reason = "hung_up"
    return PrinterError(f"{path}: {error.strerror}", sent=sent, reason=reason)
