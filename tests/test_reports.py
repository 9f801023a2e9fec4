"""The reports page: its numbers against raw rows, its periods, what it hides, how it looks."""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.domain import roles
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.ticket import Outcome
from server.simulation import simulate
from server.store import schema
from server.store.engine import Store
from tests.office import PROGRAM, Office, copied
from tests.pages import look, text_of
from tests.program import Program

SEPTEMBER = "/reports/?length=month&period=2026-09"
BANGKOK = ZoneInfo("Asia/Bangkok")
HIDDEN = "ไม่แสดง เพราะมีผู้ตอบน้อยเกินไป"
Rows = dict[str, list[str]]


@pytest.fixture
def september(september_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    """The demo office after a simulated September 2026; it is now the first of October."""
    with copied(september_sqlite, tmp_path) as office:
        yield office


@pytest.fixture
def manager(september: Office) -> FlaskClient:
    return september.signed_in(Role.MANAGER)


def table(page: Element, section: str, number: int = 0) -> Rows:
    """A table's body and foot: cells by the first one of their row."""
    part = page.find(f".//section[@aria-labelledby='{section}']")
    assert part is not None, f"no section {section}"
    found = part.findall(".//table")[number]
    rows = {}
    for row in found.iter("tr"):
        head, cells = row.find("th"), row.findall("td")
        if head is not None and cells:
            rows[words(head)] = [words(cell) for cell in cells]
    return rows


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def kpis(page: Element) -> dict[str, str]:
    """The figures on top: everything said under each label."""
    boxes = page.findall(".//dl[@class='kpis']/div")
    return {words(box.find("dt")): words(box.find("dd")) for box in boxes}  # type: ignore[arg-type]


def raw(office: Office, name: str) -> list[Any]:
    with office.store.reading() as db:
        return list(db.execute(schema.metadata.tables[name].select()))


def shown_as(text: str, value: float, places: int = 1) -> bool:
    """Whether the page's number is this one, rounded."""
    number = float(text.replace(",", "").split()[0])
    return bool(abs(number - value) <= 0.5 / 10**places + 1e-9)


def wilson(part: int, n: int) -> tuple[float, float]:
    """Percent; written out from the score equation's two roots."""
    z = 1.959963984540054
    a, b, c = n + z * z, -(2 * part + z * z), part * part / n
    root = math.sqrt(b * b - 4 * a * c)
    return 100 * (-b - root) / (2 * a), 100 * (-b + root) / (2 * a)


def number_in(pattern: str, text: str) -> list[float]:
    found = re.search(pattern, text)
    assert found, f"{pattern} not in {text}"
    return [float(part.replace(",", "")) for part in found.groups()]


# ---------------------------------------------------------------- the numbers


def test_the_services_table_says_what_the_raw_rows_say(
    september: Office, manager: FlaskClient
) -> None:
    page = table(look(manager, SEPTEMBER), "services")
    assert len(page) == len(september.reads.services()) + 1
    steps = raw(september, "steps")
    everybody: list[tuple[float, bool]] = []
    for service in september.reads.services():
        own = [s for s in steps if s.service_id == service.id and s.issued_at is not None]
        own = [s for s in own if s.outcome != "issued_in_error"]
        waits = [(s.first_called_at - s.issued_at) // 1000 / 60 for s in own if s.first_called_at]
        served = [s for s in own if s.outcome == "served"]
        took = [(s.ended_at - (s.started_at or s.called_at)) // 1000 / 60 for s in served]
        within = sum(minutes <= service.standard_minutes for minutes in took)
        everybody += [(minutes, minutes <= service.standard_minutes) for minutes in took]
        cells = page[service.name.th]
        outcomes = [len(own), len(served)]
        outcomes += [sum(s.outcome == one for s in own) for one in ("left", "no_show")]
        assert cells[:4] == [f"{n:,}" for n in outcomes]
        for cell, percent in zip(cells[4:7], (50, 90, 95), strict=True):
            assert shown_as(cell, float(np.percentile(waits, percent)))
        for cell, percent in zip(cells[7:9], (50, 90), strict=True):
            assert shown_as(cell, float(np.percentile(took, percent)))
        assert cells[9] == str(service.standard_minutes)
        assert shown_as(cells[10], 100 * within / len(took))
        low, high = number_in(r"\((\S+)–(\S+)\)", cells[10])
        assert shown_as(str(low), wilson(within, len(took))[0])
        assert shown_as(str(high), wilson(within, len(took))[1])
    total = page["ทุกงานรวมกัน"]
    assert total[1] == f"{len(everybody):,}"
    assert shown_as(total[7], float(np.percentile([minutes for minutes, _ in everybody], 50)))
    assert shown_as(total[10], 100 * sum(kept for _, kept in everybody) / len(everybody))


def test_the_figures_on_top_say_what_the_raw_rows_say(
    september: Office, manager: FlaskClient
) -> None:
    top = kpis(look(manager, SEPTEMBER))
    steps = [s for s in raw(september, "steps") if s.issued_at and s.outcome != "issued_in_error"]
    served, left = ([s for s in steps if s.outcome == one] for one in ("served", "left"))
    days = len({s.day for s in steps})
    assert top["รับบริการแล้ว"].startswith(f"{len(served):,} ราย ออกบัตร {len(steps):,} ใบ")
    assert shown_as(str(number_in(r"วันละ (\S+)", top["รับบริการแล้ว"])[0]), len(steps) / days)
    waits = [(s.first_called_at - s.issued_at) // 1000 / 60 for s in steps if s.first_called_at]
    assert shown_as(top["เวลารอ ค่ากลาง"], float(np.percentile(waits, 50)))
    assert shown_as(
        str(number_in(r"ไม่เกิน (\S+)", top["เวลารอ ค่ากลาง"])[0]), float(np.percentile(waits, 90))
    )
    assert f"จาก {len(waits):,} ราย" in top["เวลารอ ค่ากลาง"]
    share = top["กลับก่อนได้รับบริการ"]
    assert shown_as(share, 100 * len(left) / len(steps))
    low, high = number_in(r"ช่วงความเชื่อมั่น 95% (\S+)–(\S+)%", share)
    assert shown_as(str(low), wilson(len(left), len(steps))[0])
    assert shown_as(str(high), wilson(len(left), len(steps))[1])


def opinions_of(office: Office) -> dict[tuple[int, str], list[float]]:
    """Respondents' scores by service and aspect, read from the rows alone."""
    items = defaultdict(list)
    for item in raw(office, "answer_items"):
        items[item.answer_id, item.aspect].append(item.score)
    service = {answer.id: answer.service_id for answer in raw(office, "answers")}
    scores = defaultdict(list)
    for (answer_id, aspect), given_scores in items.items():
        scores[service[answer_id], aspect].append(sum(given_scores) / len(given_scores))
    for press in raw(office, "presses"):
        scores[press.service_id, "overall"].append(float(press.score))
    return scores


def test_satisfaction_says_what_the_raw_rows_say_with_n_mean_and_interval(
    september: Office, manager: FlaskClient
) -> None:
    page = table(look(manager, SEPTEMBER), "satisfaction")
    scores = opinions_of(september)
    checked = 0
    for service in september.reads.services():
        cells = page[service.name.th]
        if cells == [HIDDEN]:
            continue
        aspects = ("procedure", "channel", "staff", "facilities", "overall")
        for aspect, cell in zip(aspects, cells, strict=False):
            if cell == "ไม่แสดง":
                continue
            own = scores[service.id, aspect]
            top = sum(score >= 3.5 for score in own)
            share, low, high, n, mean = number_in(
                r"^(\S+) \((\S+)–(\S+)\) n (\S+) เฉลี่ย (\S+)$", cell
            )
            assert n == len(own) >= 5
            assert shown_as(str(share), 100 * top / n)
            assert shown_as(str(low), wilson(top, len(own))[0])
            assert shown_as(str(high), wilson(top, len(own))[1])
            assert shown_as(str(mean), sum(own) / n, places=2)
            checked += 1
    assert checked > 30


def test_the_heat_map_is_a_table_of_means_a_day(september: Office, manager: FlaskClient) -> None:
    page = look(manager, SEPTEMBER)
    issued: dict[tuple[int, int], int] = defaultdict(int)
    days = defaultdict(set)
    for step in raw(september, "steps"):
        if step.issued_at and step.outcome != "issued_in_error":
            at = datetime.fromtimestamp(step.issued_at / 1000, BANGKOK)
            issued[at.weekday(), at.hour] += 1
            days[at.weekday()].add(at.date())
    heads = page.findall(".//section[@aria-labelledby='hours']//thead//th")[1:]
    hours = [int(words(head)) for head in heads]
    monday = table(page, "hours")[f"จันทร์ {len(days[0])} วัน"]
    assert len(monday) == len(hours) > 5
    for hour, cell in zip(hours, monday, strict=True):
        assert shown_as(cell, issued[0, hour] / len(days[0]))
    shades = page.findall(".//section[@aria-labelledby='hours']//td")
    assert {cell.get("data-q") for cell in shades} >= {"0", "7"}


def test_months_add_up_to_the_period(small_office: Office) -> None:
    simulate(small_office.store, small_office.id, date(2026, 7, 27), date(2026, 8, 7), seed=3)
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=quarter&period=2569-4")
    months, services = table(page, "months"), table(page, "services")
    assert list(months) == ["ก.ค. 69", "ส.ค. 69"]
    issued = [int(cells[0].replace(",", "")) for cells in months.values()]
    assert sum(issued) == int(services["ทุกงานรวมกัน"][0].replace(",", ""))


def test_a_period_within_one_month_has_no_table_of_months(manager: FlaskClient) -> None:
    assert look(manager, SEPTEMBER).find(".//section[@aria-labelledby='months']") is None


def test_a_division_shows_its_services_and_their_total(
    september: Office, manager: FlaskClient
) -> None:
    every = table(look(manager, SEPTEMBER), "services")
    page = look(manager, f"{SEPTEMBER}&of=division-khlang")
    own = table(page, "services")
    finance = next(d.id for d in september.reads.divisions() if d.code == "khlang")
    names = [s.name.th for s in september.reads.services() if s.division_id == finance]
    assert list(own) == [*names, "ทุกงานรวมกัน"]
    assert all(own[name] == every[name] for name in names)
    issued = sum(int(own[name][0]) for name in names)
    assert int(own["ทุกงานรวมกัน"][0]) == issued
    ids = {s.id for s in september.reads.services() if s.division_id == finance}
    waits = [
        (s.first_called_at - s.issued_at) // 1000 / 60
        for s in raw(september, "steps")
        if s.service_id in ids and s.first_called_at
    ]
    assert shown_as(own["ทุกงานรวมกัน"][4], float(np.percentile(waits, 50)))
    assert "กองคลัง" in words(page.find(".//p[@class='report__period']"))  # type: ignore[arg-type]


def test_a_service_alone_has_the_numbers_it_has_among_all(manager: FlaskClient) -> None:
    every = look(manager, SEPTEMBER)
    alone = look(manager, f"{SEPTEMBER}&of=service-land-tax")
    name = "ชำระภาษีที่ดินและสิ่งปลูกสร้าง"
    assert list(table(alone, "services")) == [name]
    assert table(alone, "services")[name] == table(every, "services")[name]
    shown, among_all = table(alone, "satisfaction"), table(every, "satisfaction")
    assert shown[name][:5] == among_all[name][:5]


def test_today_shows_what_happened_since_the_morning(small_office: Office) -> None:
    manager = small_office.signed_in(Role.MANAGER)
    small_office.issue("birth")
    small_office.clock.minutes(7)
    small_office.call_next()
    page = look(manager, "/reports/?length=today")
    top = kpis(page)
    assert top["รับบริการแล้ว"].startswith("0 ราย ออกบัตร 1 ใบ")
    assert top["เวลารอ ค่ากลาง"].startswith("7.0 นาที")
    assert top["เสร็จในเวลามาตรฐาน"] == "ยังไม่มีงานที่เสร็จ"
    assert top["พอใจมากและมากที่สุด"] == "ยังไม่มีผู้ตอบ"


def test_what_was_issued_in_error_is_not_counted(small_office: Office) -> None:
    small_office.issue("birth")
    wrong = small_office.issue("birth")
    small_office.desk.cancel(wrong.ticket.id, "duplicate", PROGRAM, Outcome.ISSUED_IN_ERROR)
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=today")
    assert table(page, "services")["แจ้งเกิด"][0] == "1"


def test_an_empty_period_says_so_and_shows_no_zeros(small_office: Office) -> None:
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=year&period=2560")
    assert "ช่วงเวลานี้ยังไม่มีบัตรคิว" in text_of(page)
    assert page.find(".//dl[@class='kpis']") is None
    assert page.find(".//table") is None


# ---------------------------------------------------------------- what is hidden


def press(
    office: Office,
    code: str,
    times: int,
    flag: str | None = None,
    score: int = 5,
    day: str = "2026-10-01",
) -> None:
    """So many opinions of a service (none, where it has no code), given on one day."""
    service_id = office.service(code).id if code else None
    with office.store.writing() as db:
        taken = len(list(db.execute(schema.presses.select())))
        for number in range(times):
            db.execute(
                schema.presses.insert().values(
                    office_id=office.id,
                    id=taken + number + 1,
                    at=office.clock(),
                    day=day,
                    score=score,
                    channel="device",
                    service_id=service_id,
                    source="test",
                    reasons="[]",
                    flag=flag,
                )
            )


def rated(office: Office) -> FlaskClient:
    """Three services were rated: one by 4, one by 9, one by 20 people."""
    for code, times in (("birth", 4), ("death", 9), ("move", 20)):
        office.issue(code)
        press(office, code, times, score=4)
    return office.signed_in(Role.MANAGER)


def test_a_small_cell_is_hidden_in_words_and_a_second_one_protects_it(small_office: Office) -> None:
    page = look(rated(small_office), "/reports/?length=today")
    cells = table(page, "satisfaction")
    assert cells["แจ้งเกิด"] == [HIDDEN]
    assert cells["แจ้งตาย"] == [HIDDEN], "33 less 20 less 9 would tell the four"
    assert cells["แจ้งย้ายที่อยู่"][0].startswith("100.0 ")
    assert "n 33" in cells["ทุกงานรวมกัน"][0]
    part = page.find(".//section[@aria-labelledby='satisfaction']")
    assert not re.search(r"\bn (4|9|13|24|29)\b", words(part))  # type: ignore[arg-type]


def test_a_division_adds_up_only_what_is_shown(small_office: Office) -> None:
    page = look(rated(small_office), "/reports/?length=today&of=division-palad")
    assert "n 20 เฉพาะงานที่แสดงได้" in kpis(page)["พอใจมากและมากที่สุด"]
    assert "ทุกงานรวมกัน" not in table(page, "satisfaction")


def test_a_hidden_service_asked_for_alone_stays_hidden(small_office: Office) -> None:
    page = look(rated(small_office), "/reports/?length=today&of=service-death")
    assert kpis(page)["พอใจมากและมากที่สุด"] == HIDDEN
    assert table(page, "satisfaction")["แจ้งตาย"] == [HIDDEN]


def test_the_office_sets_how_few_are_too_few(small_office: Office) -> None:
    client = rated(small_office)
    with small_office.store.writing() as db:
        kept = small_office.reads.settings()
        few = kept.settings.satisfaction.model_copy(update={"suppress_below_internal": 3})
        changed = kept.model_copy(
            update={"settings": kept.settings.model_copy(update={"satisfaction": few})}
        )
        db.execute(schema.offices.update().values(settings=changed.text()))
    page = look(client, "/reports/?length=today")
    assert "n 4" in table(page, "satisfaction")["แจ้งเกิด"][0]


def test_flagged_answers_are_left_out_and_counted_beside(small_office: Office) -> None:
    small_office.issue("birth")
    press(small_office, "birth", 10, score=5)
    press(small_office, "birth", 3, score=1, flag="burst")
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=today")
    assert "n 10" in table(page, "satisfaction")["แจ้งเกิด"][0]
    assert "ไม่นับคำตอบที่มีข้อสังเกต 3 ราย" in text_of(page)
    details = page.find(".//details")
    assert details is not None
    rows = [[words(cell) for cell in row] for row in details.iter("tr")]
    together = ["แจ้งเกิด", "ภาพรวม", "ทุกช่องทางรวมกัน", "10", "5.00", "0.00", "100.0"]
    assert any(row[:7] == together and row[-1] == "3" for row in rows)


def test_services_channels_and_aspects_stand_with_and_without_flagged_ones(
    small_office: Office,
) -> None:
    small_office.issue("birth")
    press(small_office, "birth", 10)
    press(small_office, "birth", 6, flag="burst", score=1)
    press(small_office, "death", 20)
    press(small_office, "move", 30)
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=today")
    found = table(page, "satisfaction", 2)
    assert found["แจ้งเกิด"] == ["100.0 (72.2–100.0) n 10", "6", "62.5 (38.6–81.5) n 16"]
    assert found["แจ้งตาย"][1:] == ["0", found["แจ้งตาย"][0]]
    assert found["เครื่องประเมินที่ช่องบริการ"][1:] == ["6", "90.9 (81.6–95.8) n 66"]
    assert found["ทุกงานรวมกัน"][2].endswith("n 66")


def test_a_few_flagged_ones_are_not_told_by_figures_with_them(small_office: Office) -> None:
    small_office.issue("birth")
    for code, flagged in (("birth", 2), ("death", 2), ("move", 9)):
        press(small_office, code, 20)
        press(small_office, code, flagged, flag="burst", score=1)
    page = look(small_office.signed_in(Role.MANAGER), "/reports/?length=today")
    found = table(page, "satisfaction", 2)
    hidden = {name for name, cells in found.items() if cells[2] == "ไม่แสดง"}
    assert hidden == {"แจ้งเกิด", "แจ้งตาย", "แจ้งย้ายที่อยู่"}, "13 less 9 are four people"


def test_who_named_no_service_stands_in_a_row_of_its_own(small_office: Office) -> None:
    client = rated(small_office)
    press(small_office, "", 12, score=2)
    page = look(client, "/reports/?length=today")
    assert table(page, "satisfaction")["ไม่ระบุงานบริการ"][0].startswith("0.0 (0.0–24.2) n 12")
    rows = read_csv(client, "/reports/satisfaction.csv?length=today")
    assert {row["n"] for row in rows if row["service_code"] == ""} == {"12"}
    one = look(client, "/reports/?length=today&of=service-move")
    assert "ไม่ระบุงานบริการ" not in table(one, "satisfaction")


def test_programs_and_the_page_of_the_same_days_hide_the_same(small_office: Office) -> None:
    rows = read_csv(rated(small_office), "/reports/satisfaction.csv?length=today")
    on_page = {(row["service_code"], row["channel"]): row["n"] for row in rows}
    api = Program(small_office, TokenRole.REPORTS).get("/figures?from=2026-10-01&to=2026-10-01")
    told = {(row["service_code"], row["channel"]): row for row in api["satisfaction"]}
    assert {key: str(row["n"] or "") for key, row in told.items()} == {
        key: n for key, n in on_page.items() if key[0] != "all"
    }
    assert told["death", "all"]["suppressed"], "33 on the page, less 20, less nine, are four"
    assert told["move", "all"]["with_flagged"]["n"] == 20


# ---------------------------------------------------------------- over time


def test_a_half_year_stands_against_the_one_before_and_month_by_month(
    small_office: Office,
) -> None:
    for code, before, now in (("birth", 5, 3), ("death", 5, 5), ("move", 3, 5)):
        press(small_office, code, 60, score=before, day="2026-02-02")
        press(small_office, code, 50, score=now, day="2026-05-04")
    press(small_office, "move", 30, score=5, day="2026-06-01")
    client = small_office.signed_in(Role.MANAGER)
    page = look(client, "/reports/?length=half&period=2569-2")
    found = {name: cells[-2:] for name, cells in table(page, "change").items()}
    assert found["แจ้งเกิด"][1] == "ลดลง"
    assert found["แจ้งตาย"][1] == "ไม่ต่างกันชัดเจน"
    assert found["แจ้งย้ายที่อยู่"][1] == "ดีขึ้น"
    assert found["แจ้งย้ายที่อยู่"][0].startswith("+100.0 (")
    assert found["ชำระค่าน้ำประปา"][1] == "เทียบไม่ได้"
    assert found["ทุกงานรวมกัน"][0].startswith("+5.6 (")
    months = table(page, "change", 1)
    assert list(months)[0::11] == ["ต.ค. 68", "ก.ย. 69"]
    assert months["ก.พ. 69"][0] == "66.7 (59.5–73.1) n 180"
    assert months["มิ.ย. 69"][0].endswith("n 30")
    one = look(client, "/reports/?length=half&period=2569-2&of=service-move")
    months = table(one, "change", 1)
    assert [months[name][0].split()[-1] for name in ("ก.พ. 69", "พ.ค. 69")] == ["60", "50"]
    assert list(table(one, "change")) == ["แจ้งย้ายที่อยู่"]
    year = look(client, "/reports/?length=year&period=2569")
    assert year.find(".//section[@aria-labelledby='change']") is None


def test_a_question_changed_within_the_period_is_told_and_marked(september: Office) -> None:
    client = september.signed_in(Role.MANAGER)
    page = look(client, SEPTEMBER)
    assert page.find(".//section[@aria-labelledby='questions']") is None
    asked = september.rooms.satisfaction.questionnaire()
    aspects = tuple(
        one.model_copy(update={"items": one.items[:1]}) if one.code == "staff" else one
        for one in asked.aspect
    )
    with september.store.writing() as db:
        first = db.execute(schema.questionnaires.select()).one()
        began = datetime(2026, 9, 16, tzinfo=BANGKOK)
        row = first._asdict() | {
            "id": first.id + 1,
            "version": first.version + 1,
            "body": asked.model_copy(update={"aspect": aspects}).model_dump_json(),
            "asked_from": int(began.timestamp() * 1000),
        }
        db.execute(schema.questionnaires.insert(), row)
        db.execute(
            schema.answers.update()
            .where(schema.answers.c.day >= "2026-09-16")
            .values(questionnaire_id=row["id"])
        )
    page = look(client, SEPTEMBER)
    versions = table(page, "questions")
    assert versions["แบบที่ 2"][0] == "16 กันยายน 2569"
    assert versions["แบบที่ 2"][2] == "เจ้าหน้าที่ผู้ให้บริการ"
    answers = sum(int(cells[1]) for cells in versions.values())
    assert answers == len(raw(september, "answers"))
    heads = page.findall(".//section[@aria-labelledby='satisfaction']//table[1]/thead//th")
    assert [words(head) for head in heads if "*" in words(head)][:1] == ["เจ้าหน้าที่ผู้ให้บริการ*"]
    rows = read_csv(client, "/reports/satisfaction.csv?length=month&period=2026-09")
    assert {row["aspect"] for row in rows if row["questions_changed"] == "true"} == {"staff"}


# ---------------------------------------------------------------- files


def read_csv(client: FlaskClient, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark"
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))


def test_the_services_file_holds_unrounded_numbers_under_machine_names(
    september: Office, manager: FlaskClient
) -> None:
    rows = read_csv(manager, "/reports/services.csv?length=month&period=2026-09")
    steps = raw(september, "steps")
    assert [row["service_code"] for row in rows] == [s.code for s in september.reads.services()]
    for row, service in zip(rows, september.reads.services(), strict=True):
        own = [s for s in steps if s.service_id == service.id and s.first_called_at]
        waits = [(s.first_called_at - s.issued_at) // 1000 for s in own]
        assert float(row["wait_p95_s"]) == pytest.approx(float(np.percentile(waits, 95)))
        assert 0 <= float(row["within_standard"]) <= 1
        assert row["note"] == "ข้อมูลจำลอง"


def test_an_office_that_is_no_demo_has_no_note_in_its_files(sqlite_store: Store) -> None:
    office = Office(sqlite_store, demo=False)
    answer = office.signed_in(Role.MANAGER).get("/reports/services.csv")
    assert "note" not in answer.text.splitlines()[0]


def test_the_satisfaction_file_leaves_hidden_numbers_empty(small_office: Office) -> None:
    rows = read_csv(rated(small_office), "/reports/satisfaction.csv?length=today")
    by_code = {row["service_code"]: row for row in rows if row["channel"] == "all"}
    for code in ("birth", "death"):
        row = by_code[code]
        assert row["suppressed"] == "true"
        assert {row[name] for name in ("n", "mean", "sd", "percent", "top2", "top2_low")} == {""}
    assert by_code["move"]["n"] == "20"
    assert by_code["all"]["n"] == "33"


# ---------------------------------------------------------------- periods


def period_line(client: FlaskClient, parameters: str) -> str:
    line = look(client, f"/reports/?{parameters}").find(".//p[@class='report__period']")
    assert line is not None
    return words(line)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("length=half&period=2569-1", "ครึ่งปีแรก ปีงบประมาณ 2569 1 ต.ค. 68 – 31 มี.ค. 69"),
        ("length=half&period=2569-2", "ครึ่งปีหลัง ปีงบประมาณ 2569 1 เม.ย. 69 – 30 ก.ย. 69"),
        ("length=quarter&period=2570-1", "ไตรมาส 1 ปีงบประมาณ 2570 1 ต.ค. 69 – 31 ธ.ค. 69"),
        ("length=quarter&period=2567-2", "ไตรมาส 2 ปีงบประมาณ 2567 1 ม.ค. 67 – 31 มี.ค. 67"),
        ("length=year&period=2569", "ปีงบประมาณ 2569 1 ต.ค. 68 – 30 ก.ย. 69"),
        ("length=month&period=2024-02", "กุมภาพันธ์ 2567 1 ก.พ. 67 – 29 ก.พ. 67"),
        ("length=own&from=2026-03-16&to=2026-03-20", "กำหนดเอง 16 มี.ค. 69 – 20 มี.ค. 69"),
        ("length=own&from=2569-03-16&to=2569-03-20", "กำหนดเอง 16 มี.ค. 69 – 20 มี.ค. 69"),
        ("length=own&from=2567-02-29&to=2567-02-29", "กำหนดเอง 29 ก.พ. 67"),
        ("length=half&period=2569-1&lang=en", "First half, fiscal year 2026 1 Oct 2025 – "),
        ("length=today", "วันนี้ 1 ต.ค. 69"),
    ],
)
def test_a_period_is_named_and_dated(small_office: Office, parameters: str, expected: str) -> None:
    client = small_office.signed_in(Role.MANAGER)
    assert period_line(client, parameters).startswith(expected)


def test_a_new_half_year_is_shown_from_its_second_day(small_office: Office) -> None:
    assert "ครึ่งปีหลัง ปีงบประมาณ 2569" in period_line(small_office.signed_in(Role.MANAGER), "")
    small_office.clock.minutes(24 * 60)
    assert "ครึ่งปีแรก ปีงบประมาณ 2570" in period_line(small_office.signed_in(Role.MANAGER), "")


@pytest.mark.parametrize(
    ("length", "first", "last"),
    [
        ("half", "ครึ่งปีแรก ปีงบประมาณ 2570", "ครึ่งปีหลัง ปีงบประมาณ 2566"),
        ("quarter", "ไตรมาส 1 ปีงบประมาณ 2570", "ไตรมาส 2 ปีงบประมาณ 2567"),
        ("month", "ตุลาคม 2569", "พฤศจิกายน 2567"),
        ("year", "ปีงบประมาณ 2570", "ปีงบประมาณ 2565"),
    ],
)
def test_periods_are_offered_newest_first(
    small_office: Office, length: str, first: str, last: str
) -> None:
    page = look(small_office.signed_in(Role.MANAGER), f"/reports/?length={length}")
    offered = [words(option) for option in page.findall(".//select[@id='period']/option")]
    assert (offered[0], offered[-1]) == (first, last)
    assert len(set(offered)) == len(offered)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("length=own&from=2026-03-20&to=2026-03-16", "วันสุดท้ายอยู่ก่อนวันแรก"),
        ("length=own&from=2026-03-20", "กรุณาใส่วันที่ให้ครบ"),
        ("length=own&from=2026-02-30&to=2026-03-16", "กรุณาใส่วันที่ให้ครบ"),
        ("length=own&from=๒๕๖๙-๐๓-๑๖&to=2026-03-16", "กรุณาใส่วันที่ให้ครบ"),
        ("length=own&from=2020-01-01&to=2026-01-01", "ช่วงเวลายาวเกินสองปี"),
        ("length=own&from=1200-01-01&to=1200-02-01", "วันที่อยู่ไกลเกินไป"),
        ("length=year&period=9999", "วันที่อยู่ไกลเกินไป"),
        ("length=half&period=2569-3", "ไม่มีช่วงเวลาแบบนี้"),
        ("length=month&period=2026-13", "ไม่มีช่วงเวลาแบบนี้"),
        ("length=century", "ไม่มีช่วงเวลาแบบนี้"),
        ("of=service-nothing", "ไม่มีงานบริการหรือกองนี้"),
        ("of=division-", "ไม่มีงานบริการหรือกองนี้"),
    ],
)
@pytest.mark.parametrize("file", ["", "services.csv", "satisfaction.csv"])
def test_what_cannot_be_meant_is_refused_with_the_chooser_at_hand(
    small_office: Office, parameters: str, sentence: str, file: str
) -> None:
    answer = small_office.signed_in(Role.MANAGER).get(f"/reports/{file}?{parameters}")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "แสดงรายงาน" in answer.text


rubbish = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "2569-1", "2569", "2026-03", "2026-03-16", "0000-00-00", "9999-12"]),
    st.from_regex(r"[0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?", fullmatch=True),
)
lengths = st.one_of(
    st.text(max_size=8), st.sampled_from(["today", "month", "quarter", "half", "year", "own"])
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "length": lengths,
            "period": rubbish,
            "from": rubbish,
            "to": rubbish,
            "of": st.one_of(rubbish, st.sampled_from(["service-birth", "division-khlang"])),
            "lang": st.sampled_from(["th", "en", "xx", ""]),
            "_scheme": rubbish,
            "endpoint": rubbish,
        },
    )
)
@example({"length": "month", "period": "9999-12"})
@example({"length": "year", "period": "0001"})
@example({"length": "own", "from": "9999-12-31", "to": "9999-12-31"})
def test_no_parameter_whatever_breaks_the_page(
    small_office: Office, parameters: dict[str, str]
) -> None:
    client = small_office.signed_in(Role.MANAGER)
    answer = client.get("/reports/", query_string=parameters)
    assert answer.status_code in (200, 422), parameters


# ---------------------------------------------------------------- who may, and what never happens

PAGES = ["/reports/", "/reports/method", "/reports/services.csv", "/reports/satisfaction.csv"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("url", PAGES)
def test_managers_auditors_and_administrators_read_others_do_not(
    small_office: Office, role: Role, url: str
) -> None:
    status = small_office.signed_in(role).get(url).status_code
    assert status == (200 if role in roles.REPORTS else 403)


@pytest.mark.parametrize("url", PAGES)
def test_strangers_and_devices_are_sent_to_the_sign_in(small_office: Office, url: str) -> None:
    assert small_office.app.test_client().get(url).status_code == 303
    assert small_office.device(DeviceKind.KIOSK).get(url).status_code in (303, 403)


def test_reading_reports_changes_no_row(september: Office) -> None:
    auditor = september.signed_in(Role.AUDITOR)
    before = september.contents()
    for url in [*PAGES, SEPTEMBER, "/reports/?length=own&from=x"]:
        auditor.get(url)
    assert september.contents() == before
    for rule in september.app.url_map.iter_rules():
        if rule.endpoint.startswith("reports."):
            assert rule.methods is not None
            assert rule.methods <= {"GET", "HEAD", "OPTIONS"}


def test_no_officer_is_named_nor_counted(september: Office, manager: FlaskClient) -> None:
    page = look(manager, SEPTEMBER)
    main = page.find(".//main")
    assert main is not None
    for person in raw(september, "staff"):
        if person.role == Role.OFFICER:
            assert person.name_th not in words(main)
            assert person.username not in words(main)


def test_a_demo_office_says_so(manager: FlaskClient) -> None:
    for url in (SEPTEMBER, "/reports/method", "/reports/?length=today"):
        assert "ข้อมูลจำลอง" in text_of(look(manager, url))


def test_the_method_page_defines_every_column_in_both_languages(small_office: Office) -> None:
    page = look(small_office.signed_in(Role.AUDITOR), "/reports/method")
    text = text_of(page)
    for name in ("issued", "served", "abandoned", "no_show", "within_standard", "top2", "p90"):
        assert name in text
    for one in page.iter("dl"):
        for definition in one.findall("div"):
            assert len(definition.findall("dd")) == 2
            english = definition.find("dd[@lang='en']")
            assert english is not None
            assert not re.search(r"[\u0e00-\u0e7f]", words(english))
    assert "ไม่ถึง 5 ราย" in text


def test_the_english_page_has_no_thai_words_and_common_years(manager: FlaskClient) -> None:
    for url in (f"{SEPTEMBER}&lang=en", "/reports/?length=year&lang=en", "/reports/?lang=en"):
        page = look(manager, url)
        text = text_of(page).replace("ภาษาไทย", "")
        assert not re.findall(r"[\u0e00-\u0e7f]+", text)
        assert "2569" not in text
