"""Every move from the console's own forms, without scripts; what is said where one cannot be."""

from server.domain.order import Priority
from server.domain.roles import Role
from server.domain.ticket import Outcome, State
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.people.officer import answer, asking, form_of, id_of, send, state_of


def last_event(office: Office, number: str) -> tuple[str, str | None]:
    event = office.reads.events(id_of(office, number))[-1]
    return event.kind, event.reason


def test_who_is_held_is_parked_here_and_resumed_once_the_counter_is_free(office: Office) -> None:
    office.issue("birth")
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    answer(nina, office, "hold", "A001", reason="documents")
    assert last_event(office, "A001") == ("held", "documents")
    parked = text_of(look(nina, "/counter/"))
    assert "พักไว้ที่ช่องนี้ 1 คน" in parked
    assert "A001 ไปนำเอกสาร ตั้งแต่ 08:00 น., ไม่ถึง 1 นาที" in parked
    assert "พัก A001 ไว้แล้ว" in parked
    office.clock.minutes(46)
    assert "เกิน 45 นาที" in text_of(look(nina, "/counter/"))
    send(nina, form_of(nina, "/next"))
    send(nina, form_of(nina, "/resume"))
    assert "ยังมีผู้รับบริการอยู่" in text_of(look(nina, "/counter/"))
    assert state_of(office, "A001") is State.HELD
    send(nina, form_of(nina, "/finish"))
    send(nina, form_of(nina, "/resume"))
    assert state_of(office, "A001") is State.SERVING


def test_the_same_hold_counts_again_after_a_resume(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    for _ in range(2):
        form = form_of(nina, "/hold", asking(office, "hold", "A001"))
        for _ in range(2):  # the impatient finger
            send(nina, {**form, "reason": "payment"})
        assert state_of(office, "A001") is State.HELD
        send(nina, form_of(nina, "/resume"))
    kinds = [event.kind for event in office.reads.events(id_of(office, "A001"))]
    assert kinds == ["issued", "called", "held", "resumed", "held", "resumed"]


def test_a_transfer_to_a_service_keeps_the_number_and_the_place(office: Office) -> None:
    office.issue("birth")
    office.clock.minutes(5)
    office.issue("complaint")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    goal = office.service("complaint").id
    asked = text_of(look(nina, asking(office, "transfer", "A001")))
    assert "ไม่เสียลำดับที่ได้ไว้" in asked
    assert "รับเรื่องร้องเรียนร้องทุกข์ รออยู่ 1 คน" in asked
    assert "ไม่มีผู้รอ · ยังไม่มีช่องเปิด" in asked
    answer(nina, office, "transfer", "A001", to=f"service:{goal}", reason="wrong_service")
    assert last_event(office, "A001") == ("transferred", "wrong_service")
    other = next(
        c for c in office.reads.counters() if goal in c.service_ids and not c.penalties[goal]
    )
    assert [one.number for one in office.reads.line(other.id, 1)] == ["A001"]
    assert "ส่งต่อ A001 แล้ว ลำดับที่ยังเท่าเดิม" in text_of(look(nina, "/counter/"))


def test_a_transfer_to_a_counter_goes_only_to_one_that_is_open(small_office: Office) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    omar = office.counter("2")
    form = form_of(nina, "/transfer", asking(office, "transfer", "A001"))
    send(nina, {**form, "to": f"counter:{omar.id}"})
    assert "ช่อง 2 ไม่ได้เปิดอยู่" in text_of(look(nina, "/counter/"))
    office.desk.open_counter(omar.id, PROGRAM)
    asked = text_of(look(nina, asking(office, "transfer", "A001")))
    assert "ช่อง 2 สวัสดิการสังคมและการศึกษา ลงทะเบียนเบี้ยยังชีพผู้สูงอายุ" in asked
    answer(nina, office, "transfer", "A001", to=f"counter:{omar.id}")
    assert [one.number for one in office.reads.line(omar.id)] == ["A001"]
    assert office.reads.line(office.counter("1").id) == []


def test_who_is_parked_can_be_transferred_or_cancelled_from_there(small_office: Office) -> None:
    office = small_office
    nina = office.signed_in(Role.OFFICER, "1")
    for number in ("A001", "A002"):
        office.issue("birth")
        send(nina, form_of(nina, "/next"))
        answer(nina, office, "hold", number, reason="documents")
    same = office.service("birth").id
    answer(nina, office, "transfer", "A001", to=f"service:{same}")  # waits again, as before
    answer(nina, office, "cancel", "A002", reason="left")
    assert [state_of(office, n) for n in ("A001", "A002")] == [State.WAITING, State.CANCELLED]


def test_each_reason_for_cancelling_says_and_counts_as_what_it_is(office: Office) -> None:
    nina = office.signed_in(Role.OFFICER, "1")
    wanted = {
        "left": Outcome.LEFT,
        "missing_documents": Outcome.TURNED_AWAY,
        "wrong_service": Outcome.ISSUED_IN_ERROR,
        "duplicate": Outcome.ISSUED_IN_ERROR,
    }
    for reason, outcome in wanted.items():
        number = office.issue("birth").ticket.number
        send(nina, form_of(nina, "/next"))
        if reason == "missing_documents":  # found out while serving, as it mostly is
            send(nina, form_of(nina, "/start"))
        asked = text_of(look(nina, asking(office, "cancel", number)))
        assert "เอกสารไม่ครบ นับเป็นผู้มาติดต่อที่เอกสารยังไม่พร้อม" in asked
        answer(nina, office, "cancel", number, reason=reason)
        step = office.reads.ticket(id_of(office, number)).ticket.current
        assert (step.state, step.outcome) == (State.CANCELLED, outcome)
        assert last_event(office, number) == ("cancelled", reason)


def test_a_chosen_number_is_called_with_a_reason_and_says_who_is_passed_over(
    office: Office,
) -> None:
    for _ in range(3):
        office.issue("birth")
        office.clock.minutes(1)
    nina = office.signed_in(Role.OFFICER, "1")
    found = text_of(look(nina, "/counter/?ask=number&number=a3"))
    assert "จะข้ามผู้ที่มีลำดับก่อน 2 คน: A001, A002" in found
    answer(nina, office, "ticket", "A003", reason="urgent_health")
    assert state_of(office, "A003") is State.CALLED
    shown = text_of(look(nina, "/counter/"))
    assert "เจ้าหน้าที่เรียกข้าม A001 ซึ่งมา 08:00 น. เหตุผล: เจ็บป่วย" in shown
    busy = text_of(look(nina, asking(office, "ticket", "A001")))
    assert "ช่องนี้ยังมี A003 อยู่ กรุณาจบ พัก หรือส่งต่อคิวนั้นก่อน" in busy


def test_a_number_says_where_it_is_and_what_is_possible_instead(small_office: Office) -> None:
    office = small_office
    nina = office.signed_in(Role.OFFICER, "1")
    one, two = office.counter("1"), office.counter("2")

    def told(number: str) -> str:
        return text_of(look(nina, f"/counter/?ask=number&number={number}"))

    other = office.issue("land-tax").ticket  # counter 3's work
    number, taken = other.number, other.id
    assert "งานนี้ปกติช่องนี้ไม่ได้รับ" in told(number)
    office.desk.call(taken, two.id, "urgent_health", PROGRAM)
    assert "อยู่ที่ช่อง 2 กรุณาให้ช่องนั้นจบหรือส่งต่อมา" in told(number)
    office.desk.hold(taken, "documents", PROGRAM)
    assert "พักไว้ที่ช่อง 2 กรุณาให้ช่องนั้นเรียกกลับหรือส่งต่อมา" in told(number)
    office.desk.close_counter(two.id, PROGRAM)
    assert "พักไว้ที่ช่อง 2 ซึ่งปิดแล้ว" in told(number)
    office.desk.open_counter(one.id, PROGRAM)
    answer(nina, office, "transfer", number, to=f"counter:{one.id}")
    assert state_of(office, number) is State.WAITING
    answer(nina, office, "ticket", number, reason="returned")
    assert "คิวนี้อยู่ที่ช่องนี้แล้ว" in told(number)
    send(nina, form_of(nina, "/finish"))
    assert "คิวนี้จบแล้ว ถ้ายังต้องติดต่อ กรุณาให้รับบัตรคิวใหม่" in told(number)
    assert "วันนี้ไม่มีคิว Z999" in told("Z999")
    assert "วันนี้ไม่มีคิว hello" in told("hello")
    office.issue("birth")  # A001 beside R001
    assert "มีหลายคิว เลือกหนึ่งคิว" in told("1")


def test_a_no_show_comes_back_only_within_the_offices_rule(office: Office) -> None:
    nina = office.signed_in(Role.OFFICER, "1")
    for _ in range(2):
        office.issue("birth")
        send(nina, form_of(nina, "/next"))
        send(nina, form_of(nina, "/no-show"))
    late = form_of(nina, "/return")
    page = text_of(look(nina, "/counter/"))
    assert "เรียกแล้วไม่พบวันนี้ 2 คน" in page
    assert "กลับเข้าคิวเดิมได้ถึง 09:00 น." in page
    answer_form = form_of(nina, "/return", asking(office, "ticket", "A001"))
    send(nina, answer_form)
    assert state_of(office, "A001") is State.WAITING
    office.clock.minutes(61)
    assert "เลยเวลากลับแล้ว" in text_of(look(nina, "/counter/"))
    told = text_of(look(nina, asking(office, "ticket", "A002")))
    assert "เกิน 60 นาทีหลังเรียกไม่พบ" in told
    assert "กรุณาให้รับบัตรคิวใหม่ หากมีเหตุจำเป็น" in told
    send(nina, late)  # from a page left open
    assert "A002: เลยเวลากลับเข้าคิวแล้ว" in text_of(look(nina, "/counter/"))
    assert state_of(office, "A002") is State.NO_SHOW


def test_who_did_not_come_to_another_counter_may_come_back_here(small_office: Office) -> None:
    office = small_office
    called = office.issue("birth").ticket.id
    office.call_next("2")
    office.desk.no_show(called, PROGRAM)
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/return", "/counter/?ask=number&number=A001"))
    assert state_of(office, "A001") is State.WAITING


def test_services_are_added_to_the_visit_and_taken_out_again(office: Office) -> None:
    office.issue("birth", more=("waste-fee",))
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    for _ in range(2):  # the same service twice: each time a press of its own
        answer(nina, office, "steps", "A001", service_id=str(office.service("move").id))
    steps = office.reads.ticket(id_of(office, "A001")).ticket.steps
    assert [step.state for step in steps][1:] == [State.PLANNED] * 3
    drop = form_of(nina, "/steps/drop", asking(office, "steps", "A001"))
    for _ in range(2):
        send(nina, drop)
    steps = office.reads.ticket(id_of(office, "A001")).ticket.steps
    assert [step.state for step in steps][1:] == [State.CANCELLED, State.PLANNED, State.PLANNED]
    shown = text_of(look(nina, "/counter/"))
    assert "ชำระค่าธรรมเนียมขยะมูลฝอย" not in shown
    assert shown.count("แจ้งย้ายที่อยู่") == 2
    send(nina, form_of(nina, "/finish"))
    assert "A001" in text_of(look(nina, "/counter/"))  # the added one waits by itself


def test_a_number_has_room_for_only_so_many_services(small_office: Office) -> None:
    office = small_office
    seen = office.issue("birth", more=("move",) * 6)
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    form = form_of(nina, "/steps", asking(office, "steps", "A001"))
    office.desk.add_step(seen.ticket.id, office.service("move").id, PROGRAM)
    send(nina, {**form, "service_id": str(office.service("waste-fee").id)})
    assert "หนึ่งหมายเลขมีได้ไม่เกิน 8 งาน" in text_of(look(nina, "/counter/"))
    assert "หนึ่งหมายเลขมีได้ไม่เกิน 8 งาน" in text_of(look(nina, asking(office, "steps", "A001")))


def test_no_show_becomes_the_main_action_after_enough_calls_or_enough_time(
    small_office: Office,
) -> None:
    office = small_office
    office.issue("birth")
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))

    def main() -> str:
        page = look(nina, "/counter/")
        return next(
            str(form.get("action")).rpartition("/")[2]
            for form in page.iter("form")
            if any(button.get("id") == "main-action" for button in form.iter("button"))
        )

    assert main() == "start"
    send(nina, form_of(nina, "/recall"))
    assert main() == "start"
    send(nina, form_of(nina, "/recall"))
    assert main() == "no-show"
    assert form_of(nina, "/recall") and form_of(nina, "/start")  # both stay possible
    send(nina, form_of(nina, "/return"))
    send(nina, form_of(nina, "/next"))
    assert main() == "start"
    office.clock.minutes(3)
    assert main() == "no-show"


def test_a_page_left_open_moves_nobody_who_went_on_meanwhile(small_office: Office) -> None:
    office = small_office
    office.issue("birth", more=("waste-fee",))
    nina = office.signed_in(Role.OFFICER, "1")
    send(nina, form_of(nina, "/next"))
    old = {
        "/transfer": {"to": f"service:{office.service('complaint').id}"},
        "/cancel": {"reason": "left"},
        "/hold": {"reason": "documents"},
        "/steps": {"service_id": str(office.service("move").id)},
    }
    forms = {
        action: {**form_of(nina, action, asking(office, action[1:], "A001")), **values}
        for action, values in old.items()
    }
    send(nina, form_of(nina, "/finish"))  # the next step waits, for another counter
    before = office.reads.events(id_of(office, "A001"))
    for form in forms.values():
        send(nina, form)
        assert "จึงยังไม่ได้ทำอะไร" in text_of(look(nina, "/counter/"))
    assert office.reads.events(id_of(office, "A001")) == before


def test_leaving_says_first_who_is_parked_and_who_waits_here(small_office: Office) -> None:
    office = small_office
    for _ in range(3):
        office.issue("birth")
    office.desk.open_counter(office.counter("2").id, PROGRAM)
    nina = office.signed_in(Role.OFFICER, "1")
    nina.post("/counter/take", data={"counter_id": str(office.counter("1").id)})
    send(nina, form_of(nina, "/next"))
    answer(nina, office, "hold", "A001", reason="documents")
    sent = id_of(office, "A002")
    office.desk.transfer(sent, PROGRAM, counter_id=office.counter("1").id)
    asked = text_of(look(nina, "/counter/?ask=leave"))
    assert "ยังพักไว้ที่ช่องนี้ 1 คน: A001" in asked
    assert "มี 1 คนที่ส่งมารอช่องนี้โดยเฉพาะ" in asked
    assert "ไม่มีช่องอื่นเปิด" not in asked  # counter 2 helps
    send(nina, form_of(nina, "/leave", "/counter/?ask=leave"))
    assert not office.counter("1").open
    assert office.reads.ticket(sent).ticket.current.counter_id is None
    assert state_of(office, "A001") is State.HELD


def test_the_days_page_says_who_served_whom_and_when_the_counter_was_open(office: Office) -> None:
    nina = office.signed_in(Role.OFFICER)
    nina.post("/counter/take", data={"counter_id": str(office.counter("1").id)})
    office.issue("birth", Priority.ELDERLY)
    office.clock.minutes(10)
    send(nina, form_of(nina, "/next"))
    office.clock.minutes(1)
    send(nina, form_of(nina, "/start"))
    office.clock.minutes(4)
    send(nina, form_of(nina, "/finish"))
    send(nina, {**form_of(nina, "/pause"), "reason": "meeting"})
    office.clock.minutes(15)
    send(nina, form_of(nina, "/open"))
    told = text_of(look(nina, "/counter/today"))
    who = "เจ้าหน้าที่ทะเบียนราษฎร"
    assert f"A001 แจ้งเกิด 08:10 น. 08:11 น. 08:15 น. ให้บริการแล้ว {who}" in told
    assert f"08:00 น. 08:15 น. เปิดให้บริการ {who}" in told
    assert f"08:15 น. 08:30 น. หยุดพัก ประชุม {who}" in told
    assert f"08:30 น. ขณะนี้ เปิดให้บริการ {who}" in told
    office.clock.minutes(5)
    nina.post("/counter/leave")
    assert "ขณะนี้" not in text_of(look(office.signed_in(Role.OFFICER, "1"), "/counter/today"))
    assert "วันนี้ยังไม่ได้เรียกคิวมาที่ช่องนี้" in text_of(
        look(office.signed_in(Role.OFFICER, "2"), "/counter/today")
    )
