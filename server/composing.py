"""Puts a ticket's facts on a slip: what a resident reads on paper."""

from datetime import timedelta
from typing import Any

from printers.slip import Slip
from server.domain.day import office_time
from server.domain.settings import Settings, Words
from server.domain.thai import clock, long_date
from server.domain.ticket import Ticket
from server.links import TRACK, link
from server.wording import local

STEP_MIN = 5  # clock times on paper are told in steps of five minutes, like waits


def compose(
    ticket: Ticket,
    services: dict[int, Words],
    facts: dict[str, Any],
    settings: Settings,
    secret: str,
    base_url: str,
) -> Slip:
    """The slip of a ticket. `facts` were kept when it was ordered: ahead, low_s, high_s, large.

    `base_url` starts the link where the office has no address of its own; then a phone must be
    in the office's Wi-Fi, and the slip names it.
    """
    tongue, issued = ticket.language, office_time(ticket.issued_at, settings.zone)
    names = [local(services[step.service_id], tongue) for step in ticket.steps]
    told = settings.settings.show_wait and facts.get("high_s") is not None
    floor = _five(issued + timedelta(seconds=facts["low_s"]), up=False) if told else None
    ceiling = _five(issued + timedelta(seconds=facts["high_s"]), up=True) if told else None
    return Slip(
        number=ticket.number,
        office=local(settings.office.name, tongue),
        service=names[0],
        next_services=tuple(names[1:]),
        url=link(settings.public_url or base_url, secret, TRACK, ticket.id),
        date=long_date(issued.date(), tongue),
        time=clock(issued),
        language=tongue,
        ahead=facts.get("ahead"),
        likely_from=clock(floor) if floor else "",
        likely_to=clock(ceiling) if ceiling else "",
        wifi="" if settings.public_url else settings.settings.wifi.name,
        large=bool(facts.get("large")),
        reprint=bool(facts.get("reprint")),
        demo=settings.settings.demo,
    )


def trial_slip(settings: Settings, now: int, base_url: str) -> Slip:
    """Nobody's ticket: shows whether the printer prints Thai, cuts and draws a clear QR."""
    moment = office_time(now, settings.zone)
    return Slip(
        number="A000",
        office=local(settings.office.name, "th"),
        service="ที่ น้ำ ปู่ กตัญญู ฐานะ ผู้ใหญ่",
        url=settings.public_url or base_url,
        date=long_date(moment.date(), "th"),
        time=clock(moment),
        language="th",
        demo=settings.settings.demo,
        test=True,
    )


def _five(moment: Any, *, up: bool) -> Any:
    over = timedelta(
        minutes=moment.minute % STEP_MIN, seconds=moment.second, microseconds=moment.microsecond
    )
    floor = moment - over
    return floor + timedelta(minutes=STEP_MIN) if up and over else floor
