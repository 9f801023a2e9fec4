"""The counter's console without scripts: every press is a form, and each counts once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.counter.line import whys_next
from server.domain.order import Priority
from server.domain.roles import Role
from server.domain.ticket import State
from server.store import schema
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.people.officer import form_of, send, state_of


def test_the_whole_way_works_without_scripts(office: Office) -> None:
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    send(nina, form_of(nina, "/take"))
    for press in ("/next", "/recall", "/start", "/finish"):
        send(nina, form_of(nina, press))
    assert state_of(office, "A001") is State.DONE
    send(nina, form_of(nina, "/next"))
    assert "ยังไม่มีผู้รอคิวของช่องนี้" in text_of(look(nina, "/counter/"))
    assert "หยุดพักช่องนี้เพราะอะไร" in text_of(look(nina, "/counter/?ask=pause"))
    send(nina, {**form_of(nina, "/pause"), "reason": "break"})
    assert "เหตุผล: พัก" in text_of(look(nina, "/counter/"))
    send(nina, form_of(nina, "/open"))
    assert office.counter("1").open


def test_a_refused_press_is_told_once_where_things_stand(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    start = form_of(nina, "/start")
    office.desk.start(office.reads.find_tickets()[0].ticket.id, PROGRAM)
    send(nina, start)
    told = text_of(look(nina, "/counter/"))
    assert "A001: คิวนี้อยู่ในสถานะ “กำลังให้บริการ” จึง“เริ่มให้บริการ”ไม่ได้" in told
    assert "A001: คิวนี้" not in text_of(look(nina, "/counter/"))


def test_two_windows_that_press_the_same_at_once_do_it_once(small_office: Office) -> None:
    office = small_office
    for _ in range(3):
        office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    send(nina, form_of(nina, "/start"))
    form = form_of(nina, "/next")
    windows = [office.signed_in(Role.OFFICER, "1") for _ in range(4)]
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda window: send(window, form), windows))
    assert [state_of(office, f"A00{n}") for n in (1, 2, 3)] == [
        State.DONE,
        State.CALLED,
        State.WAITING,
    ]


def test_the_same_press_sent_twice_calls_one_person(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    form = form_of(nina, "/next")
    send(nina, form)
    send(nina, form)
    assert [state_of(office, n) for n in ("A001", "A002")] == [State.CALLED, State.WAITING]
    send(nina, form_of(nina, "/return"))
    send(nina, form_of(nina, "/next"))  # a new page is a new press
    assert state_of(office, "A001") is State.CALLED


def test_a_ticket_that_another_counter_has_is_left_alone(small_office: Office) -> None:
    office = small_office
    seen = office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    recall = form_of(nina, "/recall")
    office.desk.bring_back(seen.ticket.id, PROGRAM)
    office.call_next("2")
    send(nina, recall)
    assert "ไม่ได้อยู่ที่ช่องนี้แล้ว" in text_of(look(nina, "/counter/"))
    assert [event.kind for event in office.reads.events(seen.ticket.id)][-1] == "called"


def test_who_lost_the_counter_presses_in_vain(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    counter_id = str(office.counter("1").id)
    nina.post("/counter/take", data={"counter_id": counter_id})
    form = form_of(nina, "/next")
    boss = office.signed_in(Role.ADMIN)
    asked = boss.post("/counter/take", data={"counter_id": counter_id})
    assert asked.location == f"/counter/?take={counter_id}"
    boss.post("/counter/take", data={"counter_id": counter_id, "take_over": "yes"})
    send(nina, form)
    assert "มีผู้รับช่วงไปแล้ว จึงยังไม่ได้ทำอะไร" in text_of(look(nina, "/counter/"))
    assert state_of(office, "A001") is State.WAITING


def test_a_counter_whose_officer_signed_out_is_free_to_take(small_office: Office) -> None:
    office = small_office
    nina, boss = office.signed_in(Role.OFFICER), office.signed_in(Role.ADMIN)
    place = {"counter_id": str(office.counter("1").id)}
    nina.post("/counter/take", data=place)
    nina.post("/sign-out")
    assert boss.post("/counter/take", data=place).location == "/counter/"
    assert "ช่อง 1" in text_of(look(boss, "/counter/"))


def test_leaving_closes_the_counter_but_not_with_somebody_there(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER)
    nina.post("/counter/take", data={"counter_id": str(office.counter("1").id)})
    send(nina, form_of(nina, "/next"))
    nina.post("/counter/leave")
    assert office.counter("1").open
    send(nina, form_of(nina, "/finish"))
    nina.post("/counter/leave")
    assert not office.counter("1").open
    assert "วันนี้นั่งช่องไหน" in text_of(look(nina, "/counter/"))


def test_changing_the_counter_closes_the_one_before(small_office: Office) -> None:
    office = small_office
    nina = office.signed_in(Role.OFFICER)
    for number in ("1", "2"):
        nina.post("/counter/take", data={"counter_id": str(office.counter(number).id)})
    assert [office.counter(number).state for number in ("1", "2")] == ["closed", "open"]


def test_why_this_one_is_told_before_the_call_as_it_is_kept_after(office: Office) -> None:
    counter = office.counter("1")
    wishes = [(Priority.NONE, "birth"), (Priority.NONE, "move"), (Priority.DISABLED, "birth")]
    for priority, code in [*wishes, (Priority.ELDERLY, "complaint"), (Priority.NONE, "birth")]:
        office.issue(code, priority)
        office.clock.minutes(3)
    told = []
    while line := office.reads.line(counter.id):
        before = whys_next(line)
        assert len(before) == min(3, len(line))
        for why in before:
            seen = office.call_next("1")
            assert seen is not None
            assert why == seen.why
            told.append(why["rule"])
            office.desk.finish(seen.ticket.id, PROGRAM)
    assert set(told) > {"head_start"}


def test_the_console_explains_and_names_what_an_officer_needs(small_office: Office) -> None:
    office = small_office
    office.issue("birth", more=("waste-fee",))
    office.clock.minutes(9)
    office.issue("birth", Priority.DISABLED)
    office.clock.minutes(7)
    nina = office.signed_in(Role.OFFICER, "1")
    idle = text_of(look(nina, "/counter/"))
    because = "มาเวลา 08:09 น. ได้ก่อน A001 ซึ่งมา 08:00 น. เพราะผู้พิการได้เลื่อนขึ้น 20 นาที"
    assert because in idle
    assert "รอเรียก 2 คน" in idle
    assert "นานสุด 16 นาที" in idle
    send(nina, form_of(nina, "/next"))
    called = text_of(look(nina, "/counter/"))
    assert because in called
    assert "รอ 7 นาที" in called
    send(nina, form_of(nina, "/start"))
    send(nina, form_of(nina, "/next"))
    assert "ชำระค่าธรรมเนียมขยะมูลฝอย งานถัดไป" in text_of(look(nina, "/counter/"))


def test_a_printer_in_trouble_is_seen_at_the_counter(small_office: Office) -> None:
    nina = small_office.signed_in(Role.OFFICER, "1")
    assert "กระดาษหมด" not in text_of(look(nina, "/counter/"))
    with small_office.store.writing() as db:
        db.execute(schema.printers.update().values(problem="paper_out"))
    assert "เครื่องพิมพ์ตู้กดบัตรคิว: กระดาษหมด" in text_of(look(nina, "/counter/"))


def test_every_reason_of_a_printer_has_words(small_office: Office) -> None:
    reasons = (
        "unreachable offline cover_open paper_out error silent hung_up stalled too_slow "
        "paper_out_after no_driver none lease near_end agent_away busy interrupted"
    )
    say = small_office.app.extensions["words"].say
    for reason in reasons.split():
        for tongue in ("th", "en"):
            for said in (f"printing.problem.{reason}", f"printing.do.{reason}"):
                assert say(said, tongue) != said


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.MANAGER, Role.AUDITOR])
def test_only_officers_and_administrators_open_the_console(
    small_office: Office, role: Role
) -> None:
    client = small_office.signed_in(role)
    for url in ("/counter/", "/counter/panel", "/counter/board"):
        assert client.get(url).status_code == 403, url
    assert client.post("/counter/next").status_code == 403


def test_rubbish_is_refused_and_changes_nothing(small_office: Office) -> None:
    office = small_office
    ticket_id = office.issue("birth").ticket.id
    nina = office.signed_in(Role.OFFICER, "1")
    look(nina, "/counter/")
    before = office.contents()
    rubbish = [
        ("/counter/take", {}, 422),
        ("/counter/take", {"counter_id": "๑"}, 422),
        ("/counter/take", {"counter_id": "9" * 30}, 422),
        ("/counter/take", {"counter_id": "7"}, 404),
        ("/counter/next", {}, 422),
        ("/counter/next", {"request_key": "v1", "ticket_id": "x"}, 422),
        ("/counter/next", {"request_key": "v1", "ticket_id": "5"}, 404),
        ("/counter/next", {"request_key": "k" * 65}, 422),
        ("/counter/next", {"request_key": "\x00"}, 422),
        ("/counter/pause", {"request_key": "v1"}, 422),
        ("/counter/pause", {"request_key": "v1", "reason": "holiday"}, 422),
        (f"/counter/tickets/{ticket_id}/start", {}, 422),
        (f"/counter/tickets/{ticket_id}/close", {"request_key": "v1"}, 404),
        (f"/counter/tickets/{ticket_id}/transfer", {"request_key": "v1"}, 422),
        (f"/counter/tickets/{ticket_id}/transfer", {"request_key": "v1", "to": "room:1"}, 422),
        (f"/counter/tickets/{ticket_id}/hold", {"request_key": "v1", "reason": "tea"}, 422),
        (f"/counter/tickets/{ticket_id}/call", {"request_key": "v1"}, 422),
        (f"/counter/tickets/{ticket_id}/cancel", {"request_key": "v1", "reason": "left"}, 422),
        (f"/counter/tickets/{ticket_id}/steps", {"request_key": "v1", "service_id": "x"}, 422),
        (f"/counter/tickets/{ticket_id}/steps/drop", {"request_key": "v1"}, 422),
        (f"/counter/tickets/{9**25}/start", {"request_key": "v1"}, 404),
        ("/counter/tickets/5/start", {"request_key": "v1"}, 404),
        (f"/counter/tickets/{ticket_id}/start", {"request_key": "v1"}, 303),  # not here: a note
    ]
    for url, data, status in rubbish:
        assert nina.post(url, data=data).status_code == status, (url, data)
    assert office.contents() == before
