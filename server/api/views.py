"""The HTTP API, contract section 3: services, counters, board and figures."""

from typing import Any

from flask import Blueprint, Response

from server import shapes
from server.api import openapi
from server.api.calls import FIGURES, INTEGRATION, admit_bearer, bearer, call, request_key
from server.api.fields import CallNext, FiguresQuery, Nothing, WithReason, as_id
from server.api.render import figures_shape, ticket_shape
from server.api.shapes import Figures
from server.domain.refusals import BadField, NotFound
from server.domain.roles import DeviceKind
from server.web import desk, device, open_to_all, reads, rooms, settings, who

face = Blueprint("api", __name__, url_prefix="/api/v1")
open_to_all(face, "every call checks its bearer token; surveys are let in by their link")


@face.get("/openapi.json")
def openapi_json() -> Response:
    return Response(openapi.text(), mimetype="application/json")


@call(face, "GET", "/services", "Services, with who waits", answer=list[shapes.Service])
def services() -> list[shapes.Service]:
    return [shapes.service(found) for found in reads().services()]


@call(face, "GET", "/counters", "Counters, and whether they are open", answer=list[shapes.Counter])
def counters() -> list[shapes.Counter]:
    return [shapes.counter(found) for found in reads().counters()]


@call(
    face,
    "GET",
    "/board",
    "What the hall's screens show",
    answer=shapes.Board,
    checks_itself=True,
)
def board() -> shapes.Board:
    screen = device()
    if bearer() is not None or screen is None or screen.role is not DeviceKind.DISPLAY:
        admit_bearer(INTEGRATION)
    return shapes.board(reads().board(), settings().zone)


@call(
    face,
    "POST",
    "/counters/{counter_id}/next",
    "Call who stands first for this counter",
    answer=shapes.Ticket,
    body=CallNext,
    may_be_empty=True,
)
def call_next(counter_id: int, body: CallNext) -> shapes.Ticket | None:
    actor = who().actor
    key = request_key(str(actor))
    seen = desk().call_next(counter_id, actor, finish=body.finish, key=key)
    return None if seen is None else ticket_shape(seen)


@call(
    face,
    "POST",
    "/counters/{counter_id}/open",
    "Open a counter",
    answer=shapes.Counter,
    body=Nothing,
)
def open_counter(counter_id: int, body: Nothing) -> shapes.Counter:  # noqa: ARG001
    actor = who().actor
    return shapes.counter(desk().open_counter(counter_id, actor, request_key(str(actor))))


@call(
    face,
    "POST",
    "/counters/{counter_id}/close",
    "Close a counter",
    answer=shapes.Counter,
    body=Nothing,
)
def close_counter(counter_id: int, body: Nothing) -> shapes.Counter:  # noqa: ARG001
    actor = who().actor
    return shapes.counter(desk().close_counter(counter_id, actor, request_key(str(actor))))


@call(
    face,
    "POST",
    "/counters/{counter_id}/pause",
    "Pause a counter",
    answer=shapes.Counter,
    body=WithReason,
)
def pause_counter(counter_id: int, body: WithReason) -> shapes.Counter:
    actor = who().actor
    key = request_key(str(actor))
    return shapes.counter(desk().pause_counter(counter_id, body.reason, actor, key))


@call(
    face,
    "GET",
    "/figures",
    "Figures of office dates, both included",
    answer=Figures,
    query=FiguresQuery,
    roles=FIGURES,
)
def figures(query: FiguresQuery) -> dict[str, Any]:
    if query.to < query.from_:
        raise BadField(to="before_from")
    service_id = None if query.service_id is None else as_id(query.service_id)
    if service_id is not None and all(s.id != service_id for s in reads().services()):
        raise NotFound("no_such_service")
    below = settings().settings.satisfaction.suppress_below_internal
    report = rooms().figures.between(query.from_, query.to, service_id, suppress_below=below)
    return figures_shape(report)
