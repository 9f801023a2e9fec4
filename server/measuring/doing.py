"""Measures and what was done for them, with its evidence."""

from flask import request, send_file
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.asked_days import Half
from server.domain.measure import State
from server.measures import LARGEST_FILE
from server.measures.evidence import MEDIA_TYPES
from server.measures.steps import StepWish
from server.measuring import forms
from server.measuring.face import ID, by, done, face, page, room, today
from server.sheet import Sheet, comes_back
from server.web import larger_body, only, rooms

AROUND = 64 * 1024  # the form around a file
MEASURE = f"/<{ID}:measure_id>"
STEP = f"/steps/<{ID}:step_id>"


@face.get(f"/findings/<{ID}:finding_id>/measures/new")
@only(roles.MEASURES_WRITE)
def new_measure(finding_id: int) -> str:
    return page(
        "new_measure",
        finding=room().one(finding_id),
        divisions=rooms().reads.divisions(),
        request_key=forms.fresh_key(),
    )


@face.post(f"/findings/<{ID}:finding_id>/measures")
@comes_back(new_measure)
@only(roles.MEASURES_WRITE)
def add_measure(finding_id: int) -> Response:
    wish, key = forms.measure(request.form), forms.pressed()
    return done("measure", "measure", measure_id=room().add_measure(finding_id, wish, by(), key))


@face.get(MEASURE)
def measure(measure_id: int) -> str:
    finding, found = room().measure(measure_id)
    changes = [one for one in room().history(finding.id) if one.measure_id == measure_id]
    return page(
        "measure",
        finding=finding,
        measure=found,
        history=changes,
        states=list(State),
        request_key=forms.fresh_key(),
    )


@face.get(f"{MEASURE}/edit")
@only(roles.MEASURES_WRITE)
def edit_measure(measure_id: int) -> str:
    finding, found = room().measure(measure_id)
    return page(
        "edit_measure",
        finding=finding,
        measure=found,
        states=list(State),
        divisions=rooms().reads.divisions(),
    )


@face.post(f"{MEASURE}/edit")
@comes_back(edit_measure)
@only(roles.MEASURES_WRITE)
def change_measure(measure_id: int) -> Response:
    wish = forms.measure(request.form)
    room().change_measure(measure_id, forms.version(request.form), wish, by())
    return done("saved", "measure", measure_id=measure_id)


# ---------------------------------------------------------------- steps


@face.post(f"{MEASURE}/steps")
@larger_body(LARGEST_FILE + AROUND, roles.MEASURES_WRITE)
@comes_back(measure)
@only(roles.MEASURES_WRITE)
def add_step(measure_id: int) -> Response:
    room().add_step(measure_id, _step(measure_id), by(), forms.pressed())
    return done("step", "measure", measure_id=measure_id)


def _step(measure_id: int) -> StepWish:
    form = request.form
    sheet = Sheet(form)
    day = forms.day(sheet, "day")
    body = forms.body(sheet, "body")
    record = forms.body(sheet, "record", needed=False)
    state = sheet.one_of("state", State)
    sheet.done()
    figure = None
    if sheet.yes("figure"):
        finding, _ = room().measure(measure_id)
        figure = room().figure(finding.about, Half.holding(today()))
    assert day is not None  # else `done` had refused
    file, seen = forms.upload(), forms.version(form)
    return StepWish(day, body, record, figure, file, state, seen)


@face.get(f"{STEP}/strike")
@only(roles.MEASURES_WRITE)
def ask_to_strike(step_id: int) -> str:
    finding, found = room().of_step(step_id)
    step = next(one for one in found.steps if one.id == step_id)
    return page("strike", finding=finding, measure=found, step=step)


@face.post(f"{STEP}/strike")
@comes_back(ask_to_strike)
@only(roles.MEASURES_WRITE)
def strike_step(step_id: int) -> Response:
    measure_id = room().strike(step_id, forms.why(request.form), by())
    return done("struck", "measure", measure_id=measure_id)


@face.get(f"{STEP}/file")
def step_file(step_id: int) -> Response:
    """Never shown inside a page: whatever is in it, the browser only saves it."""
    file, lies = room().file(step_id)
    answer = send_file(
        lies, MEDIA_TYPES[file.kind], as_attachment=True, download_name=file.name, max_age=0
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
