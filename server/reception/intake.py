"""What reception's pages show."""

from dataclasses import dataclass

from flask import request

from server.domain.order import Priority
from server.domain.refusals import NotFound
from server.domain.seen import Seen
from server.domain.settings import Settings, Words
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

    @property
    def open(self) -> bool:
        return all(service.open for service in self.chosen)


def intake() -> Intake:
    """As the address says: `q` typed, `s` chosen. Raises `BadField`, `NotFound`."""
    settings = reads().settings()
    divisions = {row.id: Words(th=row.name_th, en=row.name_en) for row in reads().divisions()}
    services = {service.id: service for service in reads().services()}
    asked = request.args.get("q", "")[:100]
    ids = forms.chosen(request.args)
    if not all(service_id in services for service_id in ids):
        raise NotFound("no_such_service")
    by_demand = sorted(services.values(), key=lambda service: -service.demand)
    open_to_find = [findable(one, divisions[one.division_id]) for one in by_demand if one.active]
    rules = settings.settings
    return Intake(
        settings=settings,
        asked=asked,
        found=matching(open_to_find, asked),
        chosen=[services[service_id] for service_id in ids],
        counters=_counters(),
        priorities=[(priority, rules.head_start_min(priority)) for priority in Priority],
        priority=forms.priority(request.args),
        language=forms.language(request.args),
        large=request.args.get("large") == "yes",
        key=forms.fresh_key(),
    )


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
