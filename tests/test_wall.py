"""The head of office's wall: one sentence, honest figures, renewed each minute."""

from datetime import date, timedelta
from itertools import combinations
from xml.etree.ElementTree import Element

import hypothesis
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from scipy.linalg import null_space

from server.domain.asked_days import halves
from server.domain.cube import HIDDEN, Figure
from server.domain.rating import Press
from server.domain.recent import Span, pieces, settled, spans_of
from server.domain.recent_cells import Counted, side_by_side
from server.domain.roles import SEE_OPINIONS, STAFF_FIGURES, Role
from server.domain.written import percent, points, whole
from server.simulation import simulate
from server.store import schema
from server.wall.drawing import scale_of, trend_of
from tests.browser import Screens
from tests.office import MINUTE, PROGRAM, Office
from tests.pages import look, text_of
from tests.people.mayor import Mayor

DEMO = "ชำระค่าธรรมเนียมขยะมูลฝอย"


def press(office: Office, *scores: int) -> None:
    """Each a minute after the one before, at counter 3."""
    for score in scores:
        office.clock.minutes(1)
        wish = Press(score, "device", office.counter("3").id)
        office.rooms.satisfaction.press(wish, PROGRAM)


@pytest.fixture
def september(small_office: Office) -> Office:
    """The office with simulated days at the end of September; it is now the first of October."""
    simulate(small_office.store, small_office.id, date(2026, 9, 17), date(2026, 9, 30), seed=1)
    return small_office


# ---------------------------------------------------------------- what may stand side by side


def figure(n: int, threshold: int = 5) -> Figure:
    return HIDDEN if 0 < n < threshold else Figure(n, top2=0.5 if n else None)


@hypothesis.settings(max_examples=50)
@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(st.integers(0, 6), min_size=75, max_size=75),
    st.integers(2, 10),
)
def test_no_days_of_few_follow_from_spans_shown(
    today: date, daily: list[int], threshold: int
) -> None:
    """Whatever is added and subtracted: every set of whole days that comes out counts enough."""
    first = today - timedelta(days=70)
    said = {first + timedelta(days=nth): n for nth, n in enumerate(daily) if nth <= 70}
    spans = spans_of(today)
    counts = {
        span: sum(n for day, n in said.items() if one.first <= day <= one.last)
        for span, one in spans.items()
    }
    figures = {span: figure(n, threshold) for span, n in counts.items()}
    shown = settled(figures, spans, threshold)
    open_ones = [span for span in Span if not shown[span].suppressed]
    for size in range(1, len(open_ones) + 1):
        for chosen in combinations(open_ones, size):
            for signs in range(2**size):
                rest = dict.fromkeys(said, 0)
                for nth, span in enumerate(chosen):
                    sign = 1 if signs >> nth & 1 else -1
                    for day in rest:
                        rest[day] += sign * (spans[span].first <= day <= spans[span].last)
                if set(rest.values()) <= {0, 1}:
                    n = sum(said[day] for day, times in rest.items() if times)
                    assert n == 0 or n >= threshold, (chosen, signs)


@hypothesis.settings(max_examples=60)
@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(st.integers(0, 3) | st.integers(0, 40), min_size=12, max_size=24),
    st.integers(2, 10),
)
def test_no_few_of_a_service_follow_from_totals_other_services_and_other_days(
    today: date, counts: list[int], threshold: int
) -> None:
    """Held against linear algebra of numpy's: what is shown are sums over pieces of days by
    services, and no sum of few may lie in their span."""
    spans = spans_of(today)
    days = [one for one in pieces(spans) if one.first <= today]
    names = ["a", "b", "c"]
    spoke = [
        {name: counts[(3 * at + nth) % len(counts)] for nth, name in enumerate(names)}
        for at in range(len(days))
    ]

    def lies_in(span: Span) -> list[int]:
        return [
            at
            for at, one in enumerate(days)
            if spans[span].first <= one.first <= one.last <= spans[span].last
        ]

    figures = {
        span: {
            name: figure(sum(spoke[at][one] for at in lies_in(span) for one in among), threshold)
            for name, among in [("all", names), *((one, [one]) for one in names)]
        }
        for span in Span
    }
    known = {span: dict(figures[span]) for span in Span}
    for span in (Span.TODAY, Span.WEEK, Span.LAST_WEEK):  # their own n, few or not
        for name, among in [("all", names), *((one, [one]) for one in names)]:
            n = sum(spoke[at][one] for at in lies_in(span) for one in among)
            known[span][name] = Figure(n, top2=0.5 if n else None)
    for span in (Span.MONTH, Span.LAST_MONTH):  # as a half-year hides one service with another
        hidden = [name for name in names if figures[span][name].suppressed]
        told = [name for name in names if figures[span][name].n]
        if len(hidden) == 1 and told and not figures[span]["all"].suppressed:
            known[span][min(told, key=lambda one: figures[span][one].n or 0)] = HIDDEN
        elif hidden and not told:
            known[span]["all"] = HIDDEN
    said = Counted(known, [one | {"all": sum(one.values())} for one in spoke])
    shown = side_by_side(said, spans, days, threshold)

    unknown = [(at, name) for at in range(len(days)) for name in names if spoke[at][name]]

    def form(where: list[int], among: list[str]) -> list[float]:
        return [float(at in where and name in among) for at, name in unknown]

    seen = [
        form(lies_in(span), names if name == "all" else [name])
        for span in Span
        for name, one in shown[span].items()
        if one.n
    ]
    blind = null_space(np.array(seen)) if seen else np.eye(len(unknown))
    for where in [[at] for at in range(len(days))] + [lies_in(span) for span in Span]:
        for among in [names, *([name] for name in names)]:
            if 0 < sum(spoke[at][name] for at in where for name in among) < threshold:
                told_by_it = np.array(form(where, among)) @ blind
                assert np.abs(told_by_it).max() > 1e-9, (where, among)


def test_today_hides_where_it_would_tell_of_yesterday() -> None:
    thursday = date(2026, 9, 17)
    figures = {
        Span.TODAY: figure(20),
        Span.WEEK: figure(23),  # three came from Monday to Wednesday
        Span.LAST_WEEK: figure(50),
        Span.MONTH: figure(120),
        Span.LAST_MONTH: figure(200),
    }
    shown = settled(figures, spans_of(thursday), 5)
    assert [span for span in Span if shown[span].suppressed] == [Span.TODAY]
    figures[Span.MONTH] = HIDDEN  # then nothing that lies in it may stand
    shown = settled(figures, spans_of(thursday), 5)
    assert [span for span in Span if not shown[span].suppressed] == [Span.LAST_MONTH]


# ---------------------------------------------------------------- words and shapes


def test_figures_are_rounded_half_up_and_nothing_is_a_dash() -> None:
    assert (whole(0.885), percent(0.8765), whole(None)) == ("89", "87.7", "–")
    assert [points(one) for one in (0.021, -0.004, 0.0, None)] == ["+2.1", "−0.4", "0.0", "–"]


def test_a_scale_begins_below_the_lowest_interval_and_holds_all_of_it() -> None:
    low = Figure(9, top2=0.4, top2_low=0.31, top2_high=0.5)
    assert scale_of([low]).ticks == (20, 40, 60, 80, 100)
    assert scale_of([]).ticks == (60, 80, 100)
    assert scale_of([]).fine_ticks == (60, 70, 80, 90, 100)
    assert trend_of([]).points == ()


def test_the_half_years_to_choose_begin_with_the_one_of_yesterday() -> None:
    assert [one.key for one in halves(date(2026, 10, 1))] == [
        "2569-2",
        "2569-1",
        "2568-2",
        "2568-1",
    ]
    assert halves(date(2026, 10, 2))[0].key == "2570-1"


# ---------------------------------------------------------------- pages


def test_an_office_without_answers_says_so(small_office: Office) -> None:
    text = text_of(look(small_office.signed_in(Role.EXECUTIVE), "/wall/"))
    assert "ยังไม่มีตัวเลขความพึงพอใจให้แสดง" in text
    assert "ครึ่งปีนี้ยังไม่มีผู้บอกเหตุผล" in text


def test_figures_by_counter_are_for_those_who_may_see_them(september: Office) -> None:
    for role in SEE_OPINIONS:
        client = september.signed_in(role)
        text = text_of(look(client, "/wall/"))
        assert "เดือนก่อนผู้รับบริการพอใจ" in text
        assert ("แต่ละช่องบริการ" in text) == (role in STAFF_FIGURES), role
        assert ("ดูการแจ้งเตือน" in text) == (client.get("/alerts/").status_code == 200)


def test_what_is_shown_is_what_the_room_believes(september: Office) -> None:
    text = text_of(look(september.signed_in(Role.EXECUTIVE), "/wall/"))
    half = halves(date(2026, 10, 1))[0].period
    believed = september.rooms.believing.period(*half)
    total = believed.overview()
    assert f"พอใจ {percent(total.top2)}" in text.replace("\u00a0", " ")
    for row in (*believed.by_service(), *believed.by_aspect(), *believed.by_channel()):
        if row.figure.n:
            assert f"n {row.figure.n:,}" in text
    hidden = [row for row in believed.by_service() if row.figure.suppressed]
    assert hidden
    assert "ไม่แสดงเมื่อมีผู้ตอบไม่ถึง 5 คน" in text
    assert f"ยังขาด {september.rooms.believing.sample(2569).missing:,} คน" not in text  # it is over
    assert "ปีนี้สิ้นสุดแล้ว" in text


def test_flagged_answers_stand_beside_and_never_in_the_main_figure(small_office: Office) -> None:
    press(small_office, 5, 5, 5, 5, 5, 5, 2)
    small_office.rooms.satisfaction.press(Press(1, "device", small_office.counter("3").id), PROGRAM)
    text = text_of(look(small_office.signed_in(Role.MANAGER), "/wall/?half=2569-2"))
    assert "ครึ่งปีนี้ไม่มีคำตอบที่มีข้อสังเกต" in text
    small_office.clock.minutes(24 * 60)  # now the new half-year is the one shown
    text = text_of(look(small_office.signed_in(Role.MANAGER), "/wall/"))
    assert "กดติดกันถี่เกินไป" in text
    assert "85.7 (48.7–97.4)" in text  # six of seven


def test_a_service_has_a_page_of_its_own_and_leads_to_its_comments(september: Office) -> None:
    client = september.signed_in(Role.EXECUTIVE)
    page = look(client, "/wall/services/waste-fee?lang=en")
    comments = f"/comments/?service={september.service('waste-fee').id}"
    text = text_of(page)
    assert "Waste" in text
    assert "By channel" in text
    assert "By counter" not in text
    assert {f"{comments}&when=2569-2", "/wall/?lang=en"} <= addresses(page)
    page = look(client, "/wall/services/waste-fee?span=week")
    assert {f"{comments}&when=week", "/wall/?span=week"} <= addresses(page)
    assert client.get(f"{comments}&when=week").status_code == 200
    assert client.get("/wall/services/none-such").status_code == 404


@pytest.mark.parametrize(
    "asked", ["half=2569-3", "half=x", "half=2500-1", "half=๒๕๖๙-๒", "span=last_week", "span=x"]
)
def test_days_that_are_not_offered_are_refused(small_office: Office, asked: str) -> None:
    answer = small_office.signed_in(Role.EXECUTIVE).get(f"/wall/?{asked}")
    assert answer.status_code == 422


def test_today_each_service_and_aspect_stands_against_the_week_before(september: Office) -> None:
    september.clock.now -= 24 * 60 * MINUTE  # the last of its days
    client = september.signed_in(Role.EXECUTIVE)
    page = look(client, "/wall/?span=today")
    rows = [text_of_row(row) for row in page.iter("tr")]
    (overall,) = [row for row in rows if row.startswith("ภาพรวม")]
    total = september.rooms.believing.overview(date(2026, 9, 30), date(2026, 9, 30))
    assert f"n {total.n}" in overall and percent(total.top2) in overall
    assert any("เทียบกับสัปดาห์ก่อน" in row for row in rows)
    assert "/comments/?aspect=staff&when=today" in addresses(page)
    answered = client.get("/comments/?aspect=staff&when=today")
    assert answered.status_code == 200


def test_an_own_check_never_stands_without_its_notice(small_office: Office) -> None:
    client = small_office.signed_in(Role.EXECUTIVE)
    assert "ผลตรวจสอบตนเอง" not in text_of(look(client, "/wall/"))
    answers(small_office, 6)
    text = text_of(look(client, "/wall/"))
    assert "คุณภาพการดำเนินงาน" in text
    assert text.count("ผลสำรวจของหน่วยงานเอง ไม่ใช่คะแนน EIT อย่างเป็นทางการ") >= 2


def answers(office: Office, n: int) -> None:
    """So many that gave 67 points to e1, in September."""
    with office.store.writing() as db:
        questionnaire = db.execute(schema.questionnaires.select()).mappings().one()
        for nth in range(1, n + 1):
            row = {"office_id": office.id, "id": nth, "at": 0, "day": "2026-09-15"}
            more = {"channel": "slip_qr", "service_id": office.service("birth").id, "reasons": "[]"}
            db.execute(
                schema.answers.insert(), row | more | {"questionnaire_id": questionnaire["id"]}
            )
            item = {"item": "e1", "aspect": "self_check", "score": 67}
            db.execute(
                schema.answer_items.insert(), {"office_id": office.id, "answer_id": nth, **item}
            )


def addresses(page: Element) -> set[str]:
    return {link.get("href", "") for link in page.iter("a")}


def text_of_row(row: Element) -> str:
    return " ".join("".join(row.itertext()).split())


# ---------------------------------------------------------------- in a browser


def test_the_wall_hangs_all_day(september: Office, screens: Screens) -> None:
    page = screens.open("desk", role=Role.EXECUTIVE)
    page.clock.install()
    mayor = Mayor(page, screens.site).opens("?half=2569-2")
    expect(mayor.sentence).to_contain_text("เดือนก่อนผู้รับบริการพอใจ")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

    # Six press, and the page tells it by itself; what was looked at stays where it is.
    summary = page.locator("summary")
    summary.click()
    days = page.get_by_role("navigation", name="เลือกช่วงเวลา")
    link = days.get_by_role("link", name="ครึ่งปีหลัง ปีงบ 2569")
    link.focus()
    scrolled = page.evaluate("scrollY")
    press(september, 5, 5, 4, 4, 5, 2)
    mayor.waits_a_minute()
    expect(mayor.sentence).to_contain_text("เดือนนี้ผู้รับบริการพอใจ 83")
    expect(mayor.span("วันนี้")).to_contain_text("จาก 6 คำตอบ")
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == scrolled
    expect(page.locator("details")).to_have_attribute("open", "")

    # What was said today, by itself.
    days.get_by_role("link", name="วันนี้").click()
    expect(page.locator("#days")).to_contain_text("วันนี้ 1 ต.ค. 69")
    expect(page.get_by_role("row").filter(has_text="ภาพรวม")).to_contain_text("n 6")

    # Cut off it says since when, and by itself that it is over.
    page.context.set_offline(True)
    page.clock.run_for(60_000)
    expect(page.get_by_text("เชื่อมต่อไม่ได้ตั้งแต่เวลา")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("เชื่อมต่อไม่ได้ตั้งแต่เวลา")).to_be_hidden()

    for width in (1366, 683, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert mayor.sideways == 0, width
    page.get_by_role("link", name=DEMO, exact=True).click()
    expect(page.locator("h1")).to_contain_text(DEMO)
    assert mayor.sideways == 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_on_paper_stand_the_figures_and_no_controls(september: Office, screens: Screens) -> None:
    assert september.rooms.believing.trend(2)[0].figure.n  # there is something to print
    page = screens.open("desk", role=Role.MANAGER)
    Mayor(page, screens.site).opens()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 702, "height": 1032})  # A4 upright, less its margins
    for control in page.locator(".bar, .wall__halves, .wall__more").all():
        expect(control).to_be_hidden()
    expect(page.locator(".only-paper").get_by_text("ข้อมูลจำลอง")).to_be_visible()
    cut = """[...document.querySelectorAll("td, th, .kpi")].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"""
    assert page.evaluate(cut) == []
