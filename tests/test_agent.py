"""`khiu-printer` as an office runs it: no slip is lost and none comes out twice, whoever dies."""

import json
import shutil
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from printers.agent import parser
from printers.agent_journal import Journal, JournalTaken, Report
from printers.agent_server import BadServer, Place
from server.access import Access
from server.domain.roles import TokenRole
from server.domain.wish import Actor
from server.house import House
from server.serving import unix_ms
from server.store import offices, schema
from server.store.engine import Store
from server.store.passes import typeable
from tests.agent import REPORTS, TAKES, Line, RunningAgent, agent, certificate, line_to, until
from tests.office import demo_file
from tests.paper import TcpPrinter, decode_qr
from tests.server import Running, serving

STAFF = Actor("staff", 1)


@dataclass
class Hall:
    """A real office and its server, which can be killed and started again on the same port."""

    data: Path
    stack: ExitStack
    store: Store
    running: Running = field(init=False)

    def __post_init__(self) -> None:
        with self.store.writing() as db:
            self.office_id = offices.add(db, demo_file(), unix_ms(), demo=False)
        self.house = House(self.store, unix_ms, lambda *_, **__: None)
        access = Access(self.store, unix_ms)
        self.bearer = access.add_token(self.office_id, "program", TokenRole.INTEGRATION)
        self.service_id = self.house.rooms(self.office_id).reads.services()[0].id
        self.start()

    def start(self, port: int = 0) -> None:
        self.running = self.stack.enter_context(serving(self.data, port=port))

    def is_killed(self) -> None:
        self.running.kill()
        self.start(self.running.port)

    def issue(self) -> Any:
        body = {"service_id": str(self.service_id)}
        status, ticket = self.running.ask("POST", "/api/v1/tickets", self.bearer, body)
        assert status == 201, ticket
        return ticket

    def slip(self, ticket: Any) -> str:
        return str(self.row(schema.tickets, id=int(ticket["id"])).slip_state)

    def row(self, table: Any, **where: object) -> Any:
        with self.store.reading() as db:
            wanted = (table.c[name] == value for name, value in where.items())
            return db.execute(table.select().where(*wanted)).one()

    def agent_printer(self, name: str) -> str:
        """Makes agent://NAME the office's only printer; returns a token for its agent."""
        unheard = {"url": f"agent://{name}", "problem": "agent_away", "seen_at": None}
        with self.store.writing() as db:
            db.execute(schema.printers.update().values(unheard))
            db.execute(schema.slip_jobs.update().values(state="none"))  # of the tests before
        return Access(self.store, unix_ms).add_token(self.office_id, name, TokenRole.PRINTER)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Hall]:
    data = tmp_path_factory.mktemp("agent") / "data"
    data.mkdir()
    shutil.copy(empty_sqlite, data / "khiu.db")
    store = Store(f"sqlite:///{data}/khiu.db")
    with ExitStack() as stack:
        yield Hall(data, stack, store)
    store.close()


@dataclass
class Kiosk:
    """One agent's printer, its line to the server and its journal."""

    hall: Hall
    printer: TcpPrinter
    line: Line
    token: str
    journal: Path

    def agent(self, journal: Path | None = None) -> AbstractContextManager[RunningAgent]:
        return agent(self.line.url, self.token, self.printer.url, journal or self.journal)

    def came_out(self, *tickets: Any) -> None:
        """These and no others: once each, in this order, and printed in the books."""
        for ticket in tickets:
            self.becomes(ticket, "printed")
        found = [decode_qr(slip.image()) for slip in self.printer.slips]
        assert found == [ticket["track_url"] for ticket in tickets]

    def becomes(self, ticket: Any, state: str) -> None:
        until(lambda: self.hall.slip(ticket) == state, f"{ticket['number']} {state}")

    def shows(self, problem: str | None) -> None:
        until(lambda: self.hall.row(schema.printers).problem == problem, str(problem))


@pytest.fixture
def kiosk(
    hall: Hall, printer: TcpPrinter, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Kiosk]:
    with line_to(hall.running.port) as line:
        bearer = hall.agent_printer(f"k{abs(hash(request.node.name))}")
        yield Kiosk(hall, printer, line, bearer, tmp_path / "journal.json")


def test_any_token_can_stand_behind_its_option() -> None:
    for _ in range(500):  # one in 64 would begin as an option does
        token = typeable()
        words = ["--server", "http://localhost", "--token", token]
        assert parser().parse_args(words).token == token


# ---------------------------------------------------------------- nobody dies


@pytest.mark.parametrize("sockets", [True, False], ids=["with a ring", "by long poll"])
def test_slips_come_out_in_their_order(kiosk: Kiosk, sockets: bool) -> None:
    kiosk.line.sockets = sockets
    early = kiosk.hall.issue()
    assert kiosk.hall.slip(early) == "queued"
    with kiosk.agent() as running:
        kiosk.came_out(early)
        if sockets:
            until(lambda: kiosk.line.open_sockets, "a websocket")
        later = [kiosk.hall.issue() for _ in range(3)]
        kiosk.came_out(early, *later)
        kiosk.shows(None)
        assert (running.end(), running.said()) == (0, "")


def test_trouble_and_its_end_are_at_the_server_within_five_seconds(kiosk: Kiosk) -> None:
    with kiosk.agent() as running:
        kiosk.shows(None)
        kiosk.printer.paper_out = True
        began = time.monotonic()
        kiosk.shows("paper_out")
        assert time.monotonic() - began < 20  # five on a quiet machine
        ticket = kiosk.hall.issue()
        kiosk.becomes(ticket, "failed")
        kiosk.printer.paper_out = False
        kiosk.came_out(ticket)
        kiosk.shows(None)
        assert running.said().splitlines()[-1] == "khiu-printer: the printer: well"


def test_an_agent_that_is_gone_is_shown_and_its_slips_wait(kiosk: Kiosk) -> None:
    with kiosk.agent() as running:
        kiosk.shows(None)
        assert running.end() == 0
    with kiosk.hall.store.writing() as db:  # ten seconds pass
        db.execute(schema.printers.update().values(seen_at=1))
    kiosk.shows("agent_away")
    ticket = kiosk.hall.issue()
    assert kiosk.hall.slip(ticket) == "queued"
    with kiosk.agent():
        kiosk.came_out(ticket)
        kiosk.shows(None)


@pytest.mark.parametrize("call", [TAKES, REPORTS], ids=["to take", "to report"])
def test_an_answer_that_is_lost_costs_no_slip_and_no_paper(kiosk: Kiosk, call: str) -> None:
    with kiosk.agent():
        kiosk.shows(None)
        kiosk.line.cuts_answer_to = call
        ticket = kiosk.hall.issue()
        until(lambda: any(" 200 " in answer for answer in kiosk.line.lost), "a lost answer")
        kiosk.line.cuts_answer_to = None
        kiosk.came_out(ticket)
        kiosk.came_out(ticket, kiosk.hall.issue())


def test_two_agents_with_one_token_share_the_slips(kiosk: Kiosk, tmp_path: Path) -> None:
    with kiosk.agent() as one, kiosk.agent(tmp_path / "other.json") as other:
        tickets = [kiosk.hall.issue() for _ in range(6)]
        kiosk.came_out(*tickets)
        assert (one.end(), other.end()) == (0, 0)


# ---------------------------------------------------------------- somebody dies


@pytest.mark.parametrize("moment", ["before the image", "amid the image", "before the report"])
def test_a_power_cut_at_the_kiosk(kiosk: Kiosk, moment: str) -> None:
    """Before the image: printed later. Begun: staff decide. Printed: known once it is back."""
    printer, ticket = kiosk.printer, kiosk.hall.issue()
    kiosk.line.cuts = REPORTS
    if moment == "amid the image":
        printer.stalls_after = 2048
    elif moment == "before the image":
        printer.silent_to = 1
    with kiosk.agent() as running:
        if moment == "before the image":
            kiosk.becomes(ticket, "printing")
        elif moment == "amid the image":
            until(lambda: printer.image_bytes, "image bytes")
        else:
            until(lambda: kiosk.line.lost, "a lost report")
        running.kill()
    begun = printer.image_bytes > 0
    assert begun == (moment != "before the image")
    printer.silent_to = printer.stalls_after = kiosk.line.cuts = None
    with kiosk.agent():
        if moment == "amid the image":
            kiosk.becomes(ticket, "uncertain")
            kiosk.came_out(kiosk.hall.issue())
        else:
            kiosk.came_out(ticket, kiosk.hall.issue())


def test_a_server_that_is_killed_at_every_point_of_a_slips_way(kiosk: Kiosk) -> None:
    with kiosk.agent() as running:
        kiosk.shows(None)
        kiosk.line.cuts_answer_to = TAKES
        handed = kiosk.hall.issue()
        kiosk.becomes(handed, "printing")
        kiosk.hall.is_killed()
        kiosk.line.cuts_answer_to = None
        kiosk.came_out(handed)

        kiosk.printer.pause_s = 0.1
        amid = kiosk.hall.issue()
        before = kiosk.printer.image_bytes
        until(lambda: kiosk.printer.image_bytes > before, "image bytes")
        kiosk.hall.is_killed()
        kiosk.printer.pause_s = 0
        kiosk.came_out(handed, amid)

        kiosk.line.cuts, kiosk.line.lost = REPORTS, []
        after = kiosk.hall.issue()
        until(lambda: kiosk.line.lost, "a lost report")
        kiosk.hall.is_killed()
        kiosk.line.cuts = None
        kiosk.came_out(handed, amid, after)
        assert running.end() == 0
    said = running.said()
    assert "waiting for the server" in said and "the server is back" in said
    assert said.count("waiting for the server") == said.count("the server is back")


def test_what_a_kiosk_had_in_hand_when_its_disk_died_is_left_to_staff(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    kiosk.printer.stalls_after = 2048
    ticket = kiosk.hall.issue()
    with kiosk.agent() as running:
        until(lambda: kiosk.printer.image_bytes, "image bytes")
        running.kill()
    kiosk.printer.stalls_after = None
    with kiosk.agent(tmp_path / "new disk.json"):
        behind = kiosk.hall.issue()
        kiosk.shows(None)
        assert (kiosk.hall.slip(ticket), kiosk.hall.slip(behind)) == ("printing", "queued")
        with kiosk.hall.store.writing() as db:  # two minutes pass
            jobs = schema.slip_jobs
            db.execute(jobs.update().where(jobs.c.state == "printing").values(leased_until=1))
        kiosk.becomes(ticket, "uncertain")
        kiosk.came_out(behind)


def test_what_staff_decided_stands_when_the_agent_comes_back(kiosk: Kiosk) -> None:
    kiosk.line.cuts = REPORTS
    said, again = kiosk.hall.issue(), None
    with kiosk.agent() as running:
        until(lambda: kiosk.line.lost, "a lost report")
        running.kill()
    with kiosk.hall.store.writing() as db:
        jobs = schema.slip_jobs
        db.execute(jobs.update().where(jobs.c.state == "printing").values(leased_until=1))
    kiosk.becomes(said, "uncertain")
    again = int(said["id"])
    kiosk.hall.house.rooms(kiosk.hall.office_id).paper.reprint(again, STAFF)
    kiosk.line.cuts = None
    with kiosk.agent():
        kiosk.came_out(said, said)  # a person's decision
        kiosk.came_out(said, said, kiosk.hall.issue())


def test_an_agent_that_is_stopped_ends_after_the_slip_in_hand(kiosk: Kiosk) -> None:
    kiosk.printer.pause_s = 0.05
    ticket = kiosk.hall.issue()
    with kiosk.agent() as running:
        until(lambda: kiosk.printer.image_bytes, "image bytes")
        assert running.end() == 0
    assert kiosk.hall.slip(ticket) == "printed"
    kiosk.came_out(ticket)


# ---------------------------------------------------------------- what people are told


def said_by(*words: str) -> tuple[int, str]:
    """Exit code and last line of a `khiu-printer` that does not go on."""
    done = subprocess.run(
        [sys.executable, "-m", "printers.agent", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.strip().splitlines()[-1]


def test_a_wrong_token_ends_it_saying_so(kiosk: Kiosk) -> None:
    rest = ("--printer", kiosk.printer.url, "--journal", str(kiosk.journal))
    for wrong in ("nobody", kiosk.hall.bearer):
        code, line = said_by("--server", kiosk.line.url, "--token", wrong, *rest)
        assert code == 1 and "does not accept the token" in line


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--server", "http://queue.example.go.th"], "--insecure"),
        (["--server", "ftp://queue"], "https://HOST"),
        (["--server", "https://q", "--printer", "agent://hall"], "driven by its agent"),
        (["--server", "https://q", "--printer", "tcp://h?profile=Typewriter"], "profile"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(tmp_path: Path, wrong: list[str], words: str) -> None:
    code, line = said_by(*wrong, "--token", "x", "--journal", str(tmp_path / "journal.json"))
    assert code == 2 and words in line


def test_a_file_of_arguments_may_have_notes_and_empty_lines(tmp_path: Path) -> None:
    file = tmp_path / "printer"
    file.write_text(
        "# hall\n--server=https://queue\n\n  # at the door\n--token=x\r\n--insecure\n\n"
    )
    asked = parser().parse_args([f"@{file}"])
    assert (asked.server, asked.token, asked.insecure) == ("https://queue", "x", True)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.5", "[fd00::1]", "khiu", "q.lan"])
def test_a_token_goes_over_plain_http_only_where_it_is_near(host: str) -> None:
    assert not Place.of(f"http://{host}:8080").https
    for far in ("203.0.114.7", "queue.example.go.th"):
        with pytest.raises(BadServer):
            Place.of(f"http://{far}")
        assert Place.of(f"http://{far}", insecure=True).port == 80


def test_https_is_believed_only_with_a_certificate_that_somebody_vouches_for(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    file = certificate(tmp_path)
    known = (kiosk.token, kiosk.printer.url, kiosk.journal)
    ticket = kiosk.hall.issue()
    with line_to(kiosk.hall.running.port, file) as line:
        with agent(line.url, *known) as running:
            assert running.process.wait(60) == 1
            assert "certificate cannot be trusted" in running.said()
        with agent(line.url, *known, SSL_CERT_FILE=str(file)):
            kiosk.came_out(ticket)
            until(lambda: line.open_sockets, "a websocket")


# ---------------------------------------------------------------- the journal


def test_a_journal_remembers_what_began_and_how_it_ended(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "journal.json"
    journal = Journal(file)
    journal.begin("7", 2)
    with pytest.raises(JournalTaken):
        Journal(file)
    found = _reopened(journal, file)
    assert found.instance == journal.instance
    assert found.report == Report("7", 2, "uncertain", "interrupted")
    found.end(Report("7", 2, "printed"))
    found = _reopened(found, file)
    assert found.report == Report("7", 2, "printed")
    found.forget()
    assert _reopened(found, file).report is None


def _reopened(journal: Journal, file: Path) -> Journal:
    journal._lock.close()  # as the end of its process does
    return Journal(file)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"instance": "x"}', '{"slip": {"a": 1}}'])
def test_a_journal_that_is_none_any_more_begins_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "journal.json"
    file.write_text(text)
    journal = Journal(file)
    assert len(journal.instance) == 32 and journal.report is None
    assert json.loads(file.read_text())["instance"] == journal.instance


def test_without_a_journal_no_byte_goes_to_paper(kiosk: Kiosk) -> None:
    with kiosk.agent():
        kiosk.shows(None)
        kiosk.journal.with_name("journal.json.new").mkdir()  # cannot be written any more
        ticket = kiosk.hall.issue()
        kiosk.becomes(ticket, "failed")
        assert kiosk.printer.image_bytes == 0
        kiosk.journal.with_name("journal.json.new").rmdir()
        kiosk.came_out(ticket)


# ---------------------------------------------------------------- installed alone


def test_the_agent_needs_neither_the_server_nor_a_typesetter() -> None:
    seen = "import sys, printers.agent; print(sorted({m.split('.')[0] for m in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    heavy = ("server", "kiosk", "display", "typst", "PIL", "flask", "sqlalchemy", "pydantic")
    assert not any(f"'{name}'" in found.stdout for name in heavy), found.stdout


def test_the_printers_folder_installs_as_khiu_printer(tmp_path: Path) -> None:
    shutil.copytree("printers", tmp_path / "printers", ignore=shutil.ignore_patterns("__pycache__"))
    told = tomllib.loads(Path("printers/pyproject.toml").read_text("utf-8"))["project"]
    words = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q")
    command = [sys.executable, *words, "-w", str(tmp_path), str(tmp_path / "printers")]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("khiu_printer-*.whl")
    with zipfile.ZipFile(wheel) as inside:
        inside.extractall(tmp_path / "alone")
        (entries,) = [name for name in inside.namelist() if name.endswith("entry_points.txt")]
        assert "khiu-printer = printers.agent:main" in inside.read(entries).decode()
    assert sorted(told["dependencies"]) == ["python-escpos", "simple-websocket"]
    # -S: what is installed here for ourselves is not there; only what the wheel and its own have.
    others = str(Path(sys.executable).parent.parent / "lib")
    start = (
        f"import sys; sys.path[:0] = [{str(tmp_path / 'alone')!r}, "
        f"{next(Path(others).glob('python*/site-packages')).as_posix()!r}]; "
        "import printers.agent; printers.agent.run(['--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", start],
        cwd=tmp_path / "alone",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "--journal FILE" in done.stdout, done.stderr
