"""Takes bytes that are ready to print to a printer; needs no typesetter, so an agent may use it."""

from collections.abc import Callable

from printers import device, tcp
from printers.address import Agent, BadAddress, File, Tcp, parse
from printers.outcome import Limits, Outcome, PrinterError

DEFAULT = Limits()


def deliver(
    data: bytes, url: str, limits: Limits = DEFAULT, begin: Callable[[], None] = lambda: None
) -> Outcome:
    """Takes what `laid_out` gave to the printer at `url`. Raises `PrinterError`.

    `begin` is called when the printer is found well, before the first byte of `data` goes out.
    """
    address = driven(url)
    if isinstance(address, Tcp):
        return tcp.deliver(data, address, limits, begin)
    return device.deliver(data, address.path, limits, begin)


def check(url: str, limits: Limits = DEFAULT) -> bool:
    """Asks the printer how it is and prints nothing; whether its roll nears the end.

    Raises `PrinterError` if it would refuse; with the reason `busy` while a slip is under way.
    """
    address = driven(url)
    if isinstance(address, Tcp):
        return tcp.check(address, limits)
    device.check(address.path)
    return False


def driven(url: str) -> Tcp | File:
    """The printer that is driven from here. Raises `PrinterError` for any other."""
    try:
        address = parse(url)
    except BadAddress as error:
        # URLs are checked when they are set; one that went bad since must not stop the spool.
        raise PrinterError(str(error), sent=False, reason="no_driver") from error
    if isinstance(address, Tcp | File):
        return address
    if isinstance(address, Agent):
        message = f"the printer {address.name!r} is driven by its agent, not from here"
        raise PrinterError(message, sent=False, reason="no_driver")
    raise PrinterError("no printer is set", sent=False, reason="none")
