"""Printers: their addresses, how they are, and the slip that tests one."""

from typing import Any

from flask import Response as JsonResponse
from flask import jsonify, request
from sqlalchemy import Row
from werkzeug.wrappers import Response

from server.domain.ticket import SlipState
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import say

UNDER_WAY = (SlipState.QUEUED, SlipState.PRINTING)


@face.get("/printers")
def printers() -> str:
    return _printers()


@face.get("/printers/new")
def new_printer() -> str:
    return _printers(new=True)


@face.get(f"/printers/<{ID}:printer_id>")
def printer(printer_id: int) -> str:
    return _printers(setup().printers.one(printer_id))


def _printers(chosen: Row[Any] | None = None, *, new: bool = False) -> str:
    test = setup().printers.last_tests().get(chosen.id) if chosen is not None else None
    return page(
        "printers",
        printers=setup().printers.all(),
        waiting=setup().printers.waiting(),
        chosen=chosen,
        test=test,
        told=_told(test) if test else None,
        new=new,
    )


@face.get(f"/printers/<{ID}:printer_id>/test")
def test_state(printer_id: int) -> JsonResponse:
    """What became of the last test slip, for the page that waits for it."""
    test = setup().printers.last_tests().get(setup().printers.one(printer_id).id)
    answer = jsonify(_told(test) if test else {"text": "", "busy": False})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(test: Row[Any]) -> dict[str, object]:
    text = say(f"slip.{test.state}")
    if test.problem:
        text = f"{text} · {say(f'manage.problem.{test.problem}')}"
    return {"text": text, "busy": test.state in UNDER_WAY}


@face.post("/printers")
@comes_back(new_printer)
def add_printer() -> Response:
    printer_id = setup().printers.add(forms.printer(request.form), actor())
    return done("added", "printer", printer_id=printer_id)


@face.post(f"/printers/<{ID}:printer_id>")
@comes_back(printer)
def change_printer(printer_id: int) -> Response:
    setup().printers.change(printer_id, forms.printer(request.form), actor())
    return done("saved", "printer", printer_id=printer_id)


@face.post(f"/printers/<{ID}:printer_id>/test")
def print_test(printer_id: int) -> Response:
    setup().printers.test(printer_id, actor())
    return done("ordered", "printer", printer_id=printer_id)
