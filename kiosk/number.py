"""What the number page tells: when the call is likely, and the way to follow it."""

from dataclasses import dataclass

from markupsafe import Markup

from printers.qr import code_for
from server.domain.day import office_time, unix_ms
from server.domain.hours import called_at
from server.domain.refusals import NotFound
from server.domain.seen import Seen
from server.domain.settings import Settings
from server.domain.shown import Event, Service
from server.domain.wish import Actor
from server.wording import minutes

SHOWN_FOR_MS = 10 * 60_000  # a kiosk shows what it gave just now, never what others hold
WIDEST = 10_000  # dots: a screen has room for any code


@dataclass(frozen=True, slots=True)
class Likely:
    """When the call is likely, Unix ms. `low` None: at any moment."""

    low: int | None
    high: int


def likely(seen: Seen, service: Service, settings: Settings, at: int) -> Likely | None:
    """From now on (`at`, Unix ms); None where no wait is known."""
    if seen.wait is None:
        return None

    def over(minutes: int) -> int:
        called = called_at(settings, now, minutes * 60, service.rules, service.takers)
        return unix_ms(called)

    now = office_time(at, settings.zone)
    low, high = minutes(seen.wait)
    return Likely(over(low) if low else None, over(high))


def given_here(seen: Seen, events: list[Event], actor: Actor, now: int) -> Seen:
    """The ticket, if this device gave it just now. Raises `NotFound`."""
    given = any(event.kind == "issued" and event.actor == str(actor) for event in events)
    if not given or now - seen.ticket.issued_at > SHOWN_FOR_MS:
        raise NotFound("no_such_ticket")
    return seen


def qr(url: str) -> Markup:
    """The code as SVG, dark on the ground it stands on. Empty for a text that no code holds."""
    code = code_for(url, WIDEST)
    return Markup(code.as_svg()) if code else Markup("")
