"""Counters, and which services each takes."""

from flask import request
from werkzeug.wrappers import Response

from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import reads


@face.get("/counters")
def counters() -> str:
    return _counters()


@face.get("/counters/new")
def new_counter() -> str:
    return _counters(new=True)


@face.get(f"/counters/<{ID}:counter_id>")
def counter(counter_id: int) -> str:
    return _counters(counter_id)


def _counters(counter_id: int | None = None, *, new: bool = False) -> str:
    return page(
        "counters",
        counters=setup().counters.all(),
        services=reads().services(),
        takes=setup().counters.takes(),
        chosen=None if counter_id is None else setup().counters.one(counter_id),
        new=new,
    )


@face.post("/counters")
@comes_back(new_counter)
def add_counter() -> Response:
    counter_id = setup().counters.add(forms.counter(request.form), actor())
    return done("added", "counter", counter_id=counter_id)


@face.post(f"/counters/<{ID}:counter_id>")
@comes_back(counter)
def change_counter(counter_id: int) -> Response:
    setup().counters.change(counter_id, forms.counter(request.form), actor())
    return done("saved", "counter", counter_id=counter_id)
