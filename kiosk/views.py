"""The kiosk: a touch on a service becomes a number."""

from typing import Any

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from kiosk import choice, forms, number, rating
from kiosk.face import face, page_of
from kiosk.opening import hours_at, when_words
from kiosk.visit import visit_now
from server import shapes
from server.domain.day import office_time
from server.domain.refusals import NotAllowed, NotFound
from server.domain.seen import Seen
from server.domain.shown import Service
from server.tracking import track_url
from server.web import desk, problem, reads, settings, wants_json, who, worded

__all__ = ["face", "rating"]

ID = f"int(max={forms.LARGEST_ID})"
HTML = "text/html; charset=utf-8"


@face.get("/")
def home() -> str:
    services = _offered()
    first = choice.most_wanted(services)
    return _services(first, more=len(services) - len(first))


@face.get("/services/")
def others() -> str:
    """Those that the first page has no room for; all of them while no number is given."""
    page, offered = request.args.get("page", 1, int), _offered()
    divisions = [row.id for row in reads().divisions()]
    giving = hours_at(settings(), reads().now(), offered).gives_numbers
    rest = choice.the_rest(offered, divisions, but_first=giving)
    start = (page - 1) * choice.A_PAGE
    shown = rest[start : start + choice.A_PAGE]
    if page < 1 or not shown:
        raise NotFound("no_such_service")
    return _services(shown, page=page, pages=-(-len(rest) // choice.A_PAGE), listing=True)


@face.get(f"/services/<{ID}:service_id>")
def service(service_id: int) -> str:
    """Who needs priority, asked once the service is chosen; of a closed one, what to bring."""
    wanted = _wanted(service_id)
    if not wanted.open:
        return _shut(wanted)
    asked = choice.asked_priorities(settings())
    if not asked:
        raise NotFound("no_such_service")
    return page_of("kiosk/priority.html", service=wanted, asked=asked, icons=choice.ICONS)


@face.post("/tickets")
def issue() -> Response:
    visit, actor = visit_now(settings()), who().actor
    wish = forms.wish_from(request.form, visit, settings())
    _wanted(wish.service_id)
    seen = desk().issue(wish, actor, forms.key_from(request.form, actor, wish))
    return redirect(visit.to("ticket", ticket_id=seen.ticket.id), 303)


@face.get(f"/tickets/<{ID}:ticket_id>")
def ticket(ticket_id: int) -> str:
    seen, now = _mine(ticket_id), reads().now()
    wanted = next(s for s in reads().services() if s.id == seen.ticket.current.service_id)
    told = settings().settings.show_wait
    return page_of(
        "kiosk/number.html",
        seen=seen,
        service=wanted,
        likely=number.likely(seen, wanted, settings(), now) if told else None,
        late=told and choice.late(wanted, seen.wait, settings(), now),
        qr=number.qr(track_url(who().office_id, ticket_id)),
    )


@face.get(f"/tickets/<{ID}:ticket_id>/slip")
def slip(ticket_id: int) -> Response:
    return jsonify(state=_mine(ticket_id).ticket.slip_state)


@face.get("/board")
def board() -> Response:
    """The API admits displays and programs; this is the same board for the kiosk's strip."""
    return jsonify(shapes.board(reads().board(), settings().zone).model_dump())


@face.errorhandler(NotAllowed)
def refused(error: NotAllowed) -> Response:
    """It closed, or the last number went, while somebody chose: said in the kiosk's own words."""
    message, facts = f"refusal.{error.code}", worded(error)
    if wants_json():  # the page at hand tells it
        return problem(409, message, error, facts)
    return Response(
        page_of("kiosk/refused.html", message=message, facts=facts), 409, content_type=HTML
    )


# ---------------------------------------------------------------- what these share


def _offered() -> list[Service]:
    """What this kiosk is for: all services, or those the set-up gave it."""
    only = who().service_ids
    return [service for service in reads().services() if not only or service.id in only]


def _wanted(service_id: int) -> Service:
    """Raises `NotFound`."""
    for service in _offered():
        if service.id == service_id:
            return service
    raise NotFound("no_such_service")


def _shut(wanted: Service) -> str:
    now = office_time(reads().now(), settings().zone)
    return page_of("kiosk/shut.html", service=wanted, again=when_words(wanted.again, now))


def _services(shown: list[Service], *, listing: bool = False, **facts: Any) -> str:
    now = reads().now()
    hours, found = hours_at(settings(), now, _offered()), reads().board()
    asks = bool(choice.asked_priorities(settings()))
    return page_of(
        "kiosk/services.html" if listing or hours.gives_numbers else "kiosk/closed.html",
        tiles=choice.tiles(shown, settings(), hours, now),
        asks=asks,
        hours=hours,
        board=found,
        calls=choice.latest(found.calls),
        again=when_words(hours.again, office_time(now, settings().zone)),
        page_shape=choice.shape(shown, hours, asks=asks),
        **facts,
    )


def _mine(ticket_id: int) -> Seen:
    events = reads().events(ticket_id)
    return number.given_here(reads().ticket(ticket_id), events, who().actor, reads().now())
