"""Opening hours of the office, and the rules that one service has of its own."""

from flask import g, request
from werkzeug.wrappers import Response

from server.domain.hours import WEEKDAYS
from server.domain.order import LONGEST_HEAD_START_MIN
from server.domain.refusals import NotFound
from server.domain.settings import ServiceRules
from server.domain.thai import SHORT_MONTHS
from server.manage import forms, hours_forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import language, reads, settings


@face.get("/hours")
def hours() -> str:
    typed = hours_forms.rows_of(g.typed) if "typed" in g else None
    return page(
        "hours",
        weekdays=WEEKDAYS,
        months=SHORT_MONTHS[language()],
        counters=[row for row in setup().counters.all() if row.active],
        rows=len(settings().hours.extra) + 1 if typed is None else typed,
    )


@face.post("/hours")
@comes_back(hours)
def change_hours() -> Response:
    setup().hours.change(*hours_forms.hours(request.form), actor())
    return done("saved", "hours")


@face.get(f"/services/<{ID}:service_id>/rules")
def rules(service_id: int) -> str:
    found = reads().services()
    chosen = next((one for one in found if one.id == service_id), None)
    if chosen is None:
        raise NotFound("no_such_service")
    times = _times(chosen.rules)
    room = max(hours_forms.STRETCHES, *(len(one) for one in times.values()))
    return page(
        "rules",
        services=found,
        chosen=chosen,
        times=times,
        weekdays=WEEKDAYS,
        stretches=hours_forms.stretches_of(g.typed) if "typed" in g else room,
        lunches=hours_forms.LUNCHES,
        priorities=forms.PRIORITIES,
        longest=LONGEST_HEAD_START_MIN,
    )


@face.post(f"/services/<{ID}:service_id>/rules")
@comes_back(rules)
def change_rules(service_id: int) -> Response:
    setup().rules.change(service_id, hours_forms.rules(request.form), actor())
    return done("saved", "rules", service_id=service_id)


def _times(rules: ServiceRules) -> dict[str, list[tuple[str, str]]]:
    """By weekday: from when to when, earliest first."""
    return {
        day: sorted((one.open, one.close) for one in rules.hours if day in one.days)
        for day in WEEKDAYS
    }
