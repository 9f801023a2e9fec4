"""Staff: who may sign in, and as what. Passwords are set by a one-time link, shown once."""

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from server.domain.roles import Role
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup, show_once
from server.sheet import comes_back
from server.web import settings


@face.get("/staff")
def staff() -> str:
    return _staff()


@face.get("/staff/new")
def new_person() -> str:
    return _staff(new=True)


@face.get(f"/staff/<{ID}:staff_id>")
def person(staff_id: int) -> str:
    return _staff(staff_id)


def _staff(staff_id: int | None = None, *, new: bool = False) -> str:
    return page(
        "staff",
        people=setup().staff.all(),
        roles=list(Role),
        chosen=None if staff_id is None else setup().staff.one(staff_id),
        new=new,
    )


@face.post("/staff")
@comes_back(new_person)
def add_person() -> Response:
    staff_id, code = setup().staff.add(forms.person(request.form), actor())
    show_once("link", _link(code))
    return done("added", "person", staff_id=staff_id)


@face.post(f"/staff/<{ID}:staff_id>")
@comes_back(person)
def change_person(staff_id: int) -> Response:
    setup().staff.change(staff_id, forms.person(request.form), actor())
    return done("saved", "person", staff_id=staff_id)


@face.post(f"/staff/<{ID}:staff_id>/link")
def new_link(staff_id: int) -> Response:
    show_once("link", _link(setup().staff.link(staff_id, actor())))
    return done("linked", "person", staff_id=staff_id)


def _link(code: str) -> str:
    """With the office's address or the server's own, never with what a request calls us."""
    base = settings().public_url or str(current_app.config["BASE_URL"])
    return base.rstrip("/") + url_for("sign_in.password", code=code)
