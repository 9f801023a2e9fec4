"""The end of the day: who is still under way, and the button that closes for them."""

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from server.domain.refusals import BadField
from server.domain.settings import Words
from server.manage.face import actor, done, face, page
from server.sheet import comes_back
from server.store import today
from server.web import desk, house, reads, who

STATES = ("waiting", "held", "called", "serving")
REASONS = ("day_end", "emergency", "system_fault")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How many visitors of one service stand where, in the order of `STATES`."""

    service: Words
    numbers: tuple[int, ...]


@face.get("/day")
def day() -> str:
    services = reads().services()
    date, office_id = reads().today(), who().office_id
    with house().store.reading() as db:
        rows = today.under_way(db, office_id)
        closed = today.closed(db, office_id, date)
    counted = {(row.service_id, row.state): int(row.n) for row in rows}
    each = [
        UnderWay(one.name, tuple(counted.get((one.id, state), 0) for state in STATES))
        for one in services
    ]
    lines = [one for one in each if any(one.numbers)]
    totals = [sum(one.numbers[at] for one in lines) for at in range(len(STATES))]
    return page(
        "day", lines=lines, totals=totals, closed=closed, states=STATES, reasons=REASONS, at=date
    )


@face.post("/day")
@comes_back(day)
def close_day() -> Response:
    reason = request.form.get("reason", "")
    if reason not in REASONS:
        raise BadField(reason="invalid" if reason else "missing")
    if request.form.get("sure") != "yes":
        raise BadField(sure="not_confirmed")
    desk().close_day(actor(), reason)
    return done("day_closed", "day")
