"""The bytes in which a printer tells how it is (Epson's ESC/POS reference, DLE EOT, GS r, ASB)."""

from collections.abc import Callable

from printers.outcome import PrinterError

QUESTIONS = (1, 2, 3, 4)
PAPER_STATUS = b"\x1dr\x01"

_OFFLINE = 0x08  # in answer 1
_COVER_OPEN, _STOPPED_FOR_PAPER, _ERROR = 0x04, 0x20, 0x40  # in answer 2
_FAULTS = 0x04 | 0x08 | 0x20 | 0x40  # in answer 3: mechanical, cutter, fatal, passing (too hot)
_NEAR_END, _PAPER_OUT = 0x0C, 0x60  # in answer 4
_NEAR_END_AFTER, _PAPER_OUT_AFTER = 0x03, 0x0C  # in the answer to GS r 1


def question(kind: int) -> bytes:
    """`DLE EOT kind`: answered at once, even when the printer is off line."""
    return bytes((0x10, 0x04, kind))


def is_status(answer: int) -> bool:
    """Whether a byte can be an answer to `question`: bits 1 and 4 set, 0 and 7 clear."""
    return answer & 0x93 == 0x12  # noqa: PLR2004


def is_paper_status(answer: int) -> bool:
    """Whether a byte can be an answer to `PAPER_STATUS`: bits 4 and 7 clear."""
    return answer & 0x90 == 0


class Unasked:
    """Drops what printers say of their own: flow control, and status reports of four bytes."""

    def __init__(self) -> None:
        self._report_left = 0

    def drops(self, byte: int) -> bool:
        """Whether `byte`, the next one received, is no answer."""
        if self._report_left and is_paper_status(byte):
            self._report_left -= 1
            return True
        self._report_left = 0
        if byte & 0x93 == 0x10:  # noqa: PLR2004  # a report's first byte
            self._report_left = 3
            return True
        return byte in (0x11, 0x13)


def refuse_unless_well(answers: dict[int, int]) -> bool:
    """Raises `PrinterError` (nothing sent) by the answers to `QUESTIONS`; returns near-end.

    A printer with its cover open is off line too: what people can mend is named first.
    """
    faults: tuple[tuple[str, str, Callable[[], int]], ...] = (
        ("cover_open", "its cover is open", lambda: answers[2] & _COVER_OPEN),
        (
            "paper_out",
            "it has no paper",
            lambda: answers[4] & _PAPER_OUT or answers[2] & _STOPPED_FOR_PAPER,
        ),
        ("error", "it reports an error", lambda: answers[3] & _FAULTS or answers[2] & _ERROR),
        ("offline", "it is off line", lambda: answers[1] & _OFFLINE),
    )
    for reason, words, found in faults:
        if found():
            raise PrinterError(f"the printer refuses: {words}", sent=False, reason=reason)
    return bool(answers[4] & _NEAR_END)


def near_end_after(answer: int) -> bool:
    """Reads the answer to `PAPER_STATUS`: near-end. Raises `PrinterError` if paper ran out."""
    if answer & _PAPER_OUT_AFTER:
        message = "the paper ran out with this slip"
        raise PrinterError(message, sent=True, reason="paper_out_after")
    return bool(answer & _NEAR_END_AFTER)
