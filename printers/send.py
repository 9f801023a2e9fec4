"""Where a slip goes: one function, chosen by the printer's URL."""

from collections.abc import Callable

from typst import TypstError

from printers.delivery import DEFAULT, check, deliver, driven
from printers.outcome import FAULT, Limits, Outcome, PrinterError
from printers.raster import encode
from printers.slip import Slip
from printers.typeset import typeset

__all__ = ["FAULT", "Limits", "Outcome", "PrinterError", "check", "deliver", "laid_out", "send"]


def send(
    slip: Slip, url: str, limits: Limits = DEFAULT, begin: Callable[[], None] = lambda: None
) -> Outcome:
    """Prints the slip at `url`, after `begin`, which may refuse by raising `PrinterError`.

    Raises `PrinterError`; waits no longer than `limits` allow.
    """
    address = driven(url)
    return deliver(laid_out(slip, address.dots, address.profile), url, limits, begin)


def laid_out(slip: Slip, dots: int, profile: str) -> bytes:
    """The slip as the bytes a printer of this profile takes. Raises `PrinterError`."""
    try:
        return encode(typeset(slip, dots), profile)
    except TypstError as error:
        message = f"the slip could not be typeset: {error}"
        raise PrinterError(message, sent=False, reason=FAULT) from error
