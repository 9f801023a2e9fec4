"""The page that tries other head starts: for administrators, auditors and managers to look."""

import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from server.domain.roles import Role
from server.simulation import simulate
from server.store.engine import Store
from tests.browser import Screens, served
from tests.office import Office
from tests.pages import look, text_of

TODAY = "elderly=10&disabled=20&pregnant=15&infant=10&monk=10&other=5"
TRIED = TODAY.replace("elderly=10", "elderly=20")


@pytest.fixture(scope="module")
def office(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo office after a simulated March."""
    folder = tmp_path_factory.mktemp("policy-page")
    shutil.copy(empty_sqlite, folder / "khiu.db")
    store = Store(f"sqlite:///{folder}/khiu.db")
    made = Office(store)
    simulate(store, made.id, date(2026, 3, 1), date(2026, 3, 31), seed=1)
    yield made
    store.close()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.MANAGER])
def test_who_sets_or_answers_for_the_minutes_can_try_them(office: Office, role: Role) -> None:
    page = text_of(look(office.signed_in(role), "/manage/policy"))
    assert "เดือนที่จะลอง" in page and "มีนาคม 2569" in page
    assert ("ช่องบริการ" in page) == (role is not Role.MANAGER)  # the set-up's other pages


def test_a_month_is_tried_in_three_seconds_and_told_in_both_languages(office: Office) -> None:
    client = office.signed_in(Role.ADMIN)
    begun = time.thread_time()
    thai = text_of(look(client, f"/manage/policy?month=2569-03&{TRIED}"))
    assert time.thread_time() - begun < 3  # of its own work, whatever else is done meanwhile
    english = text_of(look(client, f"/manage/policy?lang=en&month=2026-03&{TRIED}"))
    assert "ผู้สูงอายุรอน้อยลง" in thai and "Elderly wait" in english
    assert "ถูกข้าม" in thai and "รอนานที่สุด" in thai and "March 2026" in english
    for text in (thai, english):
        assert "manage.policy" not in text and "%(" not in text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RECEPTION])
def test_others_are_not_let_in(office: Office, role: Role) -> None:
    assert office.signed_in(role).get("/manage/policy").status_code == 403


def test_trying_todays_minutes_says_that_nothing_differs(office: Office) -> None:
    page = text_of(look(office.signed_in(Role.ADMIN), f"/manage/policy?month=2569-03&{TODAY}"))
    assert "เหมือนค่าปัจจุบันทุกกลุ่ม" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"month=2569-03&{TRIED.replace('20', '31', 1)}", "ค่านี้น้อยหรือมากเกินไป"),
        (f"month=2569-03&{TRIED.replace('20', 'x', 1)}", "กรุณาใส่เป็นตัวเลข"),
        (f"month=2569-05&{TRIED}", "ไม่มีบัตรคิวของวันที่ผ่านมาแล้วในเดือนนี้"),
        (f"month=x&{TRIED}", "กรุณาเลือกเดือน"),
        ("month=2569-03", "กรุณากรอกช่องนี้"),
    ],
)
def test_what_cannot_be_tried_comes_back_as_it_was_typed(
    office: Office, query: str, said: str
) -> None:
    answer = office.signed_in(Role.ADMIN).get(f"/manage/policy?{query}")
    assert answer.status_code == 422
    assert said in answer.text and "ค่าที่ลอง" not in answer.text


def test_an_office_without_a_past_says_so(small_office: Office) -> None:
    client = small_office.signed_in(Role.ADMIN)
    assert "ยังไม่มีเดือนที่มีบัตรคิวให้ลอง" in text_of(look(client, "/manage/policy"))
    look(client, f"/manage/policy?month=2569-03&{TODAY}")


def test_the_page_leads_to_where_the_minutes_are_set_and_back(office: Office) -> None:
    client = office.signed_in(Role.ADMIN)
    links = [a.get("href") for a in look(client, "/manage/policy").iter("a")]
    assert "/manage/office" in links
    assert "/manage/policy" in [a.get("href") for a in look(client, "/manage/office").iter("a")]


def test_a_manager_tries_more_minutes_for_the_elderly(office: Office, browser: Browser) -> None:
    with served(office.app) as site:
        screens = Screens(browser, office, site)
        page = screens.open("desk", role=Role.MANAGER)
        page.goto(f"{site}/manage/policy")
        page.get_by_label("ผู้สูงอายุ").fill("20")
        page.get_by_role("button", name="ลองดู").click()
        expect(page.get_by_role("status")).to_contain_text("ผู้สูงอายุรอน้อยลง")
        expect(page.get_by_label("ผู้สูงอายุ")).to_have_value("20")
        row = page.get_by_role("row").filter(has_text="ประชาชนทั่วไป")
        expect(row.locator("svg circle")).to_have_count(2)
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        for width, height in ((1366, 768), (683, 384)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        page.context.close()
        assert screens.errors == []
