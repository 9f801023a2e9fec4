"""The counter's console. Every press is a form that ends on the console again."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server import shapes
from server.counter import forms, seat
from server.counter.console import console
from server.desk import Desk
from server.domain import roles
from server.domain.refusals import KeyReused, NotAllowed, NotFound
from server.domain.seen import Seen
from server.web import admit, desk, reads, say, who, worded

face = Blueprint(
    "counter", __name__, url_prefix="/counter", template_folder="templates", static_folder="static"
)
admit(face, roles.COUNTER)

TICKET = f"/tickets/<int(max={forms.LARGEST_ID}):ticket_id>"
VERBS: dict[str, Callable[..., Seen]] = {
    "recall": Desk.recall,
    "start": Desk.start,
    "finish": Desk.finish,
    "no-show": Desk.no_show,
    "return": Desk.bring_back,
}


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
    return render_template("counter/console.html", show=show, settings=show.settings)


@face.get("/panel")
def panel() -> str | AnyResponse:
    """What of the console changes by itself. Who has no counter any more is sent to choose one."""
    counter = seat.mine()
    if counter is None:
        return redirect(url_for("counter.home"), 303)
    show = console(counter)
    return render_template("counter/panel.html", show=show, settings=show.settings)


@face.get("/board")
def board() -> Response:
    return jsonify(shapes.board(reads().board(), reads().settings().zone).model_dump())


@face.post("/take")
def take() -> AnyResponse:
    counter_id = forms.counter_id(request.form)
    if seat.is_held(counter_id) and not forms.takes_over(request.form):
        return redirect(url_for("counter.home", take=counter_id), 303)
    seat.take(counter_id)
    return back()


@face.post("/leave")
def leave() -> AnyResponse:
    seat.leave()
    return back()


@face.post("/next")
def call_next() -> AnyResponse:
    """Calls who is next; with `ticket_id`, first ends that visit as served."""
    counter, ended = seat.at_work(), forms.finished_id(request.form)
    key = forms.pressed(counter)
    if ended is not None:
        seat.is_present(counter, ended)
    called = desk().call_next(counter.id, who().actor, finish=ended is not None, key=key)
    if called is None:
        flash(say("counter.note.nobody"), "good")
    return back()


@face.post(TICKET + "/<any('recall','start','finish','no-show','return'):verb>")
def press(ticket_id: int, verb: str) -> AnyResponse:
    counter = seat.at_work()
    key = forms.pressed(counter)
    seat.is_here(counter, ticket_id)
    VERBS[verb](desk(), ticket_id, who().actor, key=key)
    return back()


@face.post("/pause")
def pause() -> AnyResponse:
    counter = seat.at_work()
    reason = forms.reason(request.form, reads().settings().settings.reasons.pause)
    desk().pause_counter(counter.id, reason, who().actor, forms.pressed(counter))
    return back()


@face.post("/open")
def open_again() -> AnyResponse:
    counter = seat.at_work()
    desk().open_counter(counter.id, who().actor, forms.pressed(counter))
    return back()


@face.errorhandler(NotAllowed)
@face.errorhandler(KeyReused)
def missed(error: NotAllowed | KeyReused) -> AnyResponse:
    """Somebody else was quicker, or the page was old: said on the console, where things stand."""
    code = "page_outdated" if isinstance(error, KeyReused) else error.code
    sentence = say(f"refusal.{code}", **worded(error))
    flash(f"{_number()} {sentence}".strip(), "warn")
    return back()


def back() -> AnyResponse:
    return redirect(url_for("counter.home"), 303)


def _number() -> str:
    """Whose form was refused."""
    ticket_id = (request.view_args or {}).get("ticket_id") or forms.finished_id(request.form)
    try:
        return "" if ticket_id is None else f"{reads().ticket(ticket_id).ticket.number}:"
    except NotFound:
        return ""
