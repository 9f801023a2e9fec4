"""The wall of the head of office: how content those served are, as it stands this minute."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for

from server.catalogue import LANGUAGES
from server.domain import roles
from server.domain.asked_days import halves
from server.domain.figures import ALL
from server.domain.recent import BEFORE
from server.domain.refusals import NotFound
from server.wall.asked import chosen
from server.wall.names import names_of
from server.wall.numbers import FORMATS
from server.wall.sheet import FEW, wall_of
from server.wall.wording import GIVEN, headline
from server.web import admit, reads, rooms, settings, who

face = Blueprint(
    "wall", __name__, url_prefix="/wall", template_folder="templates", static_folder="static"
)
admit(face, roles.SEE_OPINIONS)


@face.get("/")
def home() -> str:
    return _page(ALL)


@face.get("/services/<code>")
def service(code: str) -> str:
    if all(code != one.code for one in reads().services()):
        raise NotFound("no_such_service")
    return _page(code)


# ---------------------------------------------------------------- what these share


def _page(code: str) -> str:
    today = date.fromisoformat(reads().today())
    rules = settings().settings.satisfaction
    asked = chosen(request.args, today)
    wall = wall_of(
        rooms().believing,
        today,
        asked,
        threshold=rules.suppress_below_internal,
        least=rules.praise_least,
        code=code,
        counters=who().role in roles.STAFF_FIGURES,
    )
    return render_template(
        "wall/page.html",
        wall=wall,
        code=code,
        chosen=asked,
        spans=list(BEFORE),
        halves=halves(today),
        hidden_below=rules.suppress_below_internal,
        settings=settings(),
        name=names_of(reads(), settings(), rooms().satisfaction.questionnaire()),
        says=headline(wall),
    )


def link(endpoint: str, **values: Any) -> str:
    """An address of this face in the language and for the days that the page was asked for in."""
    kept = {name: request.args[name] for name in ("lang", "span", "half") if name in request.args}
    if kept.get("lang") not in LANGUAGES:
        kept.pop("lang", None)
    return url_for(f"wall.{endpoint}", **(kept | values))


def here(**values: Any) -> str:
    """This very page for other days, or in the other language."""
    return link(str(request.endpoint).partition(".")[2], **(request.view_args or {}), **values)


def way(endpoint: str, **values: Any) -> str:
    """The address of another face's page; empty where it does not let the caller in."""
    admitted = current_app.blueprints[endpoint.partition(".")[0]].admitted  # type: ignore[attr-defined]
    return url_for(endpoint, **values) if who().role in admitted else ""


@face.context_processor
def given_to_templates() -> dict[str, Any]:
    return FORMATS | GIVEN | {"few": FEW, "link": link, "here": here, "way": way}
