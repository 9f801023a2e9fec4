"""Comments read, found, tagged and published; answers and presses that staff leave out."""

from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server.domain.masking import KINDS
from server.domain.rating import Answer, Press
from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.review import Mood, State, Wanted, tags_from
from server.domain.roles import Role
from server.domain.transcript import Transcript
from server.domain.wish import Actor
from server.links import SURVEY, link_token
from tests.browser import Screens
from tests.office import Office
from tests.pages import look, text_of

ALL = ("2026-01-01", "2026-12-31")
SAID = {kind: f"<{kind}>" for kind in KINDS}
HEAD = Actor("staff", 4)


def rows(office: Office, table: str) -> list[Any]:
    return list(office.contents()[table])


def comment(office: Office, text: str, score: int = 5, code: str = "birth") -> int:
    """Somebody was served and wrote this; the id of the answer."""
    known = {row.id for row in rows(office, "answers")}
    token = link_token(office.house.secret(office.id), SURVEY, office.serve(code).ticket.id)
    office.rooms.satisfaction.answer(token, Answer({"overall": score}, comment=text))
    (made,) = {row.id for row in rows(office, "answers")} - known
    return int(made)


def on_paper(office: Office, text: str, back: int = 0, **items: int) -> int:
    room = office.rooms.transcripts
    batch = room.begin(date(2026, 10, 1) - timedelta(days=back), HEAD)
    said = Transcript(office.service("birth").id, items, comment=text)
    return room.keep(batch, f"{text:x>16}".encode().hex(), room.asked()[0], said, HEAD).id


def found(office: Office, page: int = 1, **wanted: Any) -> list[str]:
    chosen = office.rooms.reviews.comments(Wanted(**wanted), ALL, page)
    return [one.text for one in chosen.comments]


# ---------------------------------------------------------------- finding


def test_comments_are_found_by_words_service_channel_score_tag_and_state(office: Office) -> None:
    slow = comment(office, "รอนาน น้ำดื่มหมด", 1)
    comment(office, "แม่บ้านใจดี", 5)
    comment(office, "ปานกลาง", 3)
    on_paper(office, "รอนานที่บ้าน", 2, p1=2, p2=3)
    assert found(office) == ["ปานกลาง", "แม่บ้านใจดี", "รอนาน น้ำดื่มหมด", "รอนานที่บ้าน"]
    assert found(office, words="น\u0e49\u0e4d\u0e32 รอนาน") == ["รอนาน น้ำดื่มหมด"]
    assert found(office, words="เเม่") == ["แม่บ้านใจดี"]
    assert found(office, words="%") == []
    assert found(office, service_id=office.service("birth").id, channel="paper") == ["รอนานที่บ้าน"]
    assert found(office, service_id=office.service("land-tax").id) == []
    assert found(office, mood=Mood.LOW) == ["รอนาน น้ำดื่มหมด"]  # 2.5 is neither
    assert found(office, mood=Mood.HIGH) == ["แม่บ้านใจดี"]
    # By an aspect: of those who answered it, and by its own score.
    assert found(office, aspect="procedure") == ["รอนานที่บ้าน"]
    assert found(office, aspect="procedure", mood=Mood.LOW) == []
    assert found(office, aspect="staff") == []
    office.rooms.reviews.tag(slow, ("น้ำดื่ม", "ที่นั่ง"), HEAD)
    assert found(office, tag="น้ำดื่ม") == ["รอนาน น้ำดื่มหมด"]
    office.rooms.reviews.keep_back(slow, HEAD)
    assert found(office, state=State.REVIEWED) == ["รอนาน น้ำดื่มหมด"]
    assert len(found(office, state=State.NEW)) == 3
    days = ("2026-09-01", "2026-09-30")
    (earlier,) = office.rooms.reviews.comments(Wanted(), days).comments
    assert (earlier.text, earlier.score) == ("รอนานที่บ้าน", 2.5)


def test_a_long_list_comes_in_pages_and_counts_all(small_office: Office) -> None:
    for n in range(33):
        on_paper(small_office, f"ข้อที่ {n}", n, p1=5)
    page = small_office.rooms.reviews.comments(Wanted(), ALL)
    assert (len(page.comments), page.total) == (30, 33)
    assert found(small_office, page=2) == ["ข้อที่ 30", "ข้อที่ 31", "ข้อที่ 32"]


def test_the_self_check_is_no_part_of_the_score(small_office: Office) -> None:
    answer_id = on_paper(small_office, "ดี", p1=5)
    with small_office.store.writing() as db:
        db.exec_driver_sql(
            "INSERT INTO answer_items (office_id, answer_id, item, aspect, score)"
            f" VALUES ({small_office.id}, {answer_id}, 'e1', 'self_check', 1)"
        )
    assert small_office.rooms.reviews.comment(answer_id).score == 5


# ---------------------------------------------------------------- publishing


def test_what_is_published_has_no_numbers_and_no_marked_names(office: Office) -> None:
    said = "คุณสมศรี โทร 081-234-5678 ช่วยดี"
    answer_id, room = comment(office, said), office.rooms.reviews
    room.publish(answer_id, ("สมศรี", ""), SAID, HEAD)
    now = room.comment(answer_id)
    assert (now.published, now.text, now.state) == (
        "คุณ<name> โทร <phone> ช่วยดี",
        said,
        State.PUBLISHED,
    )
    assert now.reviewed_by == "staff:4" and now.reviewed_at == office.clock()
    room.keep_back(answer_id, HEAD)
    assert room.comment(answer_id).published is None
    lines = [row for row in rows(office, "audit") if row.action.startswith("comment.")]
    assert [row.action for row in lines] == ["comment.published", "comment.withdrawn"]
    kept = "".join(row.subject + row.before + row.after for row in lines)
    assert "สมศรี" not in kept and "081-234" not in kept


def test_a_word_that_is_not_in_the_comment_publishes_nothing(small_office: Office) -> None:
    answer_id = comment(small_office, "คุณสมศรี")
    with pytest.raises(BadField):
        small_office.rooms.reviews.publish(answer_id, ("สมชาย",), SAID, HEAD)
    assert small_office.rooms.reviews.comment(answer_id).state is State.NEW


def test_what_is_left_out_of_the_figures_is_not_published(office: Office) -> None:
    answer_id, room = comment(office, "ทดสอบ"), office.rooms.reviews
    room.publish(answer_id, (), SAID, HEAD)
    room.flag([("answer", answer_id)], "เจ้าหน้าที่ทดสอบ", HEAD, on=True)
    assert room.comment(answer_id).published is None
    with pytest.raises(NotAllowed, match="comment_flagged"):
        room.publish(answer_id, (), SAID, HEAD)


def test_a_form_put_right_is_to_be_reviewed_again(small_office: Office) -> None:
    answer_id = on_paper(small_office, "ดีมาก", p1=5)
    small_office.rooms.reviews.publish(answer_id, (), SAID, HEAD)
    (row,) = rows(small_office, "answers")
    said = Transcript(small_office.service("birth").id, {"p1": 5}, comment="โทร 0812345678")
    small_office.rooms.transcripts.correct(row.batch_id, answer_id, "k" * 16, said, HEAD)
    assert small_office.rooms.reviews.comment(answer_id).state is State.NEW


def test_tags_are_few_short_and_each_once() -> None:
    assert tags_from(" ที่จอดรถ,น้ำดื่ม , ที่จอดรถ,") == ("ที่จอดรถ", "น้ำดื่ม")
    for wrong in (",".join("กขคงจฉชซฌ"), "ย" * 31):
        with pytest.raises(BadField):
            tags_from(wrong)


def test_saving_the_same_tags_is_no_change(small_office: Office) -> None:
    answer_id, room = comment(small_office, "ดี"), small_office.rooms.reviews
    for _ in range(2):
        room.tag(answer_id, ("น้ำดื่ม",), HEAD)
    assert [row.action for row in rows(small_office, "audit")] == ["comment.tagged"]
    with pytest.raises(NotFound):
        room.tag(1, (), HEAD)


# ---------------------------------------------------------------- what is in doubt


def press(office: Office, score: int = 1) -> int:
    counter = office.counter("1").id
    made = Press(score, "device", counter_id=counter)
    return office.rooms.satisfaction.press(made, Actor("device", 7)).id


def test_staff_leave_out_and_count_again_with_a_reason(office: Office) -> None:
    answer_id = comment(office, "ทดสอบระบบ", 1)
    office.clock.minutes(1)
    press_id, room = press(office, 5), office.rooms.reviews
    day = "2026-10-01"
    before = {row.flag for row in rows(office, "answers")}
    assert before == {None} and len(room.said_on(day)) == 2
    both = [("answer", answer_id), ("press", press_id), ("answer", answer_id)]
    was_flagged = rows(office, "presses")[0].flag is not None
    assert room.flag(both, "ทดสอบ", HEAD, on=True) == 2 - was_flagged
    assert room.flag(both, "อีกครั้ง", HEAD, on=True) == 0  # a colleague was quicker
    flagged = [one for one in room.doubtful(ALL) if one.flag is not None]
    assert {(one.about, one.flag) for one in flagged} >= {("answer", "staff")}
    assert all(one.flag for one in flagged)
    assert room.flag([("answer", answer_id)], "เป็นของจริง", HEAD, on=False) == 1
    lifted = next(one for one in room.doubtful(ALL) if one.about == "answer")
    assert lifted.flag is None
    assert [(note.flag, note.note) for note in lifted.notes] == [
        (None, "เป็นของจริง"),
        ("staff", "ทดสอบ"),
    ]


def test_a_flag_of_the_machine_is_shown_and_lifted_by_hand(office: Office) -> None:
    office.serve()
    first, second = press(office), press(office)  # within five seconds
    room = office.rooms.reviews
    assert second in {one.id for one in room.doubtful(ALL)}
    room.flag([("press", second)], "ผู้รับบริการสองคน", HEAD, on=False)
    flags = {row.id: row.flag for row in rows(office, "presses")}
    assert flags[second] is None and first in flags


@pytest.mark.parametrize("about", ["answer", "press"])
def test_a_flag_needs_a_reason_and_something_to_flag(small_office: Office, about: str) -> None:
    room = small_office.rooms.reviews
    with pytest.raises(BadField):
        room.flag([(about, 1)], " ", HEAD, on=True)
    with pytest.raises(BadField):
        room.flag([], "ทดสอบ", HEAD, on=True)
    with pytest.raises(BadField):
        room.flag([(about, n) for n in range(201)], "ทดสอบ", HEAD, on=True)
    with pytest.raises(NotFound):
        room.flag([(about, 1)], "ทดสอบ", HEAD, on=True)


# ---------------------------------------------------------------- the pages


@pytest.fixture
def manager(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.MANAGER)


def test_a_manager_reads_tags_and_publishes_without_a_script(
    small_office: Office, manager: FlaskClient
) -> None:
    answer_id = comment(small_office, "คุณสมศรีใจดี โทร ๐๘๑๒๓๔๕๖๗๘", 1)
    assert "คุณสมศรีใจดี" in text_of(look(manager, "/comments/?q=ใจดี&mood=low&state=new"))
    assert "ไม่พบรายการ" in text_of(look(manager, "/comments/?q=ใจดี&mood=high"))
    url = f"/comments/{answer_id}"
    assert "อาจมีชื่อบุคคล" in text_of(look(manager, url))
    wrong = manager.post(f"{url}/publish", data={"hide": "สมชาย"})
    assert "จึงยังไม่ได้เผยแพร่" in text_of(look(manager, wrong.location))
    manager.post(f"{url}/publish", data={"hide": "สมศรี\r\n\r\n"})
    shown = text_of(look(manager, url))
    assert "คุณ(ปกปิดชื่อ)ใจดี โทร (ปกปิดหมายเลขโทรศัพท์)" in shown and "ถอนการเผยแพร่" in shown
    manager.post(f"{url}/tags", data={"tags": "ชมเชย, น้ำใจ"})
    assert "ชมเชย" in text_of(look(manager, "/comments/?tag=ชมเชย"))
    manager.post(f"{url}/keep-back")
    assert small_office.rooms.reviews.comment(answer_id).state is State.REVIEWED


def test_a_manager_leaves_out_what_is_in_doubt(small_office: Office, manager: FlaskClient) -> None:
    small_office.serve()
    small_office.clock.minutes(1)
    press_id = press(small_office)
    url, sent = "/comments/doubtful", {"month": "2026-10", "one": f"press-{press_id}"}
    assert "เครื่องประเมิน" in text_of(look(manager, "/comments/doubtful?day=2026-10-01"))
    back = manager.post(url, data={"note": "", **sent}).location
    assert back == "/comments/doubtful?month=2026-10"
    manager.post(url, data={"note": "เจ้าหน้าที่กดเอง", **sent})
    flag = rows(small_office, "presses")[0].flag
    wrong = manager.post(url, data={"note": "ผิด", "one": "staff-1"}).location
    assert 'role="alert"' in manager.get(wrong).text
    manager.post(url, data={"note": "ตรวจแล้ว", "then": "counts", **sent})
    assert flag is not None and rows(small_office, "presses")[0].flag is None
    assert "ตรวจแล้ว" in text_of(look(manager, "/comments/doubtful?lang=en"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.EXECUTIVE])
def test_who_only_looks_sees_no_buttons_and_changes_nothing(
    small_office: Office, role: Role
) -> None:
    answer_id = comment(small_office, "ดี")
    client = small_office.signed_in(role)
    one_by_one = "/comments/doubtful?day=2026-10-01"
    assert client.get(one_by_one).status_code == (200 if role is Role.AUDITOR else 403)
    for url in (f"/comments/{answer_id}", "/comments/"):
        forms = [form.get("action", "") for form in look(client, url).iter("form")]
        assert not any("publish" in one or "tags" in one or "answer" in one for one in forms)
    assert client.post(f"/comments/{answer_id}/publish").status_code == 403


def test_the_counter_is_shown_to_those_who_may_see_figures_of_staff(small_office: Office) -> None:
    small_office.serve()
    press(small_office)
    heads = {
        role: "ช่อง" in [(cell.text or "") for cell in look(client, url).iter("th")]
        for role in (Role.MANAGER, Role.AUDITOR)
        for client, url in [(small_office.signed_in(role), "/comments/doubtful?day=2026-10-01")]
    }
    assert heads == {Role.MANAGER: True, Role.AUDITOR: False}


@pytest.mark.parametrize(
    "asked",
    [
        *(
            "service=x",
            "service=1e9",
            "when=2026-13",
            "when=2569-3",
            "mood=sad",
            "state=1",
            "page=0",
            "page=๑",
        ),
        *(f"q={'x' * 101}", "q=%00", f"page={'9' * 40}", "when=0000-01", "aspect=%00"),
    ],
)
def test_a_search_that_cannot_be_is_answered_in_words(manager: FlaskClient, asked: str) -> None:
    answer = manager.get(f"/comments/?{asked}")
    assert answer.status_code in (200, 422)
    assert "ข้อเสนอแนะ" in answer.text


@pytest.mark.parametrize(
    "asked", ["month=2026", "day=2026-02-30", "day=1", "month=0000-01", "month=2099-12"]
)
def test_a_day_that_cannot_be_is_answered_in_words(manager: FlaskClient, asked: str) -> None:
    assert manager.get(f"/comments/doubtful?{asked}").status_code in (200, 422)


def test_names_are_hidden_by_selecting_them(screens: Screens) -> None:
    answer_id = comment(screens.office, "คุณสมศรีช่วยดี โทร 0812345678")
    page = screens.open("desk", role=Role.MANAGER)
    page.goto(f"{screens.site}/comments/{answer_id}")
    page.locator("[data-module='comments/marking'][data-mounted]").wait_for()
    page.evaluate("""() => {
        const words = document.querySelector("[data-text]").firstChild
        document.getSelection().setBaseAndExtent(words, 3, words, 8)
    }""")
    page.get_by_role("button", name="ปิดบังคำที่เลือก").click()
    preview = page.locator("[data-preview]")
    expect(preview).to_have_text("คุณ(ปกปิดชื่อ)ช่วยดี โทร (ปกปิดหมายเลขโทรศัพท์)")
    assert Axe().run(page).response["violations"] == []
    shown = preview.inner_text()
    page.get_by_role("button", name="เผยแพร่ข้อความนี้").click()
    expect(page.get_by_text("ข้อความที่เผยแพร่", exact=True)).to_be_visible()
    assert screens.office.rooms.reviews.comment(answer_id).published == shown
    for address in ("comments/", "comments/doubtful?day=2026-10-01"):
        page.goto(f"{screens.site}/{address}")
        assert Axe().run(page).response["violations"] == [], address
        page.set_viewport_size({"width": 683, "height": 384})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.set_viewport_size({"width": 1366, "height": 768})


def test_staff_who_may_not_see_opinions_stay_outside(small_office: Office) -> None:
    officer = small_office.signed_in(Role.OFFICER)
    assert officer.get("/comments/").status_code == 403
    assert officer.get("/paper-forms/").status_code == 403
