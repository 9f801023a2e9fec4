"""Presses about the counter: taking it, leaving it, a pause."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from server.counter import forms, seat
from server.counter.face import back, face
from server.web import desk, reads, who


@face.post("/take")
def take() -> Response:
    counter_id = forms.counter_id(request.form)
    if seat.is_held(counter_id) and not forms.takes_over(request.form):
        return redirect(url_for("counter.home", take=counter_id), 303)
    seat.take(counter_id)
    return back()


@face.post("/leave")
def leave() -> Response:
    seat.leave()
    return back()


@face.post("/pause")
def pause() -> Response:
    counter = seat.at_work()
    reason = forms.reason(request.form, reads().settings().settings.reasons.pause)
    desk().pause_counter(counter.id, reason, who().actor, forms.pressed(counter))
    return back()


@face.post("/open")
def open_again() -> Response:
    counter = seat.at_work()
    desk().open_counter(counter.id, who().actor, forms.pressed(counter))
    return back()
