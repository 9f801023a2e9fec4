"""Slips and their printers: what staff decide about paper, and how printers were found."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from server.domain.refusals import NotAllowed
from server.domain.ticket import SlipState, Ticket
from server.domain.wish import Actor, RequestKey, Wish
from server.office import Office, Turn
from server.store import holding, printers, prints, schema, services, setup, slips, tickets

TICKET_ID = TypeAdapter(int)
ON_ITS_WAY = (SlipState.QUEUED, SlipState.PRINTING)
UNSETTLED = (SlipState.UNCERTAIN, SlipState.FAILED)
CAME_OUT = (SlipState.PRINTED, SlipState.SENT)


class Paper:
    """Bound to one office. A second slip of one number is worse than a late one."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def reprint(
        self,
        ticket_id: int,
        actor: Actor,
        key: RequestKey | None = None,
        *,
        unsettled: bool = False,
    ) -> int:
        """Orders one more slip, marked as such; one that still waited to be tried again is dropped.
        Of one that came out, a copy after the visit has no code (`composing`): who prints it is not
        the visitor.

        `unsettled`: only where nobody knows that the last one came out; a colleague may have said
        so. Raises `NotFound`, `NotAllowed` (no printer is set, or a slip is on its way already).
        """

        def act(turn: Turn) -> int:
            slips.lock(turn.db, turn.office_id, ticket_id)
            ticket = tickets.lock(turn.db, turn.office_id, ticket_id)
            wish = Wish(ticket.steps[0].service_id)
            (asked,) = services.for_issue(turn.db, turn.office_id, wish, actor.printer_id)
            if asked.printer_id is None:
                raise NotAllowed("no_printer")
            if ticket.slip_state in ON_ITS_WAY:
                raise NotAllowed("slip_on_its_way", number=ticket.number)
            if unsettled and ticket.slip_state not in UNSETTLED:
                raise NotAllowed("slip_is_settled", number=ticket.number)
            kept = slips.facts(turn.db, turn.office_id, ticket_id) or {}
            copy = ticket.slip_state in CAME_OUT or kept.get("copy", False)
            slips.decide(turn.db, turn.office_id, ticket_id, SlipState.NONE, turn.now)
            job = slips.order(
                turn.db,
                turn.office_id,
                ticket_id=ticket_id,
                printer_id=asked.printer_id,
                slip={**kept, "reprint": True, "copy": copy},
                now=turn.now,
            )
            turn.ordered.append(job)
            slips.show(turn.db, turn.office_id, ticket_id, SlipState.QUEUED)
            did = "slip.reprint_no_code" if copy and ticket.may_be_rated else "slip.reprint"
            _note(turn, actor, did, _name(ticket))
            return ticket_id

        return self._office.once(key, TICKET_ID, act, board=False)

    def was_printed(self, ticket_id: int, actor: Actor) -> None:
        """The slip lies in the tray, though nobody was told so. Raises `NotFound`, `NotAllowed`."""
        with self._office.verb(board=False) as turn:
            slips.lock(turn.db, turn.office_id, ticket_id)
            ticket = tickets.lock(turn.db, turn.office_id, ticket_id)
            if ticket.slip_state not in UNSETTLED:
                raise NotAllowed("slip_is_settled", number=ticket.number)
            slips.decide(turn.db, turn.office_id, ticket_id, SlipState.PRINTED, turn.now)
            slips.show(turn.db, turn.office_id, ticket_id, SlipState.PRINTED)
            _note(turn, actor, "slip.was_printed", _name(ticket))

    def move(self, source: int, target: int, actor: Actor) -> int:
        """Sends the numbers' slips that wait at one printer to another; how many.

        What is being printed, or may have been, stays: it could come out twice. Raises `NotFound`,
        `NotAllowed` (the same printer, one that is not set, nothing waits).
        """
        with self._office.verb(board=False) as turn:
            here = setup.find(turn.db, schema.printers, turn.office_id, source)
            there = setup.find(turn.db, schema.printers, turn.office_id, target)
            if source == target:
                raise NotAllowed("same_printer")
            if there.url == "none":
                raise NotAllowed("no_printer_set")
            moved = prints.move(turn.db, turn.office_id, source, target, turn.now)
            if not moved:
                raise NotAllowed("no_slips_wait")
            for job in moved:
                turn.ordered.append(job.id)
                slips.show(turn.db, turn.office_id, job.ticket_id, SlipState.QUEUED)
            _note(turn, actor, "slips.moved", f"{here.name_th} → {there.name_th} ({len(moved)})")
        return len(moved)

    def found(self, before: Row[Any], *, problem: str | None, near_end: bool) -> bool:
        """A printer was found in trouble, well again, or near its roll's end: the consoles show it.

        `before`: its row of `store.printers.watched`. What it refused before is tried again once it
        is well. False when somebody else found something newer meanwhile.
        """
        with self._office.verb() as turn:
            written = printers.found(
                turn.db, before, problem=problem, near_end=near_end, now=turn.now
            )
            if written and problem is None:
                turn.ordered += holding.try_again(turn.db, turn.office_id, before.id, turn.now)
        return written

    def tell(self, well: list[int]) -> None:
        """Somebody else wrote how printers are; `well` are those that are in order again."""
        with self._office.verb() as turn:
            for printer_id in well:
                turn.ordered += holding.try_again(turn.db, turn.office_id, printer_id, turn.now)


def _name(ticket: Ticket) -> str:
    return f"{ticket.day} {ticket.number}"


def _note(turn: Turn, actor: Actor, action: str, subject: str) -> None:
    """The audit knows who had paper printed twice, and who said that it had come out."""
    setup.note(turn.db, turn.office_id, turn.now, str(actor), action, subject, None, None)
