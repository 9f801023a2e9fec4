"""The live ticket on a resident's phone."""

import gzip
import json

import pytest
from playwright.sync_api import expect

from server.domain.order import Priority
from server.links import SURVEY, TRACK, link_token
from server.tracking import survey_url, track_url
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.resident import Resident


def address(office: Office, ticket_id: int, purpose: str = TRACK) -> str:
    folder = {TRACK: "t", SURVEY: "s"}[purpose]
    return f"/{folder}/{link_token(office.house.secret(office.id), purpose, ticket_id)}"


def waiting(office: Office, ahead: int, code: str = "birth") -> int:
    """A ticket with so many people before it."""
    for _ in range(ahead):
        office.issue(code)
    return office.issue(code).ticket.id


# ---------------------------------------------------------------- what the page says


def test_links_begin_with_the_public_address_or_the_servers_own(small_office: Office) -> None:
    ticket_id = small_office.issue().ticket.id
    with small_office.app.app_context():
        for found, purpose in ((track_url, TRACK), (survey_url, SURVEY)):
            own = found(small_office.id, ticket_id)
            assert own == "http://khiu.test" + address(small_office, ticket_id, purpose)


def test_the_page_says_number_place_and_an_interval(small_office: Office) -> None:
    page = text_of(
        look(small_office.app.test_client(), address(small_office, waiting(small_office, 4)))
    )
    for words in ("A005", "แจ้งเกิด", "รอเรียก", "4 คน", "นาที", "ข้อมูลจำลอง"):
        assert words in page


def test_the_state_is_the_page_in_json_and_never_the_priority(small_office: Office) -> None:
    ticket_id = small_office.issue("birth", Priority.PREGNANT).ticket.id
    url = address(small_office, ticket_id)
    client = small_office.app.test_client()
    state = client.get(url + "/state")
    assert state.get_json()["number"] == "A001"
    assert state.get_json()["waiting_ahead"] == 0
    for answer in (state, client.get(url)):
        assert "pregnant" not in answer.text
        assert "ครรภ์" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_link_is_a_page_of_404(small_office: Office) -> None:
    client = small_office.app.test_client()
    for url in ("/t/" + "x" * 22, "/t/x/state", "/t/x/documents", "/t/x/leave"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "ไม่พบ" in answer.text


def test_a_ticket_speaks_its_language_and_the_phone_remembers_another(
    small_office: Office,
) -> None:
    url = address(small_office, waiting(small_office, 0))
    client = small_office.app.test_client()
    assert look(client, url).get("lang") == "th"
    assert look(client, url + "?lang=en").get("lang") == "en"
    assert "Before you" in text_of(look(client, url))


def test_the_page_is_small_beside_its_font(small_office: Office) -> None:
    client, url = small_office.app.test_client(), address(small_office, waiting(small_office, 3))
    page = look(client, url)
    modules = json.loads(page.find(".//script[@type='importmap']").text)["imports"]  # type: ignore[union-attr,arg-type]
    parts = [element.get("href") for element in page.iter("link")]
    parts += [modules[name] for name in ("mount", "live", "resident/ticket", "resident/alert")]
    own = b"".join(client.get(part).data for part in [url, *parts])
    assert len(own) < 60_000
    library = client.get(modules["socket.io"]).data
    assert len(gzip.compress(own)) + len(gzip.compress(library)) < 60_000  # as a proxy sends them


@pytest.mark.parametrize(
    ("code", "words"),
    [("birth", "หนังสือรับรองการเกิด"), ("land-tax", "หนังสือแจ้งการประเมิน")],
)
def test_what_to_bring_is_told_for_each_service(
    small_office: Office, code: str, words: str
) -> None:
    ticket_id = small_office.issue("birth", more=("land-tax",)).ticket.id
    page = look(small_office.app.test_client(), address(small_office, ticket_id) + "/documents")
    assert words in text_of(page)
    assert small_office.service(code).name.th in text_of(page)


def test_who_did_not_come_is_told_how_to_come_back(small_office: Office) -> None:
    ticket_id = waiting(small_office, 0)
    small_office.call_next()
    small_office.desk.no_show(ticket_id, PROGRAM)
    page = shown(small_office, ticket_id)
    assert "หมายเลขนี้ยังใช้ได้" in page
    assert "60 นาที" in page


def shown(office: Office, ticket_id: int) -> str:
    """The words on the page that are not hidden."""
    page = look(office.app.test_client(), address(office, ticket_id))
    for parent in list(page.iter()):
        for child in [one for one in parent if one.get("hidden") is not None]:
            parent.remove(child)
    return text_of(page)


def test_a_served_visit_is_asked_for_a_rating_until_it_was_given(small_office: Office) -> None:
    ticket_id = waiting(small_office, 0)
    question = "วันนี้ท่านพอใจกับบริการเพียงใด"
    assert question not in shown(small_office, ticket_id)
    small_office.call_next()
    assert question not in shown(small_office, ticket_id)
    small_office.desk.finish(ticket_id, PROGRAM)
    assert question in shown(small_office, ticket_id)
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    client = small_office.app.test_client()
    client.post(address(small_office, ticket_id, SURVEY), data={"score": "4"})
    assert question not in shown(small_office, ticket_id)
    assert "ท่านให้คะแนนแล้ว" in shown(small_office, ticket_id)


# ---------------------------------------------------------------- giving the number up


def test_a_number_is_given_up_after_one_question(small_office: Office) -> None:
    ticket_id = waiting(small_office, 1)
    url = address(small_office, ticket_id)
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    client = small_office.app.test_client()
    look(client, url + "/leave")
    assert small_office.reads.ticket(ticket_id).ticket.state == "waiting"
    answer = client.post(url + "/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    ticket = small_office.reads.ticket(ticket_id).ticket
    assert (ticket.state, ticket.current.outcome) == ("cancelled", "left")
    left = small_office.reads.events(ticket_id)[-1]
    assert (left.kind, left.actor, left.reason) == ("cancelled", "resident", "left")
    assert "ยกเลิกหมายเลขนี้แล้ว" in shown(small_office, ticket_id)


def test_who_is_called_already_cannot_give_the_number_up(small_office: Office) -> None:
    ticket_id = waiting(small_office, 0)
    small_office.call_next()
    url = address(small_office, ticket_id) + "/leave"
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    client = small_office.app.test_client()
    assert client.get(url).status_code == 409
    assert client.post(url).status_code == 409
    assert small_office.reads.ticket(ticket_id).ticket.state == "called"


def test_one_link_is_not_asked_without_end_and_others_still_are(small_office: Office) -> None:
    first, second = (address(small_office, waiting(small_office, 0)) for _ in range(2))
    client = small_office.app.test_client()
    statuses = [client.get(first + "/state").status_code for _ in range(241)]
    assert statuses == [200] * 240 + [429]
    assert client.get(first).headers["Retry-After"]
    assert client.get(second).status_code == 200
    small_office.clock.now += MINUTE
    assert client.get(first).status_code == 200


# ---------------------------------------------------------------- in a real browser


def test_a_phone_follows_its_ticket_without_being_touched(
    screens: Screens, small_office: Office
) -> None:
    ticket_id = waiting(small_office, 3)
    phone = Resident(screens.open("phone")).opens(screens.site + address(small_office, ticket_id))
    phone.page.evaluate("window.untouched = true")
    phone.sees_ahead(3)
    small_office.call_next()
    phone.sees_ahead(2)
    phone.reads("ใกล้ถึงคิวแล้ว")
    for _ in range(3):
        small_office.call_next(finish=True)
    phone.is_called_to("1")
    expect(phone.page).to_have_title("ถึงคิว A004 ช่อง 1")
    expect(phone.page.locator("[data-part=said]")).to_have_text("ถึงคิวของท่านแล้ว เชิญที่ช่องบริการ 1")
    small_office.desk.bring_back(ticket_id, PROGRAM)
    phone.sees_ahead(0)
    expect(phone.page.locator(".live--called")).to_have_count(0)
    assert phone.page.evaluate("window.untouched"), "the page was loaded again"


def test_a_call_sounds_and_shakes_only_where_it_was_switched_on(
    screens: Screens, small_office: Office
) -> None:
    ticket_id = waiting(small_office, 0)
    quiet, loud = (Resident(screens.open("phone")) for _ in range(2))
    for phone in (quiet, loud):
        phone.page.add_init_script(
            """let shaken = 0
            navigator.vibrate = what => {
              if (what.length) document.documentElement.dataset.shaken = ++shaken
            }"""
        )
        phone.opens(screens.site + address(small_office, ticket_id))
    loud.page.get_by_role("switch").check()
    loud.opens(screens.site + address(small_office, ticket_id))  # it is remembered
    expect(loud.page.get_by_role("switch")).to_be_checked()
    small_office.call_next()
    small_office.clock.minutes(1)
    for phone in (quiet, loud):
        phone.is_called_to("1")
    small_office.desk.recall(ticket_id, PROGRAM)
    expect(loud.page.locator("html")).to_have_attribute("data-shaken", "2")
    expect(quiet.page.locator("html[data-shaken]")).to_have_count(0)


def test_a_phone_that_lost_the_server_says_so_and_comes_back(
    screens: Screens, small_office: Office
) -> None:
    ticket_id = waiting(small_office, 1)
    phone = Resident(screens.open("phone")).opens(screens.site + address(small_office, ticket_id))
    offline = phone.page.locator("[data-part=offline]")
    expect(offline).to_be_hidden()
    phone.page.context.set_offline(True)
    expect(offline).to_be_visible(timeout=40_000)
    expect(offline).to_contain_text("หมายเลขของท่านยังใช้ได้")
    expect(offline).to_contain_text("08:00")
    small_office.call_next()
    phone.page.context.set_offline(False)
    phone.sees_ahead(0)
    expect(offline).to_be_hidden()


def test_a_phone_without_scripts_sees_and_gives_up_all_the_same(
    screens: Screens, small_office: Office
) -> None:
    ticket_id = waiting(small_office, 4)
    page = screens.browser.new_context(java_script_enabled=False).new_page()
    page.goto(screens.site + address(small_office, ticket_id))
    expect(page.locator("[data-field=ahead]")).to_have_text("4")
    expect(page.get_by_role("switch")).to_have_count(0)
    page.get_by_role("link", name="ยกเลิกคิวนี้").click()
    page.get_by_role("button", name="ยกเลิกคิวนี้").click()
    expect(page.get_by_text("ยกเลิกหมายเลขนี้แล้ว")).to_be_visible()
    assert small_office.reads.ticket(ticket_id).ticket.current.outcome == "left"


WAYS_TO_LOOK = ["", "?lang=en", "?text=large", "?contrast=high"]


@pytest.mark.parametrize("wide", [390, 320])
def test_nothing_is_in_anybodys_way_in_any_state(
    screens: Screens, small_office: Office, wide: int
) -> None:
    small_office.issue()
    ticket_id = waiting(small_office, 3)
    url = screens.site + address(small_office, ticket_id)
    page = screens.open("phone")
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": wide, "height": 700})
    phone = Resident(page)

    def inspect(*pages: str) -> None:
        for way in WAYS_TO_LOOK:
            for one in pages:
                phone.opens(url + one + way)
                if wide == 390:  # what a reader hears does not hang on the width
                    phone.finds_nothing_in_the_way()
                phone.needs_no_more_width()
        page.context.clear_cookies()

    inspect("", "/documents", "/leave")
    for _ in range(4):
        small_office.call_next(finish=True)
    inspect("")  # near
    small_office.call_next(finish=True)
    inspect("")  # called
    small_office.desk.no_show(ticket_id, PROGRAM)
    inspect("")
    small_office.desk.bring_back(ticket_id, PROGRAM)
    small_office.call_next()
    small_office.desk.start(ticket_id, PROGRAM)
    inspect("")
    small_office.desk.finish(ticket_id, PROGRAM)
    inspect("")
