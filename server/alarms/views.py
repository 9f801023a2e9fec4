"""Alerts about low presses: who must act sees them, and says what was done."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.alarms.listing import as_csv, role_words
from server.days import days_offered
from server.domain import roles
from server.domain.asked_days import halves, when_asked
from server.domain.refusals import NotAllowed
from server.domain.thai import Period
from server.sheet import comes_back
from server.web import admit, language, only, rooms, say, settings, who
from server.wording import local

face = Blueprint(
    "alarms",
    __name__,
    url_prefix="/alerts",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.SEE_OPINIONS)
ID = f"int(max={2**63 - 1})"


@face.get("/")
def home() -> str:
    return _home(None)


def _home(alert_id: int | None) -> str:
    """The page; with what was typed and is wrong, in the form of this alert."""
    answered = rooms().alerts.answered(counters=sees_counters())
    return _page("alarms/page.html", asked_about=alert_id, answered=answered)


@face.get("/state")
def state() -> str:
    """What of the page changes by itself."""
    return _page("alarms/open.html", asked_about=None)


@face.get("/notice")
def notice() -> str:
    """The line that other pages show, as things are now."""
    return render_template("alarm.html", alarms=rooms().alerts.how_many_open())


@face.get("/list")
def listed() -> str:
    when, days = _days()
    found = rooms().alerts.between(*days, counters=sees_counters())
    times = days_offered(date.fromisoformat(rooms().reads.today()))
    return _page("alarms/list.html", found=found, when=when, times=times)


@face.get("/list.csv")
def listed_csv() -> Response:
    _, days = _days()
    found = rooms().alerts.between(*days, counters=sees_counters())
    answer = Response(as_csv(found, settings(), reason_words()), mimetype="text/csv")
    file = f"alerts-{days.first}-{days.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def _days() -> tuple[str, Period]:
    """Without a choice the half-year of yesterday. Raises `BadField`."""
    today = date.fromisoformat(rooms().reads.today())
    return when_asked(request.args, today, first=halves(today)[0].key)


def sees_counters() -> bool:
    return who().role in roles.STAFF_FIGURES


def _again(alert_id: int) -> str:
    return _home(alert_id)


@face.post(f"/<{ID}:alert_id>/answer")
@comes_back(_again)
@only(roles.ANSWER_ALERTS)
def answer(alert_id: int) -> Response:
    rooms().alerts.answer(alert_id, request.form.get("done", ""), who().actor)
    flash(say("alarms.said"), "good")
    return redirect(url_for("alarms.home", lang=request.args.get("lang")), 303)


@face.errorhandler(NotAllowed)
def missed(error: NotAllowed) -> Response:
    """A colleague was quicker: the page shows what was done."""
    flash(say(f"refusal.{error.code}"), "warn")
    return redirect(url_for("alarms.home", lang=request.args.get("lang")), 303)


def _page(template: str, **facts: object) -> str:
    return render_template(
        template,
        settings=settings(),
        rule=settings().settings.satisfaction.alerting,
        open=rooms().alerts.open(counters=sees_counters()),
        may=who().role in roles.ANSWER_ALERTS,
        reason_words=reason_words(),
        role_words=role_words,
        **facts,
    )


def reason_words() -> dict[str, str]:
    """The words of each reason that is asked for now; older codes stand for themselves."""
    asked = rooms().satisfaction.questionnaire()
    return {reason.code: local(reason.text, language()) for reason in asked.reason}
