"""What the office asks: the draft to edit, a look at it as on a phone, and every version so far."""

from functools import partial

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.questionnaire import Version
from server.domain.rating import SoFar
from server.domain.refusals import NotFound
from server.domain.self_check import NOTICE
from server.domain.survey import Way
from server.domain.tongues import TONGUES
from server.manage import question_forms
from server.manage.face import ID, actor, done, face, page
from server.questions import Questions
from server.sheet import comes_back
from server.web import larger_body, rooms, settings, tongue

LARGEST = 1024 * 1024  # a letter of Thai is nine bytes in a form, and there are many fields
FIRST, LAST = "ask", "thanks"  # pages before and after those of the way


@face.get("/questions")
def questions() -> str:
    versions = _room().versions()
    now = next(one for one in versions if not one.draft)
    draft = versions[0] if versions[0].draft else None
    shown = (draft or now).asked
    return page(
        "questions",
        versions=versions,
        notice=NOTICE,
        current=now,
        draft=draft,
        asked=shown,
        form=question_forms.rows_of(shown),
        further={code: TONGUES[code] for code in shown.languages},
        known_tongues=TONGUES,
    )


@face.post("/questions")
@larger_body(LARGEST, roles.CHANGE_SETUP)
@comes_back(questions)
def draft_questions() -> Response:
    room = _room()
    shown = room.versions()[0].asked
    room.draft(question_forms.questionnaire(request.form, shown, room.codes()), actor())
    return done("questions_drafted", "questions")


@face.post("/questions/publish")
def publish_questions() -> Response:
    _room().publish(actor(), request.form.get("mark", ""))
    return done("questions_published", "questions")


@face.post("/questions/drop")
def drop_questions() -> Response:
    _room().drop(actor())
    return done("questions_dropped", "questions")


@face.get(f"/questions/<{ID}:version_id>")
def preview_questions(version_id: int) -> Response:
    """A version as a phone shows it, page by page; nothing of it is kept."""
    _room().version(version_id)
    return redirect(_at(version_id, FIRST), 303)


@face.get(f"/questions/<{ID}:version_id>/<page>")
def preview_page(version_id: int, page: str) -> str:
    version = _room().version(version_id)
    way = Way("", (), SoFar(version.asked, {version.asked.one_tap.item: 1}))
    pages = (FIRST, *way.pages, LAST)
    if request.args.get("then") == "stop":
        page = LAST
    if page not in pages:
        raise NotFound("no_such_thing")
    following = pages[min(pages.index(page) + 1, len(pages) - 1)]
    return _preview(version, way, page, following)


def _preview(version: Version, way: Way, page: str, following: str) -> str:
    return render_template(
        f"survey/{way.template(page)}.html",
        settings=settings(),
        asked=version.asked,
        on=way,
        page=page,
        to=partial(_at, version.id),
        action=_at(version.id, following),
        preview=url_for("manage.questions"),
    )


def _at(version_id: int, page: str) -> str:
    """In the language that it is looked at in, where that is none of the set-up's own."""
    lang = tongue() if tongue() in TONGUES else None
    return url_for("manage.preview_page", version_id=version_id, page=page, lang=lang)


def _room() -> Questions:
    return rooms().questions
