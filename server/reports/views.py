"""The reports face: what managers and auditors see of the queue and of satisfaction."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from server.catalogue import LANGUAGES
from server.domain import roles
from server.domain.believed import Believed
from server.domain.refusals import BadField
from server.domain.settings import Words
from server.domain.thai import long_date
from server.domain.trend import half_before
from server.domain.versions import Version, changed_in
from server.figures import Report
from server.reports.files import SATISFACTION, SERVICES, as_csv, satisfaction_fields
from server.reports.forms import Asked, Offered, Scope, asked, by_default, length_of
from server.reports.numbers import FORMATS
from server.reports.periods import (
    Length,
    listed,
    period_of,
    period_words,
    range_words,
    short_month,
    weekday_words,
)
from server.reports.sheet import sheet_of
from server.reports.tables import FEW, kept_standard
from server.web import admit, language, reads, rooms, say, settings
from server.wording import local

face = Blueprint(
    "reports", __name__, url_prefix="/reports", template_folder="templates", static_folder="static"
)
admit(face, roles.REPORTS)
PARAMETERS = ("length", "period", "from", "to", "of")


@face.get("/")
def home() -> str:
    offered = _offered()
    found = asked(request.args, offered)
    sheet = sheet_of(
        _report(found),
        found.scope,
        rooms().satisfaction.questionnaire(),
        _versions(found),
        _half_before(found),
        offered.today,
    )
    # Alerts are places, not services: they stand in the report of everything.
    acted = rooms().alerts.between(*found.period) if found.scope.everything else []
    return render_template(
        "reports/home.html", sheet=sheet, acted=acted, **_chooser(found, offered)
    )


@face.get("/services.csv")
def services_csv() -> Response:
    found = asked(request.args, _offered())
    rows = (asdict(row) for row in _report(found).services)
    return _csv("services", found, SERVICES, rows)


@face.get("/satisfaction.csv")
def satisfaction_csv() -> Response:
    found = asked(request.args, _offered())
    report, changed = _report(found), changed_in(_versions(found))
    opinions = report.satisfaction_with_totals + report.satisfaction_nowhere
    rows = (satisfaction_fields(row, changed) for row in opinions)
    return _csv("satisfaction", found, SATISFACTION, rows)


@face.get("/method")
def method() -> str:
    return render_template("reports/method.html", settings=settings(), link=_link)


@face.errorhandler(BadField)
def not_understood(error: BadField) -> tuple[str, int]:
    """The chooser again, with what was wrong: better than a report of some other period."""
    offered = _offered()
    chooser = _chooser(by_default(offered, length_of(request.args) or Length.HALF), offered)
    return render_template("reports/refused.html", problems=error.fields, **chooser), 422


# ---------------------------------------------------------------- what these share


def _offered() -> Offered:
    room = reads()
    return Offered(date.fromisoformat(room.today()), room.services(), room.divisions())


def _report(found: Asked) -> Report:
    below = settings().settings.satisfaction.suppress_below_internal
    ids = None if found.scope.everything else [service.id for service in found.scope.services]
    return rooms().figures.between(*found.period, suppress_below=below, among=ids)


def _versions(found: Asked) -> tuple[Version, ...]:
    return rooms().believing.versions(*found.period)


def _half_before(found: Asked) -> Believed | None:
    """Of a half-year only: its months and those of the one before have settled what they hide."""
    if found.length is not Length.HALF:
        return None
    return rooms().believing.period(*half_before(found.period))


def _csv(
    name: str, found: Asked, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> Response:
    note = say("common.simulated") if settings().settings.demo else ""
    answer = Response(as_csv(columns, rows, note), mimetype="text/csv")
    file = f"{name}-{found.period.first}-{found.period.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def _chooser(found: Asked, offered: Offered) -> dict[str, Any]:
    """What every page with the period's chooser needs."""
    keys = listed(found.length, offered.today)
    if found.key and found.key not in keys:
        keys.append(found.key)  # asked for by its address: further back than the list goes
    names = {key: _name(found.length, key) for key in keys}
    return {
        "settings": settings(),
        "asked": found,
        "scope_name": _scope_name(found.scope),
        "lengths": list(Length),
        "periods": names,
        "period_name": names.get(found.key) or say(f"reports.length.{found.length}"),
        "period_dates": range_words(found.period, language()),
        "offered": offered,
        "link": _link,
    }


def _name(length: Length, key: str) -> str:
    return period_words(length, key, period_of(length, key), language())


def _scope_name(scope: Scope) -> str:
    if scope.one:
        return local(scope.one.name, language())
    division = scope.division
    return local(Words(th=division.name_th, en=division.name_en), language()) if division else ""


def _link(endpoint: str, **asked_for: str) -> str:
    """An address of this face that stays in the language the page was asked for in."""
    lang = request.args.get("lang", "")
    kept: dict[str, Any] = {"lang": lang} if lang in LANGUAGES else {}
    return url_for(f"reports.{endpoint}", **(kept | asked_for))


@face.context_processor
def given_to_templates() -> dict[str, Any]:
    tongue = language()
    asked_for = {name: request.args[name] for name in PARAMETERS if name in request.args}
    return FORMATS | {
        "few": FEW,
        "kept_standard": kept_standard,
        "date_words": lambda day: long_date(day, tongue, weekday=False),
        "month_name": lambda month: short_month(month, tongue),
        "weekday_name": lambda weekday: weekday_words(weekday, tongue),
        "other_tongue": _link(
            "method" if request.endpoint == "reports.method" else "home",
            **(asked_for | {"lang": "th" if tongue == "en" else "en"}),
        ),
    }
