"""The HTTP API, contract section 3: tickets and their moves."""

from datetime import datetime

from server import shapes
from server.api.calls import call, request_key
from server.api.fields import (
    CallChosen,
    Cancel,
    Finish,
    NewStep,
    NewTicket,
    Nothing,
    TicketQuery,
    Transfer,
    WithReason,
    as_id,
)
from server.api.render import issued_shape, ticket_shape, ticket_with_events
from server.api.views import face
from server.domain.day import office_day, unix_ms
from server.domain.refusals import BadField, NotFound
from server.domain.ticket import Outcome
from server.domain.wish import Actor, RequestKey, Wish
from server.web import desk, reads, settings, who


def _asks() -> tuple[Actor, RequestKey | None]:
    actor = who().actor
    return actor, request_key(str(actor))


def _slot(slot: datetime) -> int:
    """Unix ms of a booked time, which lies on today's date."""
    try:
        at = unix_ms(slot)
        today = office_day(at, settings().zone) == reads().today()
    except (ValueError, OverflowError):  # thousands of years away
        today = False
    if not today:
        raise BadField(slot_at="not_today")
    return at


@call(
    face,
    "POST",
    "/tickets",
    "Give the next number",
    answer=shapes.Ticket,
    status=201,
    body=NewTicket,
)
def issue_ticket(body: NewTicket) -> shapes.Ticket:
    known = settings().settings
    language = body.language or known.default_language
    if language not in known.languages:
        raise BadField(language="invalid")
    wish = Wish(
        as_id(body.service_id),
        body.priority,
        body.channel,
        language,
        tuple(as_id(one) for one in body.more_service_ids),
        override=body.override,
        slot_at=None if body.slot_at is None else _slot(body.slot_at),
    )
    return issued_shape(desk().issue(wish, *_asks()))


@call(
    face,
    "GET",
    "/tickets/{ticket_id}",
    "A ticket and all that happened to it",
    answer=shapes.TicketWithEvents,
)
def get_ticket(ticket_id: int) -> shapes.TicketWithEvents:
    return ticket_with_events(reads().ticket(ticket_id))


@call(
    face,
    "GET",
    "/tickets",
    "Tickets, oldest first",
    answer=shapes.Tickets,
    query=TicketQuery,
)
def list_tickets(query: TicketQuery) -> shapes.Tickets:
    after = 0 if query.after is None else as_id(query.after)
    if after < 0:
        raise BadField(after="invalid")
    found = reads().find_tickets(
        day=None if query.day is None else query.day.isoformat(),
        state=query.state,
        service_id=None if query.service_id is None else as_id(query.service_id),
        after=after,
        limit=query.limit + 1,  # one more tells whether there is a next page
    )
    items = [ticket_shape(seen) for seen in found[: query.limit]]
    return shapes.Tickets(items=items, next=items[-1].id if len(found) > query.limit else None)


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/call",
    "Call a chosen ticket out of order, with a reason",
    answer=shapes.Ticket,
    body=CallChosen,
)
def call_ticket(ticket_id: int, body: CallChosen) -> shapes.Ticket:
    counter_id = as_id(body.counter_id)
    return ticket_shape(desk().call(ticket_id, counter_id, body.reason, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/recall",
    "Call the same visitor again",
    answer=shapes.Ticket,
    body=Nothing,
)
def recall_ticket(ticket_id: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    return ticket_shape(desk().recall(ticket_id, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/start",
    "The visitor has come",
    answer=shapes.Ticket,
    body=Nothing,
)
def start_ticket(ticket_id: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    return ticket_shape(desk().start(ticket_id, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/finish",
    "The current step is over",
    answer=shapes.Ticket,
    body=Finish,
)
def finish_ticket(ticket_id: int, body: Finish) -> shapes.Ticket:
    actor, key = _asks()
    return ticket_shape(desk().finish(ticket_id, actor, Outcome(body.outcome), key))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/no-show",
    "Called, and nobody came",
    answer=shapes.Ticket,
    body=Nothing,
)
def no_show_ticket(ticket_id: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    return ticket_shape(desk().no_show(ticket_id, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/return",
    "Back into the line at the old place",
    answer=shapes.Ticket,
    body=Nothing,
)
def return_ticket(ticket_id: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    return ticket_shape(desk().bring_back(ticket_id, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/cancel",
    "End the visit before it was served",
    answer=shapes.Ticket,
    body=Cancel,
)
def cancel_ticket(ticket_id: int, body: Cancel) -> shapes.Ticket:
    actor, key = _asks()
    return ticket_shape(desk().cancel(ticket_id, body.reason, actor, Outcome(body.outcome), key))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/hold",
    "Park the visitor",
    answer=shapes.Ticket,
    body=WithReason,
)
def hold_ticket(ticket_id: int, body: WithReason) -> shapes.Ticket:
    return ticket_shape(desk().hold(ticket_id, body.reason, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/resume",
    "Back to the counter that parked the visitor",
    answer=shapes.Ticket,
    body=Nothing,
)
def resume_ticket(ticket_id: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    return ticket_shape(desk().resume(ticket_id, *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/transfer",
    "Waiting again elsewhere, keeping the place in line",
    answer=shapes.Ticket,
    body=Transfer,
)
def transfer_ticket(ticket_id: int, body: Transfer) -> shapes.Ticket:
    if body.service_id is None and body.counter_id is None:
        raise BadField(service_id="missing", counter_id="missing")
    actor, key = _asks()
    if body.service_id is not None and all(
        str(service.id) != body.service_id for service in reads().services()
    ):
        raise NotFound("no_such_service")
    return ticket_shape(
        desk().transfer(
            ticket_id,
            actor,
            service_id=None if body.service_id is None else as_id(body.service_id),
            counter_id=None if body.counter_id is None else as_id(body.counter_id),
            reason=body.reason,
            key=key,
        )
    )


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/steps",
    "One more service for the same visit and number",
    answer=shapes.Ticket,
    body=NewStep,
)
def add_step(ticket_id: int, body: NewStep) -> shapes.Ticket:
    return ticket_shape(desk().add_step(ticket_id, as_id(body.service_id), *_asks()))


@call(
    face,
    "POST",
    "/tickets/{ticket_id}/steps/{step_no}/drop",
    "Take out a service whose turn has not come; the first step is 1",
    answer=shapes.Ticket,
    body=Nothing,
)
def drop_step(ticket_id: int, step_no: int, body: Nothing) -> shapes.Ticket:  # noqa: ARG001
    steps = reads().ticket(ticket_id).ticket.steps
    if not 1 <= step_no <= len(steps):
        raise NotFound("no_such_step")
    return ticket_shape(desk().drop_step(ticket_id, steps[step_no - 1].id, *_asks()))
