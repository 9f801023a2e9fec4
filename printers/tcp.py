"""The conversation with a printer in the network (contract, section 5)."""

import socket
import time
from collections.abc import Callable
from functools import cache
from threading import Lock

from printers.address import Tcp
from printers.outcome import Limits, Outcome, PrinterError
from printers.resolve import places
from printers.status import (
    PAPER_STATUS,
    QUESTIONS,
    Unasked,
    is_paper_status,
    is_status,
    near_end_after,
    question,
    refuse_unless_well,
)

_CHUNK = 4096
_SEND_BUFFER = 16384  # small, so that bytes taken by the kernel are nearly bytes at the printer


def deliver(
    data: bytes, address: Tcp, limits: Limits, begin: Callable[[], None] = lambda: None
) -> Outcome:
    """Prints `data` (image and cut), after `begin`. Raises `PrinterError`."""
    with _turn(address), _Line(address, limits) as line:
        if not address.ack:
            begin()
            line.send_image(data)
            line.hang_up()
            return Outcome(confirmed=False)
        near_end = refuse_unless_well(line.ask())
        begin()
        line.send_image(data)
        answer = line.paper_status(limits.confirm + len(data) / address.rate)
        return Outcome(confirmed=True, near_end=near_end_after(answer) or near_end)


def check(address: Tcp, limits: Limits) -> bool:
    """Asks how the printer is; with `ack=none` only whether it is there. Near the roll's end?

    Raises `PrinterError`; with the reason `busy` while this process prints there.
    """
    turn = _turn(address)
    if not turn.acquire(blocking=False):
        raise PrinterError("the printer: a slip is under way", sent=False, reason="busy")
    try:
        with _Line(address, limits) as line:
            return refuse_unless_well(line.ask()) if address.ack else False
    finally:
        turn.release()


@cache
def _turn_of(_host: str, _port: int) -> Lock:
    return Lock()


def _turn(address: Tcp) -> Lock:
    # Many printers take one connection at a time and let a second one hang.
    return _turn_of(address.host, address.port)


class _Line:
    """One connection: its deadlines, and whether image bytes went out."""

    def __init__(self, address: Tcp, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.total
        self._sent = False
        self._unasked = Unasked()
        self._socket = self._connect(address)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self) -> dict[int, int]:
        """The answers to the four questions of `status.QUESTIONS`."""
        answers = {}
        for kind in QUESTIONS:
            self._forget_what_came()
            self._send(question(kind), self._limits.status, "silent")
            answers[kind] = answer = self._receive(time.monotonic() + self._limits.status)
            if not is_status(answer):
                raise self._error("error", f"it answered {answer:#04x}, which is no status")
        return answers

    def send_image(self, data: bytes) -> None:
        """Sends all of `data`; from its first byte on, errors say `sent`."""
        self._forget_what_came()  # finds out, too, whether it hung up meanwhile
        left = memoryview(data)
        while left:
            taken = self._send(left[:_CHUNK], self._limits.stall, "stalled")
            self._sent = True
            left = left[taken:]

    def paper_status(self, seconds: float) -> int:
        """The answer to `GS r 1`, which a printer gives when it has printed what came before."""
        self._forget_what_came()  # what is there before the question does not answer it
        left = memoryview(PAPER_STATUS)
        while left:
            left = left[self._send(left, self._limits.stall, "stalled") :]
        until = time.monotonic() + seconds
        while not is_paper_status(answer := self._receive(until)):
            pass
        return answer

    def hang_up(self) -> None:
        """Ends our side and lets the printer take the rest: unread bytes would reset the line."""
        until = time.monotonic() + self._limits.status
        try:
            self._socket.shutdown(socket.SHUT_WR)
            while (left := min(until, self._end) - time.monotonic()) > 0:
                self._socket.settimeout(left)
                if not self._socket.recv(_CHUNK):
                    return
        except TimeoutError:
            return  # many keep the line open; what it was sent it has
        except OSError as error:
            raise self._error("hung_up", f"it hung up ({error})") from error

    def _connect(self, address: Tcp) -> socket.socket:
        until = time.monotonic() + self._limits.connect
        problem: OSError = TimeoutError("timed out")
        try:
            found = places(address.host, address.port, self._limits.connect)
        except (OSError, UnicodeError) as error:
            raise self._error("unreachable", f"{address.host}: {error}") from error
        for family, kind, protocol, _, place in found:
            line = socket.socket(family, kind, protocol)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.settimeout(max(until - time.monotonic(), 0.001))
            try:
                line.connect(place)
            except OSError as error:
                problem = error
                line.close()
            else:
                return line
        message = f"{address.host}:{address.port}: {problem}"
        raise self._error("unreachable", message) from problem

    def _send(self, data: bytes | memoryview, seconds: float, reason: str) -> int:
        """How many bytes of `data` it took: at least one, within `seconds`."""
        self._socket.settimeout(self._left(seconds, reason))
        try:
            return self._socket.send(data)
        except TimeoutError as error:
            raise self._late(reason) from error
        except OSError as error:
            raise self._error("hung_up", f"it hung up ({error})") from error

    def _receive(self, until: float) -> int:
        """The next byte that is an answer, before `until` (monotonic)."""
        while True:
            self._socket.settimeout(self._left(until - time.monotonic(), "silent"))
            try:
                byte = self._socket.recv(1)
            except TimeoutError as error:
                raise self._late("silent") from error
            except OSError as error:
                raise self._error("hung_up", f"it hung up ({error})") from error
            if not byte:
                raise self._error("hung_up", "it hung up")
            if not self._unasked.drops(byte[0]):
                return byte[0]

    def _forget_what_came(self) -> None:
        while True:
            self._left(self._limits.total, "too_slow")
            self._socket.settimeout(0)
            try:
                came = self._socket.recv(_CHUNK)
            except BlockingIOError:
                return
            except OSError as error:
                raise self._error("hung_up", f"it hung up ({error})") from error
            if not came:
                raise self._error("hung_up", "it hung up")
            for byte in came:
                self._unasked.drops(byte)

    def _left(self, seconds: float, reason: str) -> float:
        left = min(seconds, self._end - time.monotonic())
        if left <= 0:
            raise self._late(reason)
        return left

    def _late(self, reason: str) -> PrinterError:
        if time.monotonic() >= self._end:
            return self._error("too_slow", f"it was not done within {self._limits.total:g} s")
        words = "it takes no more bytes" if reason == "stalled" else "it does not answer"
        return self._error(reason, words)

    def _error(self, reason: str, words: str) -> PrinterError:
        return PrinterError(f"the printer: {words}", sent=self._sent, reason=reason)
