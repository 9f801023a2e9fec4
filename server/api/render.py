"""From what the house knows to the shapes that programs get."""

from dataclasses import asdict, replace
from typing import Any

from server import shapes
from server.api.shapes import SatisfactionFigures, ServiceFigures
from server.domain.seen import Seen
from server.domain.ticket import AT_COUNTER
from server.figures import Report
from server.tracking import survey_url, track_url
from server.web import reads, settings, who, words


def ticket_shape(seen: Seen) -> shapes.Ticket:
    return shapes.ticket(seen, settings(), words())


def issued_shape(seen: Seen) -> shapes.Ticket:
    """With the resident's links: only the answer that issued the ticket has them."""
    office_id, ticket_id = who().office_id, seen.ticket.id
    return ticket_shape(seen).model_copy(
        update={
            "track_url": track_url(office_id, ticket_id),
            "survey_url": survey_url(office_id, ticket_id),
        }
    )


def ticket_with_events(seen: Seen) -> shapes.TicketWithEvents:
    """The ticket and all that happened to it; while it is called or served, also why."""
    zone = settings().zone
    events = reads().events(seen.ticket.id)
    if seen.ticket.state in AT_COUNTER:
        why = next((one.why for one in reversed(events) if one.why is not None), None)
        seen = replace(seen, why=why)
    return shapes.TicketWithEvents(
        **ticket_shape(seen).model_dump(),
        events=[shapes.event(one, zone) for one in events],
    )


def figures_shape(report: Report) -> dict[str, Any]:
    """Section 6's columns, and of satisfaction the figures with flagged answers beside."""
    return {
        "services": [_only(ServiceFigures, row) for row in report.services],
        "satisfaction": [_only(SatisfactionFigures, row) for row in report.satisfaction],
    }


def _only(shape: type[Any], row: Any) -> dict[str, Any]:
    fields = asdict(row)
    made: dict[str, Any] = shape(**{name: fields[name] for name in shape.model_fields}).model_dump(
        mode="json"
    )
    return made
