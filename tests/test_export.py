"""`khiu export`: the rows behind the figures, whole, and leading back to nobody."""

import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from server.cli import run
from server.domain.order import Priority
from server.domain.roles import Role, TokenRole
from server.domain.ticket import Outcome
from server.domain.wish import Actor
from server.exporting.export import export
from server.exporting.spans import Spans
from server.figures import Figures, Report
from server.simulation import simulate
from server.store import exported as exported_rows
from server.store import offices
from server.store.engine import Store
from server.store.exported import MOMENTS
from tests import recounted
from tests.office import PROGRAM, Office, demo_file
from tests.pages import look, text_of
from tests.server import FILE
from tests.test_cli import misused, refused
from tests.test_spans import ZONE, Visit, assert_no_time_points_at_few
from tests.test_survey import token_of

Said = pytest.CaptureFixture[str]
Rows = list[dict[str, Any]]
COMMAND = Actor("command")
MONTH = (date(2026, 1, 16), date(2026, 2, 15))  # half of one, half of the next
THE_DAY = (date(2026, 10, 1), date(2026, 10, 1))  # of the tests' clock
COLUMNS = {  # contract section 6
    "services": "id, code, name_th, standard_minutes",
    "tickets": "id, number, day, priority, channel, language, issued_at",
    "steps": (
        "id, ticket_id, service_id, counter_id, state, outcome, queue_at, issued_at, slot_at, "
        "first_called_at, called_at, started_at, ended_at"
    ),
    "events": "ticket_id, step_id, at, kind, counter_id, reason",
    "answers": "response_id, service_id, item, aspect, score, channel, at, flag",
}


def exported(office: Office, to: Path, period: tuple[date, date] = THE_DAY) -> Path:
    export(office.store, office.id, *period, to, COMMAND, office.clock())
    return to


def asked(file: Path, query: str) -> Rows:
    with closing(sqlite3.connect(file)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Month:
    """A simulated month's export, and what the office's own pages say of it."""

    file: Path
    again: Path  # the same period, exported once more
    store: Store
    office_id: int


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    assert run(["init", "--data", str(folder), "--office", str(FILE)]) == 0
    store = Store(f"sqlite:///{folder}/khiu.db")
    with store.reading() as db:
        office_id = offices.find(db, None)
    simulate(store, office_id, *MONTH, 7, 25)
    for name in ("a.db", "b.db"):
        export(store, office_id, *MONTH, folder / name, COMMAND, 1_780_000_000_000)
    yield Month(folder / "a.db", folder / "b.db", store, office_id)
    store.close()


def a_day(office: Office) -> Office:
    """With a little of everything."""
    call = office.app.test_client()
    for score in (5, 4, 5, 3, 1, 2):
        ticket_id = office.serve().ticket.id
        body = {"answers": {"overall": score, "p1": 5, "p2": score}, "comment": "ความเห็นลับ"}
        assert (
            call.post(f"/api/v1/surveys/{token_of(office, ticket_id)}", json=body).status_code
            == 201
        )
        office.clock.minutes(20)
    bearer, place = office.bearer(), {"counter_id": str(office.counter("1").id)}
    for score in (5, 1):  # the second one a moment after the first
        press = {"score": score, "channel": "device", **place}
        assert call.post("/api/v1/ratings", json=press, headers=bearer).status_code == 201
    office.issue(priority=Priority.ELDERLY)
    called = office.call_next()
    assert called is not None
    office.clock.minutes(3)
    office.desk.transfer(called.ticket.id, PROGRAM, service_id=office.service("land-tax").id)
    left, mistaken = office.issue("waste-fee"), office.issue("waste-fee")
    office.desk.cancel(left.ticket.id, "นายสมมุติ เบอร์ 0812345678", PROGRAM)
    office.desk.cancel(mistaken.ticket.id, "duplicate", PROGRAM, Outcome.ISSUED_IN_ERROR)
    office.issue("birth", more=("land-tax",))
    office.desk.close_day(PROGRAM)
    return office


# ---------------------------------------------------------------- what is in it


def test_tables_and_columns_are_the_contracts(month: Month) -> None:
    names = {row["name"] for row in asked(month.file, "SELECT * FROM sqlite_master")}
    assert set(COLUMNS) | {"about"} <= names
    for table, columns in COLUMNS.items():
        (first, *_) = asked(month.file, f"SELECT * FROM {table} LIMIT 1")
        assert ", ".join(first) == columns
    for table in ("tickets", "steps", "events", "answers"):
        for name in (name for name in COLUMNS[table].split(", ") if name.endswith("at")):
            for row in asked(month.file, f"SELECT {name} AS at FROM {table} WHERE {name} > ''"):
                assert len(row["at"]) == 29 and row["at"][10] == "T" and row["at"][-6:] == "+07:00"


def test_every_figure_can_be_told_again_from_the_rows(office: Office, tmp_path: Path) -> None:
    file = exported(a_day(office), tmp_path / "day.db")
    figures_agree(office.store, office.id, file, THE_DAY)
    bearer = office.bearer(TokenRole.REPORTS)
    url = "/api/v1/figures?from=2026-10-01&to=2026-10-01"
    told = office.app.test_client().get(url, headers=bearer).get_json()
    birth = next(row for row in told["services"] if row["service_code"] == "birth")
    recounted.same(birth, recounted.services(file)["birth"])


def test_a_month_can_be_told_again_from_the_rows(month: Month) -> None:
    shown = figures_agree(month.store, month.office_id, month.file, MONTH)
    assert shown > 40


def test_the_satisfaction_of_each_month_can_be_told_again(month: Month) -> None:
    for period in ((MONTH[0], date(2026, 1, 31)), (date(2026, 2, 1), MONTH[1])):
        report = Figures(month.store, month.office_id).between(*period, suppress_below=1)
        said = recounted.satisfaction(month.file, f"{period[0]:%Y-%m}")
        assert satisfaction_agrees(report, said) > 10


def figures_agree(store: Store, office_id: int, file: Path, period: tuple[date, date]) -> int:
    """How many cells of satisfaction were compared; those that are hidden are not."""
    report = Figures(store, office_id).between(*period, suppress_below=1)
    queue, said = recounted.services(file), recounted.satisfaction(file)
    assert len(queue) == len(report.services) + 1
    for row in (*report.services, report.total):
        recounted.same(_fields(row), queue[row.service_code])
    for name in ("issued", "served", "abandoned", "no_show"):
        each = [row[name] for code, row in queue.items() if code != recounted.ALL]
        assert sum(each) == queue[recounted.ALL][name]
    return satisfaction_agrees(report, said)


def satisfaction_agrees(report: Report, said: dict[tuple[str, str, str], dict[str, Any]]) -> int:
    """How many cells were compared."""
    shown = [row for row in report.satisfaction_with_totals if not row.suppressed]
    for one in (*shown, *(row for row in report.satisfaction if not row.suppressed)):
        recounted.same(_fields(one), said[one.service_code, one.channel, one.aspect])
    assert {(r.service_code, r.channel, r.aspect) for r in report.satisfaction_with_totals} == set(
        said
    )
    return len(shown)


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def test_a_step_never_begun_and_a_day_beyond_the_period_are_left_out(
    small_office: Office, tmp_path: Path
) -> None:
    ticket_id = small_office.issue("birth", more=("land-tax", "waste-fee")).ticket.id
    small_office.call_next()
    small_office.desk.finish(ticket_id, PROGRAM)
    file = exported(small_office, tmp_path / "day.db")
    steps = asked(file, "SELECT * FROM steps")
    assert {row["ticket_id"] for row in steps} == {
        row["id"] for row in asked(file, "SELECT * FROM tickets")
    }
    assert [row["state"] for row in steps] == ["done", "waiting"]
    small_office.clock.minutes(24 * 60)
    small_office.serve()
    assert steps == asked(exported(small_office, tmp_path / "later.db"), "SELECT * FROM steps")
    day = (date(2026, 10, 2), date(2026, 10, 2))
    next_day = exported(small_office, tmp_path / "next.db", day)
    assert [row["number"] for row in asked(next_day, "SELECT * FROM tickets")] == ["A001"]


# ---------------------------------------------------------------- who is not in it


def test_reasons_are_codes_flags_have_names_and_nobodys_words_are_there(
    small_office: Office, tmp_path: Path
) -> None:
    file = exported(a_day(small_office), tmp_path / "day.db")
    reasons = Counter(row["reason"] for row in asked(file, "SELECT * FROM events"))
    del reasons[None]
    assert reasons == {"other": 1, "duplicate": 1, "day_end": 2}
    answers = asked(file, "SELECT * FROM answers")
    presses = [row for row in answers if row["channel"] == "device"]
    assert [(row["item"], row["aspect"]) for row in presses] == [("overall", "overall")] * 2
    assert {row["flag"] for row in presses} == {None, "burst"}
    assert len({row["response_id"] for row in answers}) == 6 + 2
    whole = file.read_bytes()
    for text in personal(small_office):
        assert text.encode() not in whole, text


def personal(office: Office) -> Iterator[str]:
    """Names, words, keys, and the ids of what was said."""
    yield from ("สมมุติ", "0812345678", "ความเห็นลับ")
    for person in demo_file().staff:
        yield from (person.name.th, person.name.en)
    stored = office.contents()
    for row in stored["offices"]:
        yield row.secret  # type: ignore[attr-defined]
    for name in ("answers", "presses"):
        yield from (str(row.id) for row in stored[name])  # type: ignore[attr-defined]
    yield from (row.track_hash for row in stored["tickets"])  # type: ignore[attr-defined]
    yield from (row.token_hash for row in stored["survey_tokens"])  # type: ignore[attr-defined]


def test_answers_join_with_no_other_row_but_by_their_service(month: Month) -> None:
    """Whatever column is laid beside whatever other one."""
    answers = columns(month.file, "answers")
    service = answers.pop("service_id")
    assert service <= columns(month.file, "services")["id"]
    for table in set(COLUMNS) - {"answers"}:
        for theirs, values in columns(month.file, table).items():
            for ours, mine in answers.items():
                assert not mine & values, f"answers.{ours} joins {table}.{theirs}"


def columns(file: Path, table: str) -> dict[str, set[Any]]:
    rows = asked(file, f"SELECT * FROM {table}")
    return {
        name: {row[name] for row in rows if isinstance(row[name], str)}
        for name in COLUMNS[table].split(", ")
    }


def test_no_time_of_an_answer_points_at_few_visits(month: Month) -> None:
    """Neither to who looks for them by hour, nor to who knows which hours are told as the day."""
    with month.store.reading() as db:
        period = (month.office_id, *MONTH)
        spans = Spans(exported_rows.visits_of(db, *period), MONTH[0], ZONE)
        given = {row.id: row for row in exported_rows.answers_of(db, *period)}
        said = [*given.values(), *exported_rows.presses_of(db, *period)]
    told = Counter(
        (str(row.service_id), spans.began(row.service_id, row.at).isoformat("T", "milliseconds"))
        for row in said
    )
    query = "SELECT DISTINCT response_id, service_id, at FROM answers"
    assert Counter((row["service_id"], row["at"]) for row in asked(month.file, query)) == told
    back = assert_no_time_points_at_few(spans, visits(month.file), MONTH)
    assert {timedelta(), timedelta(hours=10), timedelta(days=10, hours=10)} <= back
    for name in ("issued_at", "called_at", "coalesce(started_at, called_at)", "ended_at"):
        joined = f"""
            SELECT count(*) AS n FROM answers JOIN steps USING (service_id)
            WHERE substr({name}, 1, 13) = substr(at, 1, 13) AND outcome = 'served'
            GROUP BY response_id, item"""
        assert all(row["n"] >= 5 for row in asked(month.file, joined)), name


def visits(file: Path) -> list[Visit]:
    """The moments of `MOMENTS` of who was served."""
    names = "issued_at, called_at, coalesce(started_at, called_at) AS started, ended_at"
    rows = asked(file, f"SELECT service_id, {names} FROM steps WHERE outcome = 'served'")
    found = (
        (int(row.pop("service_id")), map(datetime.fromisoformat, row.values())) for row in rows
    )
    return [
        (who, dict(zip(MOMENTS, (at.astimezone(ZONE) for at in had), strict=True)))
        for who, had in found
    ]


def test_answers_lie_in_no_order_of_time_and_know_no_more_than_the_hour(month: Month) -> None:
    rows = asked(month.file, "SELECT rowid, response_id, at FROM answers ORDER BY rowid")
    hours = list({row["response_id"]: row["at"] for row in rows}.values())
    assert len(hours) > 200
    ranks = [sorted(hours).index(at) for at in hours]
    # Of numbers in no order, this is 0 give or take 1 / √n.
    assert abs(correlation(ranks)) < 6 / len(ranks) ** 0.5
    assert all(at[13:] == ":00:00.000+07:00" for at in hours)


def correlation(ranks: list[int]) -> float:
    return float(np.corrcoef(ranks, range(len(ranks)))[0, 1])


def test_the_same_period_again_has_the_same_rows_and_other_respondents(month: Month) -> None:
    for table in ("services", "tickets", "steps", "events"):
        query = f"SELECT * FROM {table}"
        assert asked(month.file, query) == asked(month.again, query)
    first, second = respondents(month.file), respondents(month.again)
    assert not first.keys() & second.keys()
    assert Counter(first.values()) == Counter(second.values())


def respondents(file: Path) -> dict[str, frozenset[tuple[Any, ...]]]:
    """What each said, by the export's own id."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    for row in asked(file, "SELECT * FROM answers"):
        said = tuple(value for name, value in row.items() if name != "response_id")
        found.setdefault(row["response_id"], set()).add(said)
    return {who: frozenset(said) for who, said in found.items()}


# ---------------------------------------------------------------- how it is made


def test_an_export_is_of_one_moment_while_others_write(office: Office, tmp_path: Path) -> None:
    served, over = Event(), Event()

    def serve() -> None:
        while not over.is_set():
            office.serve()
            served.set()

    officer = Thread(target=serve)
    officer.start()
    try:
        files = []
        for nth in range(3):
            served.clear()
            files.append(exported(office, tmp_path / f"{nth}.db"))
            assert served.wait(60)
    finally:
        over.set()
        officer.join()
    for file in files:
        assert_of_one_moment(file)
    (first, _, last) = (len(asked(file, "SELECT * FROM tickets")) for file in files)
    assert first < last


def assert_of_one_moment(file: Path) -> None:
    leads_to = {"issued": "waiting", "called": "called", "finished": "done"}
    query = "SELECT step_id, kind FROM events ORDER BY rowid"
    told = {row["step_id"]: leads_to[row["kind"]] for row in asked(file, query)}
    assert told == {row["id"]: row["state"] for row in asked(file, "SELECT * FROM steps")}
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def data(small_office: Office, tmp_path: Path) -> Path:
    """The data directory of a demo office on SQLite where somebody was served."""
    small_office.serve()
    return tmp_path


def test_the_command_writes_down_who_exported_what(
    data: Path, small_office: Office, capsys: Said
) -> None:
    out = data / "exports" / "rows.db"
    out.parent.mkdir()
    period = ("--from", "2025-10-01", "--to", "2026-12-31")
    assert run(["export", "--data", str(data), *period, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{out} holds the rows from 2025-10-01 to 2026-12-31: services ")
    assert "tickets 1, steps 1, events 3, answers 0" in said
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert list(out.parent.iterdir()) == [out]
    about = {row["key"]: row["value"] for row in asked(out, "SELECT * FROM about")}
    assert about["data"] == "ข้อมูลจำลอง · Simulated data"
    assert (about["from"], about["to"]) == ("2025-10-01", "2026-12-31")
    (line,) = small_office.contents()["audit"]
    assert (line.actor, line.action) == ("command", "rows.exported")  # type: ignore[attr-defined]
    page = text_of(look(small_office.signed_in(Role.AUDITOR), "/manage/history"))
    assert "ส่งออกข้อมูลรายรายการเพื่อการตรวจสอบภายใน2025-10-01 – 2026-12-31" in page


def test_a_real_office_is_not_called_simulated(sqlite_store: Store, tmp_path: Path) -> None:
    file = exported(Office(sqlite_store, demo=False), tmp_path / "rows.db")
    assert "data" not in {row["key"] for row in asked(file, "SELECT * FROM about")}
    assert len(asked(file, "SELECT * FROM services")) == len(demo_file().service)
    assert all(asked(file, f"SELECT * FROM {table}") == [] for table in ("steps", "answers"))


def test_no_file_is_written_over_and_nothing_is_logged_for_it(
    data: Path, small_office: Office, capsys: Said
) -> None:
    out = data / "there.db"
    out.write_text("kept")
    words = ("export", "--data", data, "--from", "2026-01-01", "--to", "2026-12-31", "--out")
    assert "there already" in refused(capsys, *words, out)
    assert out.read_text() == "kept"
    assert "nowhere" in refused(capsys, *words, data / "nowhere" / "rows.db")
    assert small_office.contents()["audit"] == []


def test_what_cannot_be_asked_for_is_one_clear_line(
    data: Path, small_office: Office, capsys: Said
) -> None:
    out = data / "rows.db"

    def words(first: str, last: str, *more: str) -> tuple[str | Path, ...]:
        return ("export", "--data", data, "--from", first, "--to", last, "--out", out, *more)

    assert "31 March is no date" in misused(capsys, *words("31 March", "2026-03-31"))
    assert "2026-02-30 is no date" in misused(capsys, *words("2026-02-01", "2026-02-30"))
    assert "before" in refused(capsys, *words("2026-03-31", "2026-03-01"), code=2)
    assert "yet to come" in refused(capsys, *words("2569-03-01", "2569-03-31"))
    assert "nowhere" in refused(capsys, *words("2026-03-01", "2026-03-31", "--office", "nowhere"))
    with small_office.store.writing() as db:
        other = demo_file().office.model_copy(update={"slug": "other"})
        offices.add(db, demo_file().model_copy(update={"office": other}), small_office.clock())
    assert "other" in refused(capsys, *words("2026-03-01", "2026-03-31"))
    assert not out.exists()
    assert run([*map(str, words("2026-01-01", "2026-12-31", "--office", "other"))]) == 0
    assert asked(out, "SELECT * FROM tickets") == []
    assert {row["slug"] for row in asked(out, "SELECT value AS slug FROM about")} >= {"other"}
