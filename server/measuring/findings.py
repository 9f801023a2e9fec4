"""Findings: written by hand, drawn from the figures, taken, dismissed."""

from flask import request
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.asked_days import Half
from server.domain.finding import Kind
from server.domain.measure import half_of_key, offered
from server.measuring import forms, wording
from server.measuring.face import ID, by, done, face, page, room, today
from server.sheet import Sheet, comes_back
from server.web import only

FINDING = f"/findings/<{ID}:finding_id>"


@face.get("/findings/new")
@only(roles.MEASURES_WRITE)
def new_finding() -> str:
    halves = offered(today())
    return page(
        "new_finding",
        halves=halves,
        half=forms.half_asked(halves),
        kinds=list(Kind),
        request_key=forms.fresh_key(),
    )


@face.post("/findings")
@comes_back(new_finding)
@only(roles.MEASURES_WRITE)
def add_finding() -> Response:
    half, about, body = forms.finding(request.form, wording.names())
    stood = room().figure(about, half)
    found = room().add_finding(half, about, body, stood, by(), forms.pressed())
    return done("finding", "finding", finding_id=found)


@face.get(FINDING)
def finding(finding_id: int) -> str:
    found = room().one(finding_id)
    return page(
        "finding",
        finding=found,
        effect=room().effect(found),
        now_half=Half.holding(today()),
        history=room().history(finding_id),
    )


@face.get(f"{FINDING}/edit")
@only(roles.MEASURES_WRITE)
def edit_finding(finding_id: int) -> str:
    found = room().one(finding_id)
    return page("edit_finding", finding=found, history=room().history(finding_id))


@face.post(f"{FINDING}/edit")
@comes_back(edit_finding)
@only(roles.MEASURES_WRITE)
def change_finding(finding_id: int) -> Response:
    sheet = Sheet(request.form)
    body = forms.body(sheet, "body")
    sheet.done()
    room().change_finding(finding_id, forms.version(request.form), body, by())
    return done("saved", "finding", finding_id=finding_id)


@face.post(f"{FINDING}/take")
@comes_back(edit_finding)
@only(roles.MEASURES_WRITE)
def take_finding(finding_id: int) -> Response:
    room().take(finding_id, forms.version(request.form), by())
    return done("taken", "finding", finding_id=finding_id)


@face.post(f"{FINDING}/dismiss")
@comes_back(edit_finding)
@only(roles.MEASURES_WRITE)
def dismiss_finding(finding_id: int) -> Response:
    why = forms.why(request.form)
    room().dismiss(finding_id, forms.version(request.form), why, by())
    half = room().one(finding_id).half
    return done("dismissed", "home", half=half.key)


# ---------------------------------------------------------------- from the figures


@face.get("/draw")
@only(roles.MEASURES_WRITE)
def ask_to_draw() -> str:
    halves = offered(today())
    half = forms.half_asked(halves)
    return page("draw", halves=halves, half=half, targets=room().targets())


@face.post("/draw")
@comes_back(ask_to_draw)
@only(roles.MEASURES_WRITE)
def draw() -> Response:
    half = half_of_key(request.form.get("half", ""))
    found = room().proposals(half, forms.targets(request.form))
    new = room().propose(half, [(one, wording.body_of(one)) for one in found], by())
    return done("drawn" if new else "drawn_none", "home", half=half.key)
