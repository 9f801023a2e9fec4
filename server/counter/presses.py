"""Presses about a ticket. Each is a form that ends on the console again."""

from collections.abc import Callable
from dataclasses import replace

from flask import flash, request
from werkzeug.wrappers import Response

from server.counter import forms, seat
from server.counter.face import back, face
from server.desk import Desk
from server.domain.refusals import NotAllowed
from server.domain.seen import Seen
from server.domain.settings import Reasons
from server.domain.ticket import State
from server.store.services import MOST_STEPS
from server.web import desk, reads, say, who

TICKET = f"/tickets/<int(max={forms.LARGEST_ID}):ticket_id>"
VERBS: dict[str, Callable[..., Seen]] = {
    "recall": Desk.recall,
    "start": Desk.start,
    "finish": Desk.finish,
    "no-show": Desk.no_show,
    "resume": Desk.resume,
}


@face.post("/next")
def call_next() -> Response:
    """Calls who is next; with `ticket_id`, first ends that visit as served."""
    counter, ended = seat.at_work(), forms.finished_id(request.form)
    key = forms.pressed(counter)
    if ended is not None:
        seat.is_present(counter, ended)
    called = desk().call_next(counter.id, who().actor, finish=ended is not None, key=key)
    if called is None:
        flash(say("counter.note.nobody"), "good")
    return back()


@face.post(TICKET + "/<any('recall','start','finish','no-show','resume'):verb>")
def press(ticket_id: int, verb: str) -> Response:
    counter = seat.at_work()
    key = forms.pressed(counter)
    seat.is_here(counter, ticket_id)
    VERBS[verb](desk(), ticket_id, who().actor, key=key)
    return back()


@face.post(TICKET + "/return")
def bring_back(ticket_id: int) -> Response:
    """A call taken back, or a no-show who came, whichever counter had called."""
    counter = seat.at_work()
    key = forms.pressed(counter)
    if reads().ticket(ticket_id).ticket.state is not State.NO_SHOW:
        seat.is_here(counter, ticket_id)
    desk().bring_back(ticket_id, who().actor, key)
    return back()


@face.post(TICKET + "/hold")
def hold(ticket_id: int) -> Response:
    counter = seat.at_work()
    key, reason = forms.pressed(counter), forms.reason(request.form, _reasons().hold)
    seat.is_here(counter, ticket_id)
    held = desk().hold(ticket_id, reason, who().actor, key)
    return _done("counter.note.held", held)


@face.post(TICKET + "/transfer")
def transfer(ticket_id: int) -> Response:
    counter = seat.at_work()
    key, (kind, goal) = forms.pressed(counter), forms.goal(request.form)
    reason = forms.optional_reason(request.form, _reasons().transfer)
    seat.in_reach(counter, ticket_id, forms.seen_state(request.form))
    to = {"service_id": goal} if kind == "service" else {"counter_id": goal}
    if kind == "counter":
        _is_open(goal)
    sent = desk().transfer(ticket_id, who().actor, **to, reason=reason, key=key)
    return _done("counter.note.transferred", sent)


@face.post(TICKET + "/cancel")
def cancel(ticket_id: int) -> Response:
    """Ends the visit. One that is being served is parked first: nothing else leads there."""
    counter = seat.at_work()
    key, reason = forms.pressed(counter), forms.reason(request.form, _reasons().cancel)
    seen = seat.in_reach(counter, ticket_id, forms.seen_state(request.form))
    if seen.ticket.state is State.SERVING:
        desk().hold(ticket_id, reason, who().actor, replace(key, key=f"{key.key}.h"))
    outcome = forms.outcome_of(reason)
    ended = desk().cancel(ticket_id, reason, who().actor, outcome, key)
    return _done("counter.note.cancelled", ended)


@face.post(TICKET + "/call")
def call(ticket_id: int) -> Response:
    """Calls this very one, out of order and with the reason."""
    counter = seat.at_work()
    key, reason = forms.pressed(counter), forms.reason(request.form, _reasons().call)
    desk().call(ticket_id, counter.id, reason, who().actor, key)
    return back()


@face.post(TICKET + "/steps")
def add_step(ticket_id: int) -> Response:
    counter = seat.at_work()
    key, service_id = forms.pressed(counter), forms.service_id(request.form)
    seen = seat.is_here(counter, ticket_id)
    if len(seen.ticket.steps) >= MOST_STEPS:
        raise NotAllowed("too_many_steps", most=MOST_STEPS)
    desk().add_step(ticket_id, service_id, who().actor, key)
    return back()


@face.post(TICKET + "/steps/drop")
def drop_step(ticket_id: int) -> Response:
    counter = seat.at_work()
    key, step_id = forms.pressed(counter), forms.step_id(request.form)
    seat.is_here(counter, ticket_id)
    desk().drop_step(ticket_id, step_id, who().actor, key)
    return back()


def _reasons() -> Reasons:
    return reads().settings().settings.reasons


def _is_open(counter_id: int) -> None:
    """Nobody is sent to a counter that calls nobody. Raises `NotFound`, `NotAllowed`."""
    goal = reads().counter(counter_id)
    if not goal.open:
        raise NotAllowed("counter_not_open", number=goal.number)


def _done(message: str, seen: Seen) -> Response:
    flash(say(message, number=seen.ticket.number), "good")
    return back()
