"""Setting opening hours, holidays, and what one service has of its own."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server.domain.holidays import days_off
from server.domain.order import Priority
from server.domain.roles import Role
from server.domain.settings import ServiceHours, ServiceRules
from server.domain.wish import Wish
from tests.browser import Screens
from tests.office import PROGRAM, Office
from tests.pages import look, text_of
from tests.test_manage import mistakes, newest, save


@pytest.fixture
def admin(small_office: Office) -> FlaskClient:
    return small_office.signed_in(Role.ADMIN)


def rules_of(office: Office, code: str = "birth") -> str:
    return f"/manage/services/{office.service(code).id}/rules"


# ---------------------------------------------------------------- hours


def test_the_hours_hold_at_once_and_the_list_tells(
    small_office: Office, admin: FlaskClient
) -> None:
    before = small_office.reads.settings()
    small_office.set(always_open=False)
    small_office.clock.minutes(8 * 60)  # 16:00
    assert small_office.service("birth").open
    answer = save(
        admin,
        "/manage/hours",
        close="15.30",  # as people write it
        days=["mon", "thu"],
        lunch_served="no",
        lunch_counters=["2"],
        last_ticket_minutes="20",
        serve_after_minutes="45",
    )
    assert answer.status_code == 303
    assert not small_office.service("birth").open
    now = small_office.reads.settings()
    assert (now.hours.close, now.hours.days) == ("15:30", ("mon", "thu"))
    assert now.hours.lunch is not None
    assert (now.hours.lunch.served, now.hours.lunch.counters) == (False, ("2",))
    assert now.hours.extra == before.hours.extra
    closing = now.closing
    assert closing.last_ticket_before_close_minutes == 20
    assert closing.serve_waiting_after_close_minutes == 45
    line = newest(admin)
    assert "แก้ไขเวลาทำการ" in line and "16:30 → 15:30" in line
    assert "จ., อ., พ., พฤ., ศ. → จ., พฤ." in line and "15 → 20" in line


def test_hours_in_season_are_added_changed_and_taken_out(
    small_office: Office, admin: FlaskClient
) -> None:
    evening, saturday = small_office.reads.settings().hours.extra
    added = {
        "extra_name_th_2": "เย็นวันศุกร์",
        "extra_days_2": ["fri"],
        "extra_months_2": ["11", "12"],
        "extra_open_2": "16:30",
        "extra_close_2": "19:00",
        "extra_counters_2": ["1"],
        "extra_close_0": "18:00",
        "extra_gone_1": "yes",
    }
    assert save(admin, "/manage/hours", **added).status_code == 303
    changed, friday = small_office.reads.settings().hours.extra
    assert changed == evening.model_copy(update={"close": "18:00"})
    assert (friday.name.th, friday.days, friday.months) == ("เย็นวันศุกร์", ("fri",), (11, 12))
    assert (friday.open, friday.close, friday.counters) == ("16:30", "19:00", ("1",))
    line = newest(admin)
    assert saturday.name.th in line and "16:30–19:00 · ศ. · 11 12 · 1" in line
    save(admin, "/manage/hours", lunch=None)
    assert small_office.reads.settings().hours.lunch is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("open", "8.3"),
        ("open", "25:00"),
        ("open", ""),
        ("close", "08:00"),
        ("kiosk_from", "09:00"),
        ("lunch_to", "11:00"),
        ("lunch_from", "เที่ยง"),
        ("lunch_counters", ["99"]),
        ("last_ticket_minutes", "-1"),
        ("serve_after_minutes", "1000"),
        ("extra_close_0", "16:00"),
        ("extra_name_th_0", ""),
        ("extra_days_1", []),
        ("extra_open_2", "17:00"),
        ("extra_counters_0", ["99"]),
    ],
)
def test_hours_that_cannot_be_meant_come_back_as_they_were_typed(
    small_office: Office, admin: FlaskClient, field: str, value: Any
) -> None:
    before = small_office.contents()
    page = mistakes(save(admin, "/manage/hours", **{"serve_after_minutes": "33", field: value}))
    assert "field__error" in page
    if field != "serve_after_minutes":
        assert 'value="33"' in page
    assert small_office.contents() == before


# ---------------------------------------------------------------- holidays


def test_a_holiday_declared_at_noon_stops_numbers_and_no_calls(
    small_office: Office, admin: FlaskClient
) -> None:
    small_office.set(always_open=False)
    small_office.clock.minutes(4 * 60)
    kiosk = Wish(small_office.service("birth").id, bound_by_hours=True)
    small_office.desk.issue(kiosk, PROGRAM)
    told = {"date": "2026-10-01", "name_th": "หยุดกรณีพิเศษ", "name_en": "Special holiday"}
    admin.post("/manage/holidays", data=told)
    page = text_of(look(admin, "/manage/holidays"))
    assert "จากนี้ไม่ให้คิวใหม่" in page and "หยุดกรณีพิเศษ" in page
    assert not small_office.service("birth").open
    assert small_office.call_next("1") is not None
    line = newest(admin)
    assert "ประกาศวันหยุด" in line and "หยุดกรณีพิเศษ" in line
    assert "มีผู้ใช้ค่านี้แล้ว" in mistakes(admin.post("/manage/holidays", data=told))
    admin.post("/manage/holidays/remove", data={"date": "2026-10-01"})
    assert small_office.service("birth").open
    again = admin.post("/manage/holidays/remove", data={"date": "2026-10-01"})
    assert again.status_code == 404


def test_the_office_works_on_a_holiday_when_it_says_so(
    small_office: Office, admin: FlaskClient
) -> None:
    page = look(admin, "/manage/holidays")
    assert "วันปิยมหาราช" in text_of(page) and "วันสงกรานต์" in text_of(page)

    def off() -> bool:
        kept = small_office.reads.settings().holidays
        return any(f"{day}" == "2026-10-23" for day in days_off(kept, 2026))

    assert off()
    admin.post("/manage/holidays/work", data={"date": "2026-10-23", "on": "yes"})
    assert not off()
    assert "05-01 → 05-01, 2026-10-23" in newest(admin)
    admin.post("/manage/holidays/work", data={"date": "2026-10-23", "on": "no"})
    assert off()


@pytest.mark.parametrize("day", ["", "2569-10-01", "2026-02-30", "1 ต.ค.", "๒๐๒๖-๑๐-๐๑"])
def test_a_day_that_is_none_is_refused(small_office: Office, admin: FlaskClient, day: str) -> None:
    before = small_office.contents()
    page = mistakes(admin.post("/manage/holidays", data={"date": day, "name_th": "วันหยุดพิเศษ"}))
    assert "field__error" in page and "วันหยุดพิเศษ" in page
    assert admin.post("/manage/holidays/work", data={"date": day}).status_code == 422
    assert small_office.contents() == before


# ---------------------------------------------------------------- one service


def test_a_service_has_hours_a_limit_and_head_starts_of_its_own(
    small_office: Office, admin: FlaskClient
) -> None:
    page = rules_of(small_office)
    answer = save(
        admin,
        page,
        hours="own",
        open_tue_0="9:00",
        close_tue_0="11:30",
        open_tue_1="13:00",
        close_tue_1="15:00",
        open_thu_0="09:00",
        close_thu_0="11:30",
        at_lunch="no",
        day_limit="30",
        head_start_elderly="25",
        head_start_monk="0",
    )
    assert answer.status_code == 303
    assert small_office.service("birth").rules == ServiceRules(
        hours=(
            ServiceHours(days=("tue", "thu"), open="09:00", close="11:30"),
            ServiceHours(days=("tue",), open="13:00", close="15:00"),
        ),
        at_lunch=False,
        day_limit=30,
        head_start_minutes={Priority.ELDERLY: 25, Priority.MONK: 0},
    )
    line = newest(admin)
    assert "แก้ไขเวลาและข้อจำกัดของงาน" in line and "30" in line
    lines = len(small_office.contents()["audit"])
    assert save(admin, page).status_code == 303  # as it is shown
    assert len(small_office.contents()["audit"]) == lines
    save(admin, page, hours="office", day_limit="", head_start_elderly="", head_start_monk="")
    assert small_office.service("birth").rules == ServiceRules(at_lunch=False)


@pytest.mark.parametrize(
    "changed",
    [
        {"hours": "own"},
        {"hours": "own", "open_mon_0": "09:00"},
        {"hours": "own", "close_mon_0": "09:00"},
        {"hours": "own", "open_mon_0": "11:00", "close_mon_0": "09:00"},
        {"hours": "own", "open_mon_0": "เช้า", "close_mon_0": "09:00"},
        {"day_limit": "0"},
        {"day_limit": "๑๐"},
        {"head_start_elderly": "31"},
        {"at_lunch": "sometimes"},
    ],
)
def test_rules_that_cannot_be_meant_come_back_as_they_were_typed(
    small_office: Office, admin: FlaskClient, changed: dict[str, str]
) -> None:
    before = small_office.contents()
    page = mistakes(save(admin, rules_of(small_office), **{"day_limit": "17"} | changed))
    assert "field__error" in page
    if "day_limit" not in changed:
        assert 'value="17"' in page
    assert small_office.contents() == before


def test_a_manager_sets_a_limit_and_finds_the_mistake_in_the_hours(screens: Screens) -> None:
    office = screens.office
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/services/{office.service('birth').id}")
    page.get_by_role("link", name="ตั้งค่า").click()
    page.get_by_label("รับไม่เกินวันละ").fill("1")
    page.get_by_label("เวลาเฉพาะงานนี้").check()
    page.get_by_label("จ. ช่วงที่ 1 ตั้งแต่").fill("13:00")
    page.get_by_label("จ. ช่วงที่ 1 ถึง").fill("12:00")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.get_by_text("เวลาปิดต้องหลังเวลาเปิด")).to_be_visible()
    page.get_by_label("จ. ช่วงที่ 1 ถึง").fill("15:00")
    page.get_by_role("button", name="บันทึก").click()
    expect(page.get_by_role("status")).to_contain_text("มีผลทันที")
    office.issue("birth")
    assert office.service("birth").shut == "day_limit_reached"
    assert [error for error in screens.errors if "422" not in error] == []
    screens.errors.clear()  # Chromium notes every refusal


def test_a_holiday_is_declared_and_worked_on_from_the_list(screens: Screens) -> None:
    page = screens.open("desk", role=Role.ADMIN)
    page.goto(f"{screens.site}/manage/hours")
    page.get_by_role("link", name="วันหยุด").click()
    page.get_by_role("switch", name="เปิดทำการ วันศุกร์ที่ 23 ตุลาคม 2569 วันปิยมหาราช").click()
    expect(page.get_by_role("switch", name="วันปิยมหาราช").first).to_be_checked()
    page.locator("[name=date][type=date]").fill("2026-10-02")
    page.get_by_label("ชื่อภาษาไทย").fill("งานประเพณีประจำปี")
    page.get_by_role("button", name="ประกาศวันหยุด").click()
    expect(page.get_by_text("งานประเพณีประจำปี")).to_be_visible()
    page.get_by_role("button", name="ลบ วันศุกร์ที่ 2 ตุลาคม 2569").click()
    expect(page.get_by_text("งานประเพณีประจำปี")).to_be_hidden()
