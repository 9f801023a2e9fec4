"""Where a slip goes: one function, chosen by the printer's URL."""

from typst import TypstError

from printers import device, tcp
from printers.address import Address, Agent, BadAddress, File, Tcp, parse
from printers.outcome import Limits, Outcome, PrinterError
from printers.raster import encode
from printers.slip import Slip
from printers.typeset import typeset

__all__ = ["Limits", "Outcome", "PrinterError", "check", "send"]

DEFAULT = Limits()


def send(slip: Slip, url: str, limits: Limits = DEFAULT) -> Outcome:
    """Prints the slip at `url`. Raises `PrinterError`; waits no longer than `limits` allow."""
    address = _parsed(url)
    match address:
        case Tcp():
            return tcp.deliver(_bytes(slip, address), address, limits)
        case File():
            return device.deliver(_bytes(slip, address), address.path, limits)
    raise _nobody(address)


def check(url: str, limits: Limits = DEFAULT) -> None:
    """Asks the printer how it is and prints nothing. Raises `PrinterError` if it would refuse."""
    address = _parsed(url)
    match address:
        case Tcp():
            tcp.check(address, limits)
        case File():
            device.check(address.path)
        case _:
            raise _nobody(address)


def _bytes(slip: Slip, address: Tcp | File) -> bytes:
    try:
        return encode(typeset(slip, address.dots), address.profile)
    except TypstError as error:  # templates may be the office's own
        message = f"the slip could not be typeset: {error}"
        raise PrinterError(message, sent=False, reason="error") from error


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
