"""Where a slip goes: one function, chosen by the printer's URL."""

from typst import TypstError

from printers import device, tcp
from printers.address import Address, Agent, BadAddress, File, Tcp, parse
from printers.outcome import Limits, Outcome, PrinterError
from printers.raster import encode
from printers.slip import Slip
from printers.typeset import typeset

__all__ = ["Limits", "Outcome", "PrinterError", "check", "deliver", "laid_out", "send"]

DEFAULT = Limits()


def send(slip: Slip, url: str, limits: Limits = DEFAULT) -> Outcome:
    """Prints the slip at `url`. Raises `PrinterError`; waits no longer than `limits` allow."""
    address = _parsed(url)
    if not isinstance(address, Tcp | File):
        raise _nobody(address)
    return _deliver(laid_out(slip, address.dots, address.profile), address, limits)


def deliver(data: bytes, url: str, limits: Limits = DEFAULT) -> Outcome:
    """Takes what `laid_out` gave to the printer at `url`. Raises `PrinterError`."""
    address = _parsed(url)
    if not isinstance(address, Tcp | File):
        raise _nobody(address)
    return _deliver(data, address, limits)


def check(url: str, limits: Limits = DEFAULT) -> bool:
    """Asks the printer how it is and prints nothing; whether its roll nears the end.

    Raises `PrinterError` if it would refuse; with the reason `busy` while a slip is under way.
    """
    address = _parsed(url)
    match address:
        case Tcp():
            return tcp.check(address, limits)
        case File():
            device.check(address.path)
            return False
    raise _nobody(address)


def laid_out(slip: Slip, dots: int, profile: str) -> bytes:
    """The slip as the bytes a printer of this profile takes. Raises `PrinterError`."""
    try:
        return encode(typeset(slip, dots), profile)
    except TypstError as error:
        message = f"the slip could not be typeset: {error}"
        raise PrinterError(message, sent=False, reason="error") from error


def _deliver(data: bytes, address: Tcp | File, limits: Limits) -> Outcome:
    if isinstance(address, Tcp):
        return tcp.deliver(data, address, limits)
    return device.deliver(data, address.path, limits)


def _parsed(url: str) -> Address:
    try:
        return parse(url)
    except BadAddress as error:
        # URLs are checked when they are set; one that went bad since must not stop the spool.
        raise PrinterError(str(error), sent=False, reason="no_driver") from error


def _nobody(address: Address) -> PrinterError:
    if isinstance(address, Agent):
        message = f"no agent drives the printer {address.name!r}: this release has none"
        return PrinterError(message, sent=False, reason="no_driver")
    return PrinterError("no printer is set", sent=False, reason="none")
