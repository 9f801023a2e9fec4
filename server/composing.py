"""Puts a ticket's facts on a slip: what a resident reads on paper."""

from collections.abc import Sequence
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
MOST_DOCUMENTS = 5  # lines; of more than these one line says how many are missing


def compose(
    ticket: Ticket,
    services: dict[int, Words],
    facts: dict[str, Any],
    settings: Settings,
    secret: str,
    base_url: str,
    documents: Sequence[str] = (),
    layout: str = "",
) -> Slip:
    """The slip of a ticket. `facts` of when it was ordered: ahead, low_s, high_s, large, copy.

    `documents`: what to have ready for its first service, in the ticket's language; `layout`: the
    office's own, empty for Khiu's.

    `base_url` starts the link where the office has no address of its own; then a phone must be
    in the office's Wi-Fi, and the slip names it.
    """
    tongue, issued = ticket.language, office_time(ticket.issued_at, settings.zone)
    asked = [services[step.service_id] for step in ticket.steps]
    names = [local(service, tongue) for service in asked]
    paper = settings.settings.paper
    # On a copy made after the visit, the code would let whoever takes it answer for the visitor.
    coded = not (facts.get("copy") and ticket.may_be_rated)
    listed = documents if paper.documents and coded else ()
    shown = len(listed) if len(listed) <= MOST_DOCUMENTS else MOST_DOCUMENTS - 1
    both = paper.english and tongue != "en"
    told = settings.settings.show_wait and facts.get("high_s") is not None
    floor = _five(issued + timedelta(seconds=facts["low_s"]), up=False) if told else None
    ceiling = _five(issued + timedelta(seconds=facts["high_s"]), up=True) if told else None
    return Slip(
        number=ticket.number,
        office=local(settings.office.name, tongue),
        service=names[0],
        next_services=tuple(names[1:]),
        url=link(settings.public_url or base_url, secret, TRACK, ticket.id) if coded else "",
        date=long_date(issued.date(), tongue),
        time=clock(issued),
        language=tongue,
        ahead=facts.get("ahead"),
        likely_from=clock(floor) if floor else "",
        likely_to=clock(ceiling) if ceiling else "",
        wifi="" if settings.public_url else settings.settings.wifi.name,
        large=paper.large or bool(facts.get("large")),
        reprint=bool(facts.get("reprint")),
        demo=settings.settings.demo,
        documents=tuple(listed[:shown]),
        documents_left=len(listed) - shown,
        english=both,
        office_en=settings.office.name.en if both else "",
        service_en=asked[0].en if both else "",
        next_services_en=tuple(service.en for service in asked[1:]) if both else (),
        template=layout,
    )


def trial_slip(settings: Settings, now: int, base_url: str, layout: str = "") -> Slip:
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
        large=settings.settings.paper.large,
        template=layout,
    )


def _five(moment: Any, *, up: bool) -> Any:
    over = timedelta(
        minutes=moment.minute % STEP_MIN, seconds=moment.second, microseconds=moment.microsecond
    )
    floor = moment - over
    return floor + timedelta(minutes=STEP_MIN) if up and over else floor
