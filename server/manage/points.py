"""Mobile service points: a link and a poster for each, for the days on which we are there."""

from dataclasses import dataclass
from datetime import date

from flask import Response, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from printers.qr import code_for
from server.domain.day import office_time
from server.domain.mobile_point import MobilePoint
from server.manage.face import ID, actor, done, face, page, setup
from server.manage.hours_forms import date_of
from server.manage.papers import paper
from server.posters import Away
from server.setup.points import PointWish
from server.sheet import Sheet, comes_back
from server.tracking import point_url
from server.web import house, reads, settings, who
from server.wording import date_words

WIDEST = 10_000  # dots: a screen has room for any code


@dataclass(frozen=True, slots=True)
class Listed:
    """`state`: coming, open, over or off, as of today."""

    point: MobilePoint
    state: str


@face.get("/points")
def points() -> str:
    return _points(None)


@face.get("/points/new")
def new_point() -> str:
    return _points(None, new=True)


@face.get(f"/points/<{ID}:point_id>")
def point(point_id: int) -> str:
    return _points(setup().points.one(point_id))


@face.get(f"/points/<{ID}:point_id>/qr.svg")
def point_qr(point_id: int) -> Response:
    code = code_for(_url(setup().points.one(point_id)), WIDEST)
    return Response(code.as_svg() if code else "", mimetype="image/svg+xml")


@face.get(f"/points/<{ID}:point_id>/poster.pdf")
def point_poster(point_id: int) -> Response:
    one = setup().points.one(point_id)
    days = {
        tongue: " – ".join(
            date_words(day, tongue) for day in dict.fromkeys((one.first_day, one.last_day))
        )
        for tongue in ("th", "en")
    }
    return paper(_url(one), f"khiu-point-{one.id}.pdf", away=Away(one.name, days))


@face.post("/points")
@comes_back(new_point)
def add_point() -> AnyResponse:
    return done("added", "point", point_id=setup().points.add(_wish(request.form), actor()))


@face.post(f"/points/<{ID}:point_id>")
@comes_back(point)
def change_point(point_id: int) -> AnyResponse:
    setup().points.change(point_id, _wish(request.form), actor())
    return done("saved", "point", point_id=point_id)


def _points(chosen: MobilePoint | None, *, new: bool = False) -> str:
    today = office_time(house().clock(), settings().zone).date()
    return page(
        "points",
        points=[Listed(one, _state(one, today)) for one in setup().points.all()],
        services=reads().services(),
        chosen=chosen,
        new=new,
        today=today,
        url=_url(chosen) if chosen else "",
    )


def _state(one: MobilePoint, today: date) -> str:
    if not one.active:
        return "off"
    if today > one.last_day:
        return "over"
    return "open" if today >= one.first_day else "coming"


def _url(one: MobilePoint) -> str:
    return point_url(who().office_id, one.id)


def _wish(form: ImmutableMultiDict[str, str]) -> PointWish:
    """Raises `BadField`."""
    sheet = Sheet(form)
    wish = PointWish(
        name=sheet.text("name"),
        service_id=sheet.id("service_id"),
        first_day=date_of(sheet, "first_day"),
        last_day=date_of(sheet, "last_day"),
        active=sheet.yes("active"),
    )
    sheet.done()
    return wish
