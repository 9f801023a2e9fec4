"""The counter's console as it is looked at: itself, its parts, its questions, its day."""

from flask import Response, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server import shapes
from server.counter import forms, presses, seat, sitting
from server.counter.asking import ask
from server.counter.console import console
from server.counter.face import back, face
from server.counter.todays import todays
from server.store.services import MOST_STEPS
from server.web import reads

__all__ = ["face", "presses", "sitting"]


@face.context_processor
def what_counts() -> dict[str, object]:
    return {"outcome_of": forms.outcome_of, "most_steps": MOST_STEPS}


@face.get("/")
def home() -> str:
    counter = seat.mine()
    if counter is None:
        return render_template(
            "counter/choose.html",
            settings=reads().settings(),
            seats=seat.seats_to_choose(),
            asked=request.args.get("take", ""),
            lost=seat.remembered(),
        )
    show = console(counter)
    asked = ask(show, request.args)
    return render_template(
        "counter/console.html", show=show, settings=show.settings, question=asked
    )


@face.get("/panel")
def panel() -> str | AnyResponse:
    """What of the console changes by itself. Who has no counter any more is sent to choose one."""
    counter = seat.mine()
    if counter is None:
        return back()
    show = console(counter)
    return render_template("counter/panel.html", show=show, settings=show.settings)


@face.get("/ask")
def question() -> str | AnyResponse:
    """One question of the console alone, as it stands now: what its scripts open as a dialog."""
    counter = seat.mine()
    if counter is None:
        return back()
    show = console(counter)
    asked = ask(show, request.args)
    return render_template("counter/asked.html", show=show, settings=show.settings, question=asked)


@face.get("/today")
def today() -> str | AnyResponse:
    counter = seat.mine()
    if counter is None:
        return back()
    settings = reads().settings()
    day = todays(counter, settings)
    return render_template("counter/today.html", counter=counter, settings=settings, day=day)


@face.get("/board")
def board() -> Response:
    return jsonify(shapes.board(reads().board(), reads().settings().zone).model_dump())
