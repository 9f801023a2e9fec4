"""The kiosk: a touch on a service becomes a number."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk import choice, forms, number
from kiosk.opening import hours_at
from kiosk.visit import visit_now
from server import shapes
from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import DeviceKind
from server.domain.seen import Seen
from server.domain.shown import Service
from server.tracking import track_url
from server.web import admit, desk, reads, settings, who

ID = f"int(max={forms.LARGEST_ID})"
BACK_AFTER_S = 15

face = Blueprint(
    "kiosk", __name__, url_prefix="/kiosk", template_folder="templates", static_folder="static"
)
admit(face, {DeviceKind.KIOSK})
face.add_app_template_filter(choice.unbroken)


@face.get("/")
def home() -> str:
    services = _offered()
    first = choice.most_wanted(services)
    return _services(first, more=len(services) - len(first))


@face.get("/services/")
def others() -> str:
    page = request.args.get("page", 1, int)
    divisions = [row.id for row in reads().divisions()]
    rest = choice.the_rest(_offered(), divisions)
    start = (page - 1) * choice.A_PAGE
    shown = rest[start : start + choice.A_PAGE]
    if page < 1 or not shown:
        raise NotFound("no_such_service")
    return _services(shown, page=page, pages=-(-len(rest) // choice.A_PAGE))


@face.get(f"/services/<{ID}:service_id>")
def service(service_id: int) -> str:
    """Who needs priority: asked once the service is chosen."""
    asked = choice.asked_priorities(settings())
    wanted = next((one for one in _offered() if one.id == service_id), None)
    if wanted is None or not asked:
        raise NotFound("no_such_service")
    if not wanted.open:
        raise NotAllowed("office_closed" if wanted.active else "service_off")
    return _page("kiosk/priority.html", service=wanted, asked=asked, icons=choice.ICONS)


@face.post("/tickets")
def issue() -> Response:
    visit, actor = visit_now(settings()), who().actor
    wish = forms.wish_from(request.form, visit, settings())
    if all(service.id != wish.service_id for service in _offered()):
        raise NotFound("no_such_service")
    seen = desk().issue(wish, actor, forms.key_from(request.form, actor, wish))
    return redirect(visit.to("ticket", ticket_id=seen.ticket.id), 303)


@face.get(f"/tickets/<{ID}:ticket_id>")
def ticket(ticket_id: int) -> str:
    seen, now = _mine(ticket_id), reads().now()
    hours = hours_at(settings(), now)
    wanted = next(s for s in reads().services() if s.id == seen.ticket.current.service_id)
    told = settings().settings.show_wait
    return _page(
        "kiosk/number.html",
        seen=seen,
        service=wanted,
        likely=number.likely(seen, hours, now) if told else None,
        late=told and choice.late(seen.wait, hours, now),
        qr=number.qr(track_url(who().office_id, ticket_id)),
    )


@face.get(f"/tickets/<{ID}:ticket_id>/slip")
def slip(ticket_id: int) -> Response:
    return jsonify(state=_mine(ticket_id).ticket.slip_state)


@face.get("/board")
def board() -> Response:
    """The API admits displays and programs; this is the same board for the kiosk's strip."""
    return jsonify(shapes.board(reads().board(), settings().zone).model_dump())


@face.after_request
def keep_nothing(answer: Response) -> Response:
    """Back shows a fresh page with a new key; a page that refuses leads to the start by itself."""
    if request.endpoint == "kiosk.static":
        return answer
    answer.headers["Cache-Control"] = "no-store"
    if answer.status_code >= 400:  # noqa: PLR2004
        answer.headers["Refresh"] = f"{BACK_AFTER_S}; url={url_for('kiosk.home')}"
    return answer


# ---------------------------------------------------------------- what these share


def _offered() -> list[Service]:
    """What this kiosk is for: all services, or those the set-up gave it."""
    only = who().service_ids
    return [service for service in reads().services() if not only or service.id in only]


def _services(shown: list[Service], **facts: Any) -> str:
    now = reads().now()
    hours, found = hours_at(settings(), now), reads().board()
    asks = bool(choice.asked_priorities(settings()))
    return _page(
        "kiosk/services.html" if hours.gives_numbers else "kiosk/closed.html",
        tiles=choice.tiles(shown, settings(), hours, now),
        asks=asks,
        hours=hours,
        board=found,
        calls=choice.latest(found.calls),
        page_shape=choice.shape(shown, hours, asks=asks),
        **facts,
    )


def _mine(ticket_id: int) -> Seen:
    events = reads().events(ticket_id)
    return number.given_here(reads().ticket(ticket_id), events, who().actor, reads().now())


def _page(template: str, **facts: Any) -> str:
    visit = visit_now(settings())
    key = forms.new_key()
    return render_template(template, settings=settings(), visit=visit, key=key, **facts)
