"""The face itself, and what each of its pages shares."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.measure import By
from server.measures import Measures
from server.measuring import wording
from server.web import admit, rooms, say, settings, who

face = Blueprint("measuring", __name__, url_prefix="/measures", template_folder="templates")
admit(face, roles.MEASURES_READ)
ID = f"int(max={2**63 - 1})"


def room() -> Measures:
    return rooms().measures


def today() -> date:
    return room().today()


def by() -> By:
    return By(who().actor, str(who().role))


def done(said: str, endpoint: str, **values: Any) -> Response:
    """Says that it is kept, and shows it."""
    flash(say(f"measuring.said.{said}"), "good")
    return redirect(link(endpoint, **values), 303)


def link(endpoint: str, **values: Any) -> str:
    """An address of this face that stays in the language the page was asked for in."""
    return url_for(f"measuring.{endpoint}", lang=request.args.get("lang"), **values)


def page(name: str, **facts: Any) -> str:
    may = who().role in roles.MEASURES_WRITE
    shared = {"settings": settings(), "may": may, "today": today(), "link": link}
    return render_template(f"measuring/{name}.html", **shared, **wording.shared(), **facts)
