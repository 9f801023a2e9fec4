"""The manager's page that ends the day: who is still under way, and what the button does."""

from server.domain.roles import Role
from server.domain.ticket import Outcome, State
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.people.officer import id_of, state_of


def test_the_page_counts_who_stands_where_by_service(office: Office) -> None:
    _afternoon(office)
    told = text_of(look(office.signed_in(Role.ADMIN), "/manage/day"))
    assert "แจ้งเกิด 1 1 1 1" in told  # waiting, held, called, served
    assert "ชำระค่าธรรมเนียมขยะมูลฝอย 1 – – –" in told
    assert "รวม 2 1 1 1" in told
    assert "รวม 4 คิว จะจบทันที" in told
    assert "คิวที่กำลังให้บริการ 1 คิว ให้บริการต่อจนเสร็จ" in told


def test_the_button_ends_what_is_open_and_lets_the_one_being_served_go_on(office: Office) -> None:
    _afternoon(office)
    admin = office.signed_in(Role.ADMIN)
    answer = admin.post("/manage/day", data={"reason": "emergency", "sure": "yes"})
    assert (answer.status_code, answer.location) == (303, "/manage/day")
    assert [state_of(office, f"A00{n}") for n in (1, 2, 3, 4)] == [
        State.CLOSED,
        State.SERVING,
        State.CLOSED,
        State.CLOSED,
    ]
    ended = office.reads.ticket(id_of(office, "A004")).ticket.current
    assert ended.outcome is Outcome.CLOSED_AT_DAY_END
    assert office.reads.events(id_of(office, "A004"))[-1].reason == "emergency"
    assert [call.number for call in office.reads.board().calls] == ["A002"]
    told = text_of(look(admin, "/manage/day"))
    assert "วันนี้ปิดเพราะหมดเวลาแล้ว 4 คิว" in told
    assert "ปิดคิวที่ยังค้างของวันนี้แล้ว" in told
    admin.post("/manage/day", data={"reason": "emergency", "sure": "yes"})  # nobody is left
    assert state_of(office, "A002") is State.SERVING


def test_nothing_closes_without_a_confirmation_and_a_known_reason(small_office: Office) -> None:
    office = small_office
    _afternoon(office)
    admin, auditor = office.signed_in(Role.ADMIN), office.signed_in(Role.AUDITOR)
    before = office.contents()
    unsure = admin.post("/manage/day", data={"reason": "day_end"})
    assert unsure.status_code == 422
    assert "กรุณาทำเครื่องหมายยืนยันก่อน" in unsure.text
    assert admin.post("/manage/day", data={"reason": "tea", "sure": "yes"}).status_code == 422
    press = {"reason": "day_end", "sure": "yes"}
    assert auditor.post("/manage/day", data=press).status_code == 403
    assert office.signed_in(Role.MANAGER).post("/manage/day", data=press).status_code == 403
    after = office.contents()
    assert after["steps"] == before["steps"]
    assert "<form" not in auditor.get("/manage/day").text.partition("<main")[2]


def _afternoon(office: Office) -> None:
    """A001 is parked, A002 being served, A003 called; A004 and one at the cashier's wait."""
    for _ in range(4):
        office.issue("birth")
    office.issue("waste-fee")
    office.call_next("1")
    office.desk.hold(id_of(office, "A001"), "documents", PROGRAM)
    office.call_next("1")
    office.desk.start(id_of(office, "A002"), PROGRAM)
    office.desk.call(id_of(office, "A003"), office.counter("2").id, "urgent_health", PROGRAM)
