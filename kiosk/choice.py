"""Which services the kiosk offers first, and what it says of the wait for each."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from kiosk.opening import Hours, when_words
from server.domain.admission import Shut
from server.domain.day import office_time
from server.domain.estimate import Wait
from server.domain.hours import served_today
from server.domain.order import Priority
from server.domain.settings import Settings
from server.domain.shown import Call, Service

FIRST = 7  # tiles of the first page; the eighth leads to the rest
A_PAGE = 10
CALLS = 5

ICONS = {
    Priority.ELDERLY: "elderly",
    Priority.DISABLED: "wheelchair",
    Priority.PREGNANT: "pregnant",
    Priority.INFANT: "infant",
    Priority.MONK: "monk",
    Priority.OTHER: "speech",
}

# Words that a browser's dictionary would break in two; a name with one of them breaks before it.
UNBROKEN = ("เบี้ยยังชีพผู้สูงอายุ", "เบี้ยความพิการ", "เจ้าหน้าที่", "ร้องทุกข์")


@dataclass(frozen=True, slots=True)
class Tile:
    """A service to touch. `wait`: None where none is told; `late`: it may not fit in today;
    `again`: when a closed one gives numbers, in words."""

    service: Service
    wait: Wait | None
    late: bool
    again: str


def most_wanted(services: list[Service]) -> list[Service]:
    """Those asked for most in this month, of those whose hours these are; all where they fit."""
    ranked = sorted(services, key=lambda one: (one.shut is Shut.SERVICE, -one.demand))
    return ranked if len(ranked) <= FIRST + 1 else ranked[:FIRST]


def the_rest(
    services: list[Service], divisions: list[int], *, but_first: bool = True
) -> list[Service]:
    """All others, division by division. `divisions`: their ids in the office's order."""
    first = {service.id for service in most_wanted(services)} if but_first else set()
    rest = [service for service in services if service.id not in first]
    return sorted(rest, key=lambda service: divisions.index(service.division_id))


def tiles(services: list[Service], settings: Settings, hours: Hours, at: int) -> list[Tile]:
    """What each says of its wait: nothing before the counters open, since none has begun."""
    told = settings.settings.show_wait and hours.calls_from is None
    now = office_time(at, settings.zone)
    return [
        Tile(
            service,
            service.wait if told and service.open and service.waiting else None,
            late=told and service.open and late(service, service.wait, settings, at),
            again=when_words(service.again, now, short=True),
        )
        for service in services
    ]


def late(service: Service, wait: Wait | None, settings: Settings, at: int) -> bool:
    """Whether the counters may stop calling before this wait is over. `at`: now, Unix ms."""
    now = office_time(at, settings.zone)
    return wait is not None and not served_today(
        settings, now, wait.high_s, service.rules, service.takers
    )


def asked_priorities(settings: Settings) -> list[Priority]:
    """What the kiosk asks; nothing where only reception does, or where it would change nothing."""
    rules = settings.settings
    if not rules.priority_at_kiosk:
        return []
    return [priority for priority in ICONS if rules.head_start_min(priority) > 0]


def latest(calls: tuple[Call, ...]) -> list[Call]:
    """The newest calls, by counter, so that a number keeps its place on the page."""
    return sorted(calls[:CALLS], key=lambda call: (len(call.counter), call.counter))


def shape(services: list[Service], hours: Hours, *, asks: bool) -> str:
    """Changes when an open page must be drawn anew, not only its counts."""
    offered = ",".join(f"{one.id}{one.shut or ''}" for one in services)
    times = f"{hours.calls_from or 0} {hours.closes or 0} {hours.again or 0}"
    return f"{offered} {asks:d} {hours.gives_numbers:d} {times}"


def unbroken(text: str) -> Markup:
    """A name that breaks its line where a reader would."""
    name = escape(text)
    for word in UNBROKEN:
        name = name.replace(word, Markup(f'<span class="unbroken">{word}</span>'))
    return name
