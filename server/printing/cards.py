"""What the printers' page shows of each printer: how it is, what waits, what awaits a decision."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from printers.address import BadAddress, File, Tcp, parse
from server.domain.day import day_began
from server.domain.settings import Words
from server.domain.ticket import SlipState, number_text
from server.store import printers, prints
from server.store.ids import first_of
from server.web import house, reads, who

SHOWN = 5  # of the slips that need nobody any more
UNSETTLED = (SlipState.UNCERTAIN, SlipState.FAILED)


@dataclass(frozen=True, slots=True)
class Printed:
    """A slip. `number` is empty at a test; `at`: Unix ms, when it was last heard of."""

    ticket_id: int | None
    number: str
    service: Words
    state: SlipState
    problem: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Card:
    """A printer. `state`: not_set, trouble, printing, near_end, well, reachable or unknown."""

    id: int
    name: Words
    default: bool
    state: str
    problem: str | None
    since_at: int | None
    near_end: bool
    waits: int  # slips of numbers, which may be moved
    to_decide: list[Printed]  # the oldest first: what comes meanwhile moves no button
    recent: list[Printed]  # the newest first


def cards() -> list[Card]:
    """The office's printers: its default first, then in the order in which they were set up."""
    office_id, settings = who().office_id, reads().settings()
    since = first_of(day_began(reads().now(), settings.zone))
    with house().store.reading() as db:
        waits = prints.movable(db, office_id)
        busy = prints.under_way(db, office_id)
        return [
            _card(
                row,
                waits.get(row.id, 0),
                [_printed(one) for one in prints.last(db, office_id, row.id, since, SHOWN)],
                printing=row.id in busy,
            )
            for row in sorted(printers.status(db, office_id), key=lambda row: not row.is_default)
        ]


def _card(row: Row[Any], waits: int, slips: list[Printed], *, printing: bool) -> Card:
    open_slips = [one for one in slips if one.ticket_id is not None and one.state in UNSETTLED]
    return Card(
        id=row.id,
        name=Words(th=row.name_th, en=row.name_en),
        default=bool(row.is_default),
        state=_state(row, printing=printing),
        problem=row.problem,
        since_at=row.problem_at,
        near_end=bool(row.near_end),
        waits=waits,
        to_decide=open_slips[::-1],
        recent=[one for one in slips if one not in open_slips][:SHOWN],
    )


def _state(row: Row[Any], *, printing: bool) -> str:
    if row.url == "none":
        return "not_set"
    if row.problem:
        return "trouble"
    if printing:
        return "printing"
    if row.near_end:
        return "near_end"
    if row.seen_at is None:
        return "unknown"
    return "well" if _says_how_it_is(row) else "reachable"


def _says_how_it_is(row: Row[Any]) -> bool:
    """Some only take what they are sent: of those nobody knows whether they have paper."""
    try:
        meant = parse(row.url)
    except BadAddress:
        return False
    if isinstance(meant, Tcp):
        return meant.ack
    return not isinstance(meant, File) and bool(json.loads(row.about or "{}").get("ack", True))


def _printed(row: Row[Any]) -> Printed:
    number = "" if row.number is None else number_text(row.prefix, row.number)
    service = Words(th=row.name_th or "", en=row.name_en or "")
    return Printed(row.ticket_id, number, service, SlipState(row.state), row.problem, row.at)
