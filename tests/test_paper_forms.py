"""Paper forms typed in: each once, as the paper says, by keyboard, and without scripts."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Route, expect

from server.domain.refusals import BadField, NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.transcript import Transcript
from server.domain.wish import Actor
from server.transcripts import Kept
from tests.browser import Screens
from tests.office import MINUTE, Office
from tests.pages import look, text_of
from tests.people.clerk import Clerk

TODAY = date(2026, 10, 1)
CLERK = Actor("staff", 1)
DAY = 24 * 60 * MINUTE
VARIED = {"overall": 4, "p1": 5, "p2": 3, "p3": 4, "s1": 2}


def rows(office: Office, table: str) -> list[Any]:
    return list(office.contents()[table])


def begin(office: Office, day: date = TODAY) -> int:
    return office.rooms.transcripts.begin(day, CLERK)


def form(office: Office, code: str = "birth", **said: Any) -> Transcript:
    said.setdefault("items", {"overall": 5})
    return Transcript(office.service(code).id, **said)


def keep(office: Office, batch: int, given: Transcript, key: str = "k" * 16) -> Kept:
    room = office.rooms.transcripts
    return room.keep(batch, key, room.asked()[0], given, CLERK)


# ---------------------------------------------------------------- what is kept


def test_a_form_is_an_answer_of_the_channel_paper_on_its_day(office: Office) -> None:
    batch = begin(office, TODAY - timedelta(days=3))
    given = form(
        office,
        items=VARIED,
        about={"sex": "f", "age": "60"},
        reasons=("long_wait",),
        comment=" รอนาน\u0e4d\u0e32 ",
    )
    assert keep(office, batch, given).number == 1
    (answer,) = rows(office, "answers")
    assert (answer.channel, answer.day, answer.flag) == ("paper", "2026-09-28", None)
    assert (answer.batch_id, answer.batch_no) == (batch, 1)
    assert json.loads(answer.about) == {"sex": "f", "age": "60"}
    assert json.loads(answer.reasons) == ["long_wait"]
    assert answer.comment == "รอนานำ"  # ํ and า are ำ
    assert {row.item: (row.aspect, row.score) for row in rows(office, "answer_items")} == {
        "overall": ("overall", 4),
        "p1": ("procedure", 5),
        "p2": ("procedure", 3),
        "p3": ("procedure", 4),
        "s1": ("staff", 2),
    }


def test_a_form_is_in_the_figures_of_its_day(small_office: Office) -> None:
    batch = begin(small_office)
    for n in range(5):
        keep(small_office, batch, form(small_office), f"{n:016}")
    report = small_office.rooms.figures.between(TODAY, TODAY, suppress_below=1)
    (row,) = (
        one
        for one in report.satisfaction
        if (one.service_code, one.channel, one.aspect) == ("birth", "paper", "overall")
    )
    assert (row.n, row.mean) == (5, 5.0)


def test_the_same_row_sent_again_is_one_form_and_says_what_came_last(office: Office) -> None:
    batch = begin(office)
    for score in (1, 1, 4):
        kept = keep(office, batch, form(office, items={"overall": score}))
        assert kept.number == 1
    (answer,) = rows(office, "answers")
    (item,) = rows(office, "answer_items")
    assert (answer.batch_no, item.score) == (1, 4)
    (batch_row,) = rows(office, "paper_batches")
    assert batch_row.forms == 1
    (line,) = (one for one in rows(office, "audit") if one.action == "paper.corrected")
    assert "overall=1" in line.before and "overall=4" in line.after


def test_one_row_sent_by_many_at_once_is_one_form(office: Office) -> None:
    batch, given = begin(office), form(office, reasons=("asked_for_money",))
    with ThreadPoolExecutor(8) as many:
        kept = list(many.map(lambda _: keep(office, batch, given), range(8)))
    assert {one.number for one in kept} == {1}
    assert len(rows(office, "answers")) == len(rows(office, "protected_reports")) == 1


def test_numbers_follow_one_another_and_batches_do_not_meet(office: Office) -> None:
    batch = begin(office)
    numbers = [keep(office, batch, form(office), f"{n:016}").number for n in (1, 2, 3)]
    assert numbers == [1, 2, 3]
    other = begin(office)
    assert other != batch and begin(office) == other  # an empty one is taken up again
    assert keep(office, other, form(office), f"{1:016}").number == 1
    assert len(rows(office, "answers")) == 4


def test_asked_for_money_goes_to_the_protected_list_once_and_nowhere_else(office: Office) -> None:
    batch = begin(office)
    given = form(office, reasons=("asked_for_money", "impolite"))
    for _ in range(2):
        keep(office, batch, given)
    (report,) = rows(office, "protected_reports")
    assert (report.reason, report.day) == ("asked_for_money", "2026-10-01")
    (answer,) = rows(office, "answers")
    assert json.loads(answer.reasons) == ["impolite"]
    everything = office.contents()
    del everything["protected_reports"], everything["questionnaires"]
    assert "asked_for_money" not in repr(everything)


def test_it_is_typed_with_the_questionnaire_of_its_page(office: Office) -> None:
    batch, room = begin(office), office.rooms.transcripts
    with pytest.raises(NotFound):
        room.keep(batch, "k" * 16, 12345, form(office), CLERK)
    with pytest.raises(NotFound):
        room.keep(12345, "k" * 16, room.asked()[0], form(office), CLERK)
    with pytest.raises(NotFound):
        keep(office, batch, Transcript(12345, {"overall": 5}))
    assert rows(office, "answers") == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"items": {}}, "answers"),
        ({"items": {"nothing": 3}}, "answers"),
        ({"items": {"p1": 6}}, "answers"),
        ({"about": {"sex": "unknown"}}, "about.sex"),
        ({"about": {"shoe_size": "1"}}, "about.shoe_size"),
        ({"reasons": ("nothing",)}, "reasons"),
        ({"comment": "x" * 2001}, "comment"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_not_kept(
    small_office: Office, said: dict[str, Any], field: str
) -> None:
    batch = begin(small_office)
    with pytest.raises(BadField) as refused:
        keep(small_office, batch, form(small_office, **said))
    assert set(refused.value.fields) == {field}
    assert rows(small_office, "answers") == []
    assert rows(small_office, "paper_batches")[0].forms == 0


@pytest.mark.parametrize(("days", "taken"), [(1, False), (0, True), (-60, True), (-61, False)])
def test_the_day_is_not_ahead_and_at_most_sixty_days_ago(
    small_office: Office, days: int, taken: bool
) -> None:
    day = TODAY + timedelta(days=days)
    if taken:
        assert begin(small_office, day)
    else:
        with pytest.raises(BadField):
            begin(small_office, day)


# ---------------------------------------------------------------- doubles and errors


def test_forms_that_say_the_same_are_noticed_where_that_tells_something(office: Office) -> None:
    batch = begin(office)
    keep(office, batch, form(office, items=VARIED), "a" * 16)
    again = keep(office, batch, form(office, items=VARIED), "b" * 16)
    assert [one.number for one in again.alike] == [1]
    other_batch = begin(office)
    third = keep(office, other_batch, form(office, items=VARIED), "c" * 16)
    assert sorted(one.number for one in third.alike) == [1, 2]
    assert keep(office, batch, form(office, "land-tax", items=VARIED), "d" * 16).alike == ()
    fives = dict.fromkeys(VARIED, 5)
    for key in ("e" * 16, "f" * 16):
        assert keep(office, batch, form(office, items=fives), key).alike == ()
    assert len(rows(office, "answers")) == 6  # noticed, and kept all the same


def test_a_form_typed_in_error_stays_and_does_not_count(office: Office) -> None:
    batch, room = begin(office), office.rooms.transcripts
    first, second = (keep(office, batch, form(office), key * 16).id for key in "ab")
    room.typed_in_error(batch, first, "พิมพ์ซ้ำ", CLERK)
    assert {row.id: row.flag for row in rows(office, "answers")} == {first: "typed", second: None}
    (note,) = rows(office, "flag_notes")
    assert (note.about_id, note.flag, note.note) == (first, "typed", "พิมพ์ซ้ำ")
    room.typed_in_error(batch, None, "ทั้งชุด", CLERK)
    assert room.recent()[0].wrong == 2
    room.counts_again(batch, None, "ตรวจแล้ว", CLERK)
    assert [row.flag for row in rows(office, "answers")] == [None, None]
    assert len(rows(office, "flag_notes")) == 4


def test_what_was_flagged_for_another_reason_keeps_that_flag(small_office: Office) -> None:
    batch, room = begin(small_office), small_office.rooms.transcripts
    form_id = keep(small_office, batch, form(small_office)).id
    small_office.rooms.reviews.flag([("answer", form_id)], "ทดสอบ", CLERK, on=True)
    room.typed_in_error(batch, None, "ทั้งชุด", CLERK)
    room.counts_again(batch, None, "ตรวจแล้ว", CLERK)
    assert [row.flag for row in rows(small_office, "answers")] == ["staff"]


def test_a_week_later_a_form_stands_as_it_was_typed(small_office: Office) -> None:
    batch, room = begin(small_office), small_office.rooms.transcripts
    form_id = keep(small_office, batch, form(small_office)).id
    small_office.clock.now += 8 * DAY
    with pytest.raises(NotAllowed, match="form_stands"):
        room.correct(batch, form_id, "k" * 16, form(small_office, items={"overall": 1}), CLERK)
    assert keep(small_office, batch, form(small_office)).number == 1  # the same: nothing to change
    (item,) = rows(small_office, "answer_items")
    assert item.score == 5


# ---------------------------------------------------------------- the pages without a script


@pytest.fixture
def client(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.RECEPTION)


def plain(client: FlaskClient, **changed: str) -> dict[str, str]:
    """A batch's page, as it would be sent."""
    page = look(client, client.post("/paper-forms/batches", data={"day": "2026-10-01"}).location)
    (made,) = (f for f in page.iter("form") if f.get("action", "").endswith("/forms"))
    hidden = {i.get("name", ""): i.get("value", "") for i in made.iter("input") if i.get("type")}
    sent = {"to": made.get("action", ""), "key": hidden["key"]}
    return sent | {"questionnaire": hidden["questionnaire"]} | changed


def test_without_a_script_there_is_one_plain_form_a_page(
    small_office: Office, client: FlaskClient
) -> None:
    service = str(small_office.service("birth").id)
    fields = {"item.overall": "๔", "item.p1": "", "about.sex": "f", "comment": "ดี"}
    sent = plain(client, service=service, reason="long_wait", **fields)
    for _ in range(2):  # a double click
        answer = client.post(sent["to"], data=sent)
        assert answer.status_code == 303
    page = text_of(look(client, answer.location))
    assert "ฉบับที่ 1" in page and "เขียนเลขนี้บนกระดาษ" in page
    (kept,) = rows(small_office, "answers")
    (item,) = rows(small_office, "answer_items")
    assert (kept.comment, json.loads(kept.about), item.score) == ("ดี", {"sex": "f"}, 4)


def test_only_who_began_a_batch_or_an_administrator_adds_to_it(
    small_office: Office, client: FlaskClient
) -> None:
    sent = plain(client, service=str(small_office.service("birth").id), **{"item.overall": "5"})
    assert client.post(sent["to"], data=sent).status_code == 303
    batch, room = sent["to"].removesuffix("/forms"), small_office.rooms.transcripts
    (kept,) = rows(small_office, "answers")
    manager, admin = (small_office.signed_in(role) for role in (Role.MANAGER, Role.ADMIN))
    page = look(manager, batch)
    assert "เพื่อนร่วมงานเป็นผู้พิมพ์" in text_of(page)
    assert [f for f in page.iter("form") if (f.get("action") or "").endswith("/forms")] == []
    assert "เพื่อนร่วมงานเป็นผู้พิมพ์" in text_of(look(manager, f"{batch}/forms/{kept.id}"))
    for url in (sent["to"], f"{batch}/rows", f"{batch}/forms/{kept.id}"):
        changed = sent | {"item.overall": "1", "key": "n" * 16}
        assert manager.post(url, data=changed).status_code == 403
    assert [row.score for row in rows(small_office, "answer_items")] == [5]
    assert admin.post(sent["to"], data=sent | {"key": "a" * 16}).status_code == 303
    marked = {"note": "ซ้ำ", "then": "wrong"}  # what anybody notices, anybody may say
    assert manager.post(f"{batch}/forms/{kept.id}/mark", data=marked).status_code == 303
    (batch_row,) = rows(small_office, "paper_batches")
    assert room.batch(batch_row.id)[0].forms == 2


def test_a_mistake_comes_back_with_what_was_typed(
    small_office: Office, client: FlaskClient
) -> None:
    sent = plain(client, **{"item.p1": "7", "comment": "ข้อความ"})
    sent["service"] = str(small_office.service("birth").id)
    answer = client.post(sent["to"], data=sent)
    assert answer.status_code == 422
    assert "ข้อความ" in answer.text and 'value="7"' in answer.text and sent["key"] in answer.text
    assert rows(small_office, "answers") == []


def test_a_form_is_put_right_and_left_out_on_its_own_page(
    small_office: Office, client: FlaskClient
) -> None:
    service = str(small_office.service("birth").id)
    sent = plain(client, service=service, **{"item.overall": "5"})
    client.post(sent["to"], data=sent)
    (kept,) = rows(small_office, "answers")
    url = f"{sent['to']}/{kept.id}"
    assert client.post(url, data=sent | {"item.overall": "2"}).location == url
    assert rows(small_office, "answer_items")[0].score == 2
    assert client.post(f"{url}/mark", data={"note": ""}).status_code == 422
    assert client.post(f"{url}/mark", data={"note": "ซ้ำ", "then": "wrong"}).status_code == 303
    assert "ไม่นับในผลประเมินหลัก" in text_of(look(client, url))
    all_of_it = sent["to"].removesuffix("/forms") + "/mark"
    client.post(all_of_it, data={"note": "ผิดเอง", "then": "counts"})
    assert rows(small_office, "answers")[0].flag is None
    assert "ฉบับ" in text_of(look(client, "/paper-forms/"))


@pytest.mark.parametrize("day", ["", "2026-13-01", "๒๕๖๙-10-01", "2026-10-02", "2026-01-01"])
def test_a_day_that_cannot_be_is_said_on_the_page(client: FlaskClient, day: str) -> None:
    answer = client.post("/paper-forms/batches", data={"day": day})
    assert answer.status_code == 422
    assert "wrong-day" in answer.text


def test_a_row_that_is_refused_tells_its_field(client: FlaskClient) -> None:
    sent = plain(client, service="")
    rows_url = sent["to"].removesuffix("forms") + "rows"
    answer = client.post(rows_url, data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "service"


# ---------------------------------------------------------------- the grid


def test_five_forms_by_keyboard_alone_with_a_reload_in_between(screens: Screens) -> None:
    office = screens.office
    page = screens.open("desk", role=Role.RECEPTION)
    clerk = Clerk(page, screens.site).begins("2026-09-30")
    waits = "รอส่ง"
    clerk.types("3", "4" * 16, "1 4", "ArrowRight", "1231", "น้ำดื่มหมด", "Enter")
    clerk.sees(1, "บันทึกแล้ว")
    # The line is cut while the second is typed: it waits here, and the third is half done.
    page.route("**/rows", lambda route: route.abort())
    clerk.types("54321", "Enter").sees(2, waits)
    clerk.types("123")
    page.unroute("**/rows")
    page.reload()
    clerk.is_ready().sees(1, "บันทึกแล้ว")
    expect(clerk.row(2).locator("[data-field='item.p2']")).to_have_value("3")
    clerk.types("45", "Enter").sees(2, "บันทึกแล้ว")
    # The fourth arrives and its answer does not: sent again, it is still one.
    lost: list[int] = []

    def lose_the_answer(route: Route) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/rows", lose_the_answer)
    clerk.types("11", "Enter").sees(3, waits)
    clerk.types("12", " ", "3", "Backspace", "4", "Enter").sees(4, "บันทึกแล้ว")
    clerk.sees(3, "บันทึกแล้ว")
    assert lost == [200]
    batch, forms = office.rooms.transcripts.batch(office.rooms.transcripts.recent()[0].id)
    assert (batch.day, batch.forms) == ("2026-09-30", 5)
    said = {one.number: one.said for one in forms}
    first = said[1]
    assert first.service_id == office.reads.services()[2].id
    assert set(first.items.values()) == {4} and len(first.items) == 16
    assert first.reasons == ("long_wait", "too_many_documents")
    assert first.about == {"sex": "f", "age": "20-39", "occupation": "employee", "visits": "1"}
    assert first.comment == "น้ำดื่มหมด"
    names = ("overall", "p1", "p2", "p3", "p4")
    assert [said[2].items.get(name) for name in names] == [5, 4, 3, 2, 1]
    assert [said[3].items.get(name) for name in names] == [1, 2, 3, 4, 5]
    assert said[4].items == {"overall": 1, "p1": 1}
    assert said[5].items == {"overall": 1, "p1": 2, "p3": 4}
    assert {one.service_id for one in said.values()} == {first.service_id}
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_row_without_its_service_says_so_and_waits_to_be_put_right(screens: Screens) -> None:
    page = screens.open("desk", role=Role.RECEPTION)
    clerk = Clerk(page, screens.site).begins("2026-10-01")
    clerk.types("ArrowRight", "55", "Enter").sees(1, "เลขงานบริการ")
    expect(clerk.row(1).locator("[data-field=service]")).to_have_attribute("aria-invalid", "true")
    clerk.types("ArrowUp", "2", "ArrowDown").sees(1, "บันทึกแล้ว")
    # On a Thai keyboard the same key is a letter: what counts is its place.
    page.evaluate("""() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
        { key: "ภ", code: "Digit4", bubbles: true, cancelable: true }))""")
    expect(clerk.row(2).locator("[data-field='item.overall']")).to_have_value("4")
    assert len(rows(screens.office, "answers")) == 1
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 683, "height": 384})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
