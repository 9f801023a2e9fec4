"""What reception's pages show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import Row

from server.domain.admission import BY_HAND, closed
from server.domain.day import office_time
from server.domain.order import Priority
from server.domain.refusals import NotFound
from server.domain.seen import Seen
from server.domain.settings import AS_THE_OFFICE, Settings, Words
from server.domain.shown import Service
from server.reception import forms
from server.reception.finding import Findable, findable, matching
from server.store import printers, today
from server.web import house, reads, who

LISTED = 200


@dataclass(frozen=True, slots=True)
class Intake:
    """The page on which a number is given. `chosen`: the services of this visit, in order."""

    settings: Settings
    asked: str
    found: list[Findable]
    chosen: list[Service]
    counters: dict[int, list[tuple[str, bool]]]  # service → counter numbers, and whether it helps
    priorities: list[tuple[Priority, int]]  # with their head start in minutes
    priority: Priority
    language: str
    large: bool
    key: str
    may_override: bool  # with a reason, the number is given all the same
    refused: bool  # for a reason that staff may override

    @property
    def shut(self) -> list[Service]:
        """Those chosen that give no numbers now."""
        return [service for service in self.chosen if not service.open]

    @property
    def asks_reason(self) -> bool:
        return self.may_override and bool(self.shut or self.refused)


def intake() -> Intake:
    """As the address says: `q` typed, `s` chosen. Raises `BadField`, `NotFound`."""
    settings = reads().settings()
    divisions = {row.id: Words(th=row.name_th, en=row.name_en) for row in reads().divisions()}
    services = {service.id: service for service in reads().services()}
    asked = request.args.get("q", "")[:100]
    ids, now = forms.chosen(request.args), office_time(reads().now(), settings.zone)
    if not all(service_id in services for service_id in ids):
        raise NotFound("no_such_service")
    by_demand = sorted(services.values(), key=lambda service: -service.demand)
    open_to_find = [findable(one, divisions[one.division_id]) for one in by_demand if one.active]
    rules = settings.settings
    own = services[ids[0]].rules if ids else AS_THE_OFFICE
    return Intake(
        settings=settings,
        asked=asked,
        found=matching(open_to_find, asked),
        chosen=[services[service_id] for service_id in ids],
        counters=_counters(),
        priorities=[(one, rules.head_start_min(one, own)) for one in Priority],
        priority=forms.priority(request.args),
        language=forms.language(request.args),
        large=request.args.get("large") == "yes",
        key=forms.fresh_key(),
        may_override=all(_may_override(settings, now, services[one]) for one in ids),
        refused=request.args.get("refused") in BY_HAND,
    )


def _may_override(settings: Settings, now: datetime, service: Service) -> bool:
    hours = closed(settings, now, service.rules, service.takers, override=True)
    return service.active and hours is None


def todays(asked: str) -> list[Seen]:
    """Today's tickets, newest first; `asked` is a number or a part of one."""
    day, office_id = reads().today(), who().office_id
    wanted = forms.number(asked)
    with house().store.reading() as db:
        if not asked.strip():
            ids = today.newest(db, office_id, day, LISTED)
        elif wanted is None:
            ids = []
        else:
            prefix, place = wanted
            ids = today.numbered(db, office_id, day, prefix=prefix, place=place, limit=LISTED)
    return reads().tickets(ids)[::-1]


def troubled() -> list[Row[Any]]:
    """The hall's printers that need somebody, or soon will."""
    with house().store.reading() as db:
        return printers.troubled(db, who().office_id)


def prints() -> bool:
    """Whether slips can be printed from here: the office has a default printer."""
    with house().store.reading() as db:
        found = printers.status(db, who().office_id)
    return any(printer.is_default and printer.url != "none" for printer in found)


def names() -> dict[int, Words]:
    """Every service's name, also of those switched off."""
    return {service.id: service.name for service in reads().services()}


def _counters() -> dict[int, list[tuple[str, bool]]]:
    taken: dict[int, list[tuple[str, bool]]] = {}
    for counter in reads().counters():
        for service_id in counter.service_ids:
            helps = counter.penalties[service_id] > 0
            taken.setdefault(service_id, []).append((counter.number, helps))
    return {one: sorted(numbers, key=lambda two: two[1]) for one, numbers in taken.items()}
