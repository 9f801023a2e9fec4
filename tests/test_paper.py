"""Slips that staff decide about: print again, or it was printed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text, update

from printers.slip import Slip
from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.ticket import SlipState
from server.domain.wish import Actor, RequestKey
from server.sheets import Sheets
from server.store import schema, slips
from server.store.engine import Store
from tests.office import Office
from tests.pages import look, text_of
from tests.people.receptionist import jobs, set_printer, settle

STAFF = Actor("staff", 1)


def test_without_a_printer_nothing_is_reprinted(office: Office) -> None:
    seen = office.issue("birth")
    with pytest.raises(NotAllowed, match="no_printer"):
        office.rooms.paper.reprint(seen.ticket.id, STAFF)
    with pytest.raises(NotFound):
        office.rooms.paper.reprint(5, STAFF)
    assert jobs(office) == []


def test_a_slip_on_its_way_is_not_doubled(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    with pytest.raises(NotAllowed, match="slip_on_its_way"):
        office.rooms.paper.reprint(ticket_id, STAFF)
    settle(office, SlipState.PRINTED)
    key = RequestKey("staff:1", "POST", "/reprint", "k", "")
    office.rooms.paper.reprint(ticket_id, STAFF, key)
    office.rooms.paper.reprint(ticket_id, STAFF, key)  # a double press
    assert jobs(office) == [("printed", False), ("queued", True)]
    assert office.reads.ticket(ticket_id).ticket.slip_state is SlipState.QUEUED


def test_after_the_visit_a_slip_printed_again_has_no_code_to_rate_it_with(
    small_office: Office,
) -> None:
    office = small_office
    set_printer(office)
    sheets = Sheets(office.store, office.clock, lambda: "http://khiu.test")
    client = office.signed_in(Role.RECEPTION)
    ticket = office.issue("birth", more=("land-tax",)).ticket
    page = f"/reception/tickets/{ticket.id}"

    def printed() -> Slip:
        """What comes out of the printer now."""
        with office.store.writing() as db:
            job = slips.lease(db, office.clock())
            assert job is not None
            slips.settle(db, job, SlipState.PRINTED, office.clock(), problem=None, near_end=False)
        return sheets.of(job)

    def again() -> Slip:
        office.rooms.paper.reprint(ticket.id, STAFF)
        return printed()

    assert "/t/" in printed().url
    assert "/t/" in again().url  # it was lost: who waits needs it whole
    assert "ไม่มีคิวอาร์" not in text_of(look(client, page))
    office.rooms.paper.reprint(ticket.id, STAFF)  # and comes out when the first service was given
    called = office.call_next("1")
    assert called is not None
    office.desk.finish(called.ticket.id, STAFF)
    for slip in (printed(), again()):
        assert (slip.url, slip.documents, slip.number) == ("", (), "A001")
    assert "ไม่มีคิวอาร์" in text_of(look(client, page))
    did = [getattr(line, "action", "") for line in office.contents()["audit"]]
    assert did == ["slip.reprint", "slip.reprint", "slip.reprint_no_code"]


@pytest.mark.parametrize("ended", [SlipState.FAILED, SlipState.UNCERTAIN])
def test_one_that_perhaps_never_came_out_has_its_code_also_after_the_visit(
    small_office: Office, ended: SlipState
) -> None:
    office = small_office
    set_printer(office)
    served = office.serve()
    settle(office, ended)
    office.rooms.paper.reprint(served.ticket.id, STAFF, unsettled=True)
    with office.store.writing() as db:
        job = slips.lease(db, office.clock())
    assert job is not None
    assert "/t/" in Sheets(office.store, office.clock, lambda: "http://khiu.test").of(job).url


def test_a_failed_slip_printed_again_is_one_slip(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    settle(office, SlipState.FAILED)
    office.rooms.paper.reprint(ticket_id, STAFF)
    assert jobs(office) == [("none", False), ("queued", True)]
    office.clock.minutes(1)
    settle(office, SlipState.PRINTED)
    with office.store.writing() as db:
        assert slips.lease(db, office.clock()) is None


def test_staff_say_that_an_uncertain_slip_was_printed(office: Office) -> None:
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    settle(office, SlipState.UNCERTAIN)
    office.rooms.paper.was_printed(ticket_id, STAFF)
    assert office.reads.ticket(ticket_id).ticket.slip_state is SlipState.PRINTED
    assert jobs(office) == [("printed", False)]
    with pytest.raises(NotAllowed, match="slip_is_settled"):
        office.rooms.paper.was_printed(ticket_id, STAFF)
    with office.store.reading() as db:
        told = [(r.actor, r.action, r.subject) for r in db.execute(schema.audit.select())]
    assert told == [("staff:1", "slip.was_printed", "2026-10-01 A001")]


WAITING = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'""")


def someone_waits(store: Store) -> bool:
    with store.reading() as db:  # each look anew: a transaction sees one picture of it
        return bool(db.scalar(WAITING))


@pytest.mark.parametrize("decided", ["was_printed", "reprint"])
def test_staff_and_the_printer_speaking_at_once_wait_for_each_other(
    postgres_store: Store, decided: str
) -> None:
    """Whoever prints writes the slip, then its ticket: staff's word must not come crosswise."""
    office = Office(postgres_store)
    set_printer(office)
    ticket_id = office.issue("birth").ticket.id
    settle(office, SlipState.UNCERTAIN)
    with ThreadPoolExecutor(1) as officer:
        with postgres_store.writing() as db:
            db.execute(update(schema.slip_jobs).values(problem="paper_out"))
            saying = officer.submit(getattr(office.rooms.paper, decided), ticket_id, STAFF)
            while not someone_waits(postgres_store):
                assert not saying.done()
            slips.show(db, office.id, ticket_id, SlipState.UNCERTAIN)
        saying.result()
    (first, *_) = jobs(office)
    assert first == ("printed" if decided == "was_printed" else "none", False)
