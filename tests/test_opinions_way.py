"""One morning in browsers: resident, tablet, clerk, supervisor, legal officer and mayor."""

from playwright.sync_api import expect

from server.domain.rating_place import Place
from server.domain.roles import Role
from server.links import SURVEY, link_token
from server.store import schema
from server.web import DEVICE_COOKIE
from tests import tablet
from tests.browser import Screens
from tests.office import Office
from tests.people.clerk import Clerk
from tests.people.mayor import Mayor
from tests.people.resident import Resident
from tests.people.supervisor import Supervisor


def thanks_for_a_second(office: Office) -> None:
    with office.store.writing() as db:
        table = schema.questionnaires
        body = db.execute(table.select()).one().body
        shorter = body.replace('"reset_seconds":8', '"reset_seconds":1')
        db.execute(table.update().values(body=shorter))


def test_what_people_say_reaches_who_must_act_and_nobody_else(screens: Screens) -> None:
    office = screens.office
    thanks_for_a_second(office)
    stand = screens.open("tablet")
    token = tablet.paired(office, "3", Place.COUNTER)
    stand.context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": screens.site}])
    stand.goto(f"{screens.site}/tablet/")
    stand.locator("main[data-mounted]").wait_for()
    head = Supervisor(screens.open("desk", role=Role.MANAGER), screens.site).watches()

    for face in ("น้อย", "น้อยที่สุด", "น้อย"):  # three visitors in half an hour
        office.clock.minutes(5)
        office.serve("land-tax", "3")
        office.clock.minutes(0.2)
        expect(stand.locator("main")).to_have_attribute("data-showing", "ask")
        stand.get_by_role("button", name=face, exact=True).click()
        expect(stand.locator("main")).to_have_attribute("data-showing", "reasons")
        expect(stand.get_by_text("ถูกเรียกรับเงิน")).to_have_count(0)  # an officer stands beside
        stand.get_by_text("รอนาน").click()
        stand.get_by_role("button", name="ส่ง", exact=True).click()
        expect(stand.locator("main")).to_have_attribute("data-showing", "asleep")
    head.sees("ช่องบริการ 3")
    head.begins_to_say("ช่องบริการ 3", "เปิดช่องเพิ่มอีกหนึ่งช่อง").saves("ช่องบริการ 3")

    ticket_id = office.serve("land-tax", "3").ticket.id
    link = link_token(office.house.secret(office.id), SURVEY, ticket_id)
    phone = Resident(screens.open("phone")).opens(f"{screens.site}/s/{link}")
    phone.taps("น้อยที่สุด").ticks("ถูกเรียกรับเงินหรือสิ่งตอบแทน").goes_on().stops()

    clerk = Clerk(screens.open("desk", role=Role.RECEPTION), screens.site).begins("2026-10-01")
    clerk.types("3", "4" * 16, "Enter").sees(1, "บันทึกแล้ว")
    clerk.types("4" * 16, "Enter").sees(2, "บันทึกแล้ว")  # the same service

    legal = screens.open("desk", role=Role.LEGAL)
    legal.goto(f"{screens.site}/protected/")
    legal.get_by_role("button", name="เปิดรายการ").click()
    expect(legal.locator("main")).to_contain_text("ถูกเรียกรับเงินหรือสิ่งตอบแทน")

    mayor = Mayor(screens.open("desk", role=Role.EXECUTIVE), screens.site).opens()
    expect(mayor.span("เดือนนี้")).to_contain_text("จาก 6 คำตอบ")
    expect(mayor.span("เดือนนี้")).to_contain_text("33 %")  # the two of paper were content
    expect(mayor.page.locator("main")).not_to_contain_text("ถูกเรียกรับเงิน")
    mayor.page.get_by_role("link", name="ดูการแจ้งเตือน").click()
    expect(mayor.page.locator("main")).to_contain_text("เปิดช่องเพิ่มอีกหนึ่งช่อง")
