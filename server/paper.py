"""What staff decide about slips: print one again, or say that it came out after all."""

from pydantic import TypeAdapter
from sqlalchemy import insert

from server.domain.refusals import NotAllowed
from server.domain.ticket import SlipState, Ticket
from server.domain.wish import Actor, RequestKey, Wish
from server.office import Office, Turn
from server.store import services, slips, tickets
from server.store.ids import new_id
from server.store.schema import audit

TICKET_ID = TypeAdapter(int)
ON_ITS_WAY = (SlipState.QUEUED, SlipState.PRINTING)
UNSETTLED = (SlipState.UNCERTAIN, SlipState.FAILED)


class Paper:
    """Bound to one office. A second slip of one number is worse than a late one."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def reprint(self, ticket_id: int, actor: Actor, key: RequestKey | None = None) -> int:
        """Orders one more slip, marked as such; one that still waited to be tried again is dropped.

        Raises `NotFound`, `NotAllowed` (no printer is set, or a slip is on its way already).
        """

        def act(turn: Turn) -> int:
            ticket = tickets.lock(turn.db, turn.office_id, ticket_id)
            wish = Wish(ticket.steps[0].service_id)
            (asked,) = services.for_issue(turn.db, turn.office_id, wish, actor.printer_id)
            if asked.printer_id is None:
                raise NotAllowed("no_printer")
            if ticket.slip_state in ON_ITS_WAY:
                raise NotAllowed("slip_on_its_way", number=ticket.number)
            kept = slips.facts(turn.db, turn.office_id, ticket_id) or {}
            slips.decide(turn.db, turn.office_id, ticket_id, SlipState.NONE, turn.now)
            job = slips.order(
                turn.db,
                turn.office_id,
                ticket_id=ticket_id,
                printer_id=asked.printer_id,
                slip={**kept, "reprint": True},
                now=turn.now,
            )
            turn.ordered.append(job)
            slips.show(turn.db, turn.office_id, ticket_id, SlipState.QUEUED)
            _note(turn, actor, "slip.reprint", ticket)
            return ticket_id

        return self._office.once(key, TICKET_ID, act, board=False)

    def was_printed(self, ticket_id: int, actor: Actor) -> None:
        """The slip lies in the tray, though nobody was told so. Raises `NotFound`, `NotAllowed`."""
        with self._office.verb(board=False) as turn:
            ticket = tickets.lock(turn.db, turn.office_id, ticket_id)
            if ticket.slip_state not in UNSETTLED:
                raise NotAllowed("slip_is_settled", number=ticket.number)
            slips.decide(turn.db, turn.office_id, ticket_id, SlipState.PRINTED, turn.now)
            slips.show(turn.db, turn.office_id, ticket_id, SlipState.PRINTED)
            _note(turn, actor, "slip.was_printed", ticket)


def _note(turn: Turn, actor: Actor, action: str, ticket: Ticket) -> None:
    """The audit knows who had paper printed twice, and who said that it had come out."""
    row = {
        "office_id": turn.office_id,
        "id": new_id(turn.now),
        "at": turn.now,
        "actor": str(actor),
        "action": action,
        "subject": f"{ticket.day} {ticket.number}",
    }
    turn.db.execute(insert(audit), row)
