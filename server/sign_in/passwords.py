"""The one-time link by which somebody sets a password."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.sheet import comes_back
from server.sign_in import forms
from server.sign_in.face import face
from server.web import house, settings_of


@face.get("/password/<code>")
def password(code: str) -> str:
    """Looking does not use the link up: programs that preview links look too."""
    person = house().access.invited(code)
    settings = settings_of(person.office_id)
    return render_template("sign_in/password.html", person=person, code=code, settings=settings)


@face.post("/password/<code>")
@comes_back(password)
def set_password(code: str) -> Response:
    access = house().access
    person = access.invited(code)
    access.set_password(code, forms.new_password(request.form))
    slug = settings_of(person.office_id).office.slug
    return redirect(url_for("sign_in.ask", office=slug, done="password"), 303)
