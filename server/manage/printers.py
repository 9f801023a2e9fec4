"""Printers: their addresses, how they are, and the slip that tests one."""

from typing import Any

from flask import Response as JsonResponse
from flask import jsonify, request
from sqlalchemy import Row
from werkzeug.wrappers import Response

from printers.address import LAYOUTS, model_in, without_model
from printers.models import Model, to_choose
from server.domain.ticket import SlipState
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import say

WIDE = 500  # dots: heads of 58 mm printers have 432 or fewer
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
        models=[
            ("", say("manage.printer.any_model")),
            *((m.name, _worded(m)) for m in to_choose()),
        ],
        address=without_model(chosen.url) if chosen is not None else "",
        model=model_in(chosen.url) if chosen is not None else "",
        new=new,
    )


def _worded(model: Model) -> str:
    """What tells it from the others: maker, paper, and what it cannot do."""
    wide = (model.dots or LAYOUTS[0]) >= WIDE
    about = [say("manage.printer.wide" if wide else "manage.printer.narrow")]
    about += [] if model.cuts else [say("manage.printer.no_cutter")]
    about += [] if model.answers else [say("manage.printer.no_answer")]
    about += [say("manage.printer.warns")] if model.near_end else []
    return f"{model.maker} {model.name} ({', '.join(about)})"


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
        text = f"{text} · {say(f'printing.problem.{test.problem}')}"
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
