"""The protected list: opened only by a press that is written down, and both roles see by whom."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.refusals import NotAllowed
from server.domain.roles import Role
from server.sheet import comes_back
from server.web import admit, language, only, rooms, say, settings, who
from server.wording import local

face = Blueprint("protected", __name__, url_prefix="/protected", template_folder="templates")
admit(face, roles.PROTECTED)
ID = f"int(max={2**63 - 1})"
ACTS = frozenset({Role.LEGAL})  # internal audit reads, and changes nothing


@face.get("/")
def home() -> Response:
    room = rooms().protected
    reports = room.reports(who().actor)
    return _page(
        "cases/protected.html",
        reports=reports,
        how_many=room.how_many_open(),
        openings=room.openings(),
    )


@face.post("/open")
def open_list() -> Response:
    rooms().protected.open_list(who().actor)
    return redirect(url_for("protected.home", lang=_lang()), 303)


@face.post(f"/<{ID}:report_id>/open")
def open_report(report_id: int) -> Response:
    rooms().protected.open_report(report_id, who().actor)
    return redirect(url_for("protected.report", report_id=report_id, lang=_lang()), 303)


@face.get(f"/<{ID}:report_id>")
def report(report_id: int) -> Response:
    found = rooms().protected.report(report_id, who().actor)
    if found is None:  # not opened, or too long ago: a look without a line in the list is none
        return redirect(url_for("protected.home", lang=_lang()), 303)
    return _page("cases/report.html", report=found, may=who().role in ACTS)


@face.post(f"/<{ID}:report_id>/close")
@comes_back(report)
@only(ACTS)
def close(report_id: int) -> Response:
    rooms().protected.close(report_id, who().actor, request.form.get("done", ""))
    flash(say("protected.said.closed"), "good")
    return redirect(url_for("protected.report", report_id=report_id, lang=_lang()), 303)


@face.errorhandler(NotAllowed)
def missed(error: NotAllowed) -> Response:
    flash(say(f"refusal.{error.code}"), "warn")
    return redirect(url_for("protected.home", lang=_lang()), 303)


def _page(template: str, **facts: object) -> Response:
    asked = rooms().satisfaction.questionnaire()
    page = render_template(
        template,
        settings=settings(),
        reason_words={one.code: local(one.text, language()) for one in asked.reason},
        **facts,
    )
    answer = Response(page, 422 if request.method == "POST" else 200, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"  # Back must not show what was opened once
    return answer


def _lang() -> str | None:
    """The language that the page was asked for in; the next one speaks it too."""
    return request.args.get("lang")
