"""What the server promises an agent of a printer elsewhere, call by call, on both databases."""

from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import TestResponse

from printers.delivery import deliver
from server.agents import Agents
from server.domain.roles import TokenRole
from server.domain.ticket import SlipState
from server.domain.wish import Actor
from server.spool import Spool
from server.store import agents, schema, slips
from server.store.engine import Store
from server.store.holding import FAULT_TRIES, RETRY_MS
from server.store.slips import LEASE_MS
from tests.listener import heard, listen
from tests.office import PROGRAM, Office
from tests.paper import TcpPrinter, decode_qr
from tests.program import Program, check_problem
from tests.test_slips import printer_row, quickly, state

ABOUT: dict[str, object] = {"dots": 576, "profile": "TM-T20II", "ack": True}


@dataclass
class Caller:
    """Speaks as `khiu-printer` does, a request at a time."""

    office: Office
    token: str
    instance: str = "instance-1"
    about: dict[str, object] = field(default_factory=ABOUT.copy)

    def post(self, path: str = "", **body: object) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"/api/v1/printer/jobs{path}"
        return self.office.app.test_client().post(
            url, json={"instance": self.instance, **body}, headers=headers
        )

    def ask(self, problem: str | None = None, *, near_end: bool = False, **more: object) -> Any:
        """The next slip, or None."""
        said = {"problem": problem, "near_end": near_end}
        answer = self.post("", about=self.about, state=said, **more)
        assert answer.status_code in (200, 204), answer.text
        return answer.json if answer.status_code == 200 else None

    def report(self, job: Any, how: str = "printed", **more: object) -> str:
        answer = self.post(f"/{job['job_id']}", attempt=job["attempt"], state=how, **more)
        assert answer.status_code == 200, answer.text
        told: Any = answer.json
        return str(told["state"])


def caller(office: Office, name: str = "hall", instance: str = "instance-1") -> Caller:
    token = office.house.access.add_token(office.id, name, TokenRole.PRINTER)
    return Caller(office, token, instance)


def agents_of(office: Office) -> Agents:
    found: Agents = office.app.extensions["agents"]
    return found


@pytest.fixture
def hall(store: Store) -> Office:
    return Office(store, printer_url="agent://hall")


def test_a_slip_is_handed_out_ready_to_print_and_its_end_is_kept_once(
    hall: Office, printer: TcpPrinter
) -> None:
    given, agent = Program(hall).issue(), caller(hall)
    job = agent.ask()
    assert state(hall, given["id"]) is SlipState.PRINTING
    deliver(b64decode(job["data"]), f"{printer.url}&rate=1000000")
    assert decode_qr(printer.slips[0].image()) == given["track_url"]
    assert agent.report(job, near_end=True) == "printed"
    assert agent.report(job, "failed", problem="offline") == "printed"
    assert (printer_row(hall).problem, printer_row(hall).near_end) == (None, True)
    assert agent.ask() is None
    assert state(hall, given["id"]) is SlipState.PRINTED


def test_the_spool_of_the_server_leaves_an_agents_slips_alone(hall: Office) -> None:
    ticket = hall.issue().ticket
    hands = Spool(hall.store, hall.clock, quickly, lambda: "http://khiu.test")
    assert not hands.print_one()
    with hall.store.reading() as db:
        assert not slips.any_due(db, hall.clock())
    with hall.store.writing() as db:
        assert slips.lease(db, hall.clock()) is None
    assert state(hall, ticket.id) is SlipState.QUEUED


def test_an_answer_lost_on_the_way_is_given_again_to_the_same_journal_only(hall: Office) -> None:
    first, second = hall.issue().ticket, hall.issue().ticket
    agent, other = caller(hall), caller(hall, instance="instance-2")
    lost = agent.ask()
    assert other.ask() is None
    assert agent.ask(busy=True) is None
    again = agent.ask()
    assert (again["job_id"], again["attempt"]) == (lost["job_id"], lost["attempt"])
    check_problem(other.post(f"/{lost['job_id']}", attempt=1, state="printed"), 404)
    assert agent.report(again) == "printed"
    assert state(hall, second.id) is SlipState.QUEUED
    assert other.report(other.ask()) == "printed"
    assert {state(hall, one.id) for one in (first, second)} == {SlipState.PRINTED}


def test_a_slip_that_went_away_with_its_journal_is_left_to_staff(hall: Office) -> None:
    ticket = hall.issue().ticket
    assert caller(hall).ask()
    wiped = caller(hall, instance="instance-2")
    hall.clock.now += LEASE_MS - 1
    assert wiped.ask() is None
    hall.clock.now += 1
    assert wiped.ask() is None
    assert state(hall, ticket.id) is SlipState.UNCERTAIN


def test_a_slip_handed_to_an_agent_that_died_unseen_is_handed_out_when_it_is_back(
    hall: Office,
) -> None:
    """Its journal is empty and its own: no byte of that slip went to paper."""
    ticket, agent = hall.issue().ticket, caller(hall)
    lost = agent.ask()
    hall.clock.now += LEASE_MS
    Spool(hall.store, hall.clock, quickly, lambda: "").print_one()
    assert state(hall, ticket.id) is SlipState.UNCERTAIN
    again = agent.ask()
    assert (again["job_id"], again["attempt"]) == (lost["job_id"], lost["attempt"] + 1)
    assert agent.report(again) == "printed"
    assert agent.ask() is None
    assert state(hall, ticket.id) is SlipState.PRINTED


def test_a_slip_that_may_lie_on_paper_is_never_handed_out_again(hall: Office) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    agent.report(agent.ask(), "uncertain")
    hall.clock.now += LEASE_MS
    assert agent.ask() is None
    assert state(hall, ticket.id) is SlipState.UNCERTAIN


@pytest.mark.parametrize("late", ["printed", "sent", "uncertain", "failed"])
def test_a_late_report_is_taken_while_nobody_has_decided(hall: Office, late: str) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    job = agent.ask()
    hall.clock.now += LEASE_MS
    Spool(hall.store, hall.clock, quickly, lambda: "").print_one()
    assert state(hall, ticket.id) is SlipState.UNCERTAIN
    assert agent.report(job, late) == late
    assert state(hall, ticket.id) == late


def test_what_staff_decided_stands_against_a_late_report(hall: Office) -> None:
    agent, paper = caller(hall), hall.rooms.paper
    decisions: dict[str, Callable[[int, Actor], object]] = {
        "printed": paper.was_printed,
        "none": paper.reprint,
    }
    for decided, decide in decisions.items():
        ticket, job = hall.issue().ticket, agent.ask()
        hall.clock.now += LEASE_MS
        Spool(hall.store, hall.clock, quickly, lambda: "").print_one()
        decide(ticket.id, PROGRAM)
        assert agent.report(job, "failed" if decided == "printed" else "printed") == decided
    assert state(hall, ticket.id) is SlipState.QUEUED


def test_what_the_printer_refused_is_handed_out_again_and_an_old_report_is_known(
    hall: Office,
) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    first = agent.ask()
    assert agent.report(first, "failed", problem="paper_out") == "failed"
    assert printer_row(hall).problem == "paper_out"
    assert agent.ask("paper_out") is None
    hall.clock.now += RETRY_MS
    second = agent.ask()
    assert (second["job_id"], second["attempt"]) == (first["job_id"], 2)
    assert agent.report(first, "failed", problem="paper_out") == "printing"
    assert agent.report(second) == "printed"
    assert (state(hall, ticket.id), printer_row(hall).problem) == (SlipState.PRINTED, None)


def test_the_end_of_a_slip_is_heard_though_the_printer_was_set_otherwise(hall: Office) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    job = agent.ask()
    with hall.store.writing() as db:
        db.execute(schema.printers.update().values(url="none"))
    assert agent.report(job) == "printed"
    assert state(hall, ticket.id) is SlipState.PRINTED
    check_problem(agent.post("", about=ABOUT, state={}), 404)


def test_an_agent_reaches_only_its_own_printer(store: Store) -> None:
    ours = Office(store, printer_url="agent://hall")
    with store.writing() as db:
        db.execute(schema.offices.update().values(slug="other"))
    theirs = Office(store, printer_url="agent://hall")
    here, there = ours.issue().ticket, theirs.issue().ticket
    agent, neighbour, foreign = caller(ours), caller(ours, "back"), caller(theirs)
    check_problem(neighbour.post("", about=ABOUT, state={}), 404)
    job = agent.ask()
    assert state(theirs, there.id) is SlipState.QUEUED
    for stranger in (neighbour, foreign):
        told = stranger.post(f"/{job['job_id']}", attempt=1, state="printed")
        check_problem(told, 404)
    assert state(ours, here.id) is SlipState.PRINTING
    assert foreign.report(foreign.ask()) == "printed"
    assert state(theirs, there.id) is SlipState.PRINTED


def test_no_other_token_takes_slips(small_office: Office) -> None:
    stranger = Caller(small_office, "nobody")
    for role in set(TokenRole) - {TokenRole.PRINTER}:
        stranger.token = small_office.token(role)
        check_problem(stranger.post("", about=ABOUT, state={}), 403)
        check_problem(stranger.post("/1", attempt=1, state="printed"), 403)
    stranger.token = "nobody"
    check_problem(stranger.post("", about=ABOUT, state={}), 401)


def test_words_of_an_agent_that_cannot_be_meant_are_422(small_office: Office) -> None:
    agent, right = caller(small_office), {"about": ABOUT, "state": {}}
    asks: list[dict[str, object]] = [
        {"instance": "x"},
        {"about": {**ABOUT, "dots": 100}},
        {"about": {**ABOUT, "profile": "Typewriter"}},
        {"about": {**ABOUT, "profile": "TM-T20II&width=58"}},
        {"about": {**ABOUT, "profile": "POS-5890"}},  # narrower than 576 dots
        {"state": {"problem": "tired"}},
        {"wait_s": 26},
        {"wait_s": "NaN"},
        {"colour": "red"},
    ]
    for wrong in asks:
        check_problem(agent.post("", **{**right, **wrong}), 422)
    reports: list[dict[str, object]] = [{"attempt": 0}, {"state": "lost"}, {"problem": "tired"}]
    for wrong in reports:
        check_problem(agent.post("/1", **{"attempt": 1, "state": "printed", **wrong}), 422)


def test_a_slip_that_cannot_be_laid_out_does_not_stop_those_behind(hall: Office) -> None:
    bad, good = hall.issue().ticket, hall.issue("land-tax").ticket
    with hall.store.writing() as db:
        jobs = schema.slip_jobs
        db.execute(jobs.update().where(jobs.c.ticket_id == bad.id).values(slip='{"high_s": 1}'))
    agent = caller(hall)
    assert agent.report(agent.ask()) == "printed"
    assert state(hall, bad.id) is SlipState.FAILED
    assert state(hall, good.id) is SlipState.PRINTED
    assert printer_row(hall).problem is None
    for _ in range(9):
        hall.clock.now += RETRY_MS
        assert agent.ask() is None
    with hall.store.reading() as db:
        (job,) = db.execute(jobs.select().where(jobs.c.ticket_id == bad.id))
    assert (job.state, job.problem, job.tries) == ("failed", "fault", FAULT_TRIES)


@pytest.mark.parametrize("off", ["queued", "in hand"])
def test_a_number_of_yesterday_is_not_handed_out_in_the_morning(hall: Office, off: str) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    if off == "in hand":  # and its answer was lost
        agent.ask()
        hall.clock.now += LEASE_MS
        Spool(hall.store, hall.clock, quickly, lambda: "").print_one()
    hall.clock.minutes(16 * 60)
    assert agent.ask() is None
    assert state(hall, ticket.id) is SlipState.NONE
    new = agent.ask() if hall.issue() else None
    assert agent.report(new) == "printed"


@pytest.mark.parametrize("ack", [True, False])
def test_one_slip_that_got_stuck_holds_back_those_behind(hall: Office, ack: bool) -> None:
    first, second = hall.issue().ticket, hall.issue().ticket
    agent = caller(hall)
    agent.about = {**ABOUT, "ack": ack}
    assert agent.report(agent.ask(), "uncertain", problem="stalled") == "uncertain"
    assert agent.ask("stalled") is None
    new = hall.issue().ticket
    assert agent.ask("stalled") is None
    assert [state(hall, one.id) for one in (first, second, new)] == [
        "uncertain",
        "failed",
        "failed",
    ]
    job = agent.ask()  # the printer was asked, or nothing but whether it is there
    assert (job is not None) == ack
    hall.clock.now += RETRY_MS
    assert agent.report(job or agent.ask()) == "printed"
    assert printer_row(hall).problem is None
    assert agent.report(agent.ask()) == "printed"


@pytest.mark.parametrize("late", ["printed", "sent", "uncertain"])
@pytest.mark.parametrize("then", ["handed out", "refused"])
def test_what_came_out_is_heard_though_an_abandoned_ask_took_the_slip_once_more(
    hall: Office, late: str, then: str
) -> None:
    ticket, agent = hall.issue().ticket, caller(hall)
    job = agent.ask()
    hall.clock.now += LEASE_MS
    Spool(hall.store, hall.clock, quickly, lambda: "").print_one()
    again = agent.ask()
    assert again["attempt"] == 2
    if then == "refused":
        agent.report(again, "failed", problem="offline")
    assert agent.report(job, late) == late
    hall.clock.now += RETRY_MS
    assert agent.ask() is None
    assert state(hall, ticket.id) == late


def test_who_waits_hears_of_a_slip_at_once_and_holds_nothing_meanwhile(hall: Office) -> None:
    agent = caller(hall)
    waiting, pool_ = agents_of(hall), hall.store.engine.pool
    agent.ask()
    before = pool_.checkedout()  # type: ignore[attr-defined] # SQLite's writer keeps its own
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(agent.ask, wait_s=25)
        while not waiting._wake._waiters:  # type: ignore[attr-defined] # it stands and waits
            assert not asked.done()
        assert pool_.checkedout() == before  # type: ignore[attr-defined]
        ticket = hall.issue().ticket
        assert agent.report(asked.result(timeout=5)) == "printed"
    assert state(hall, ticket.id) is SlipState.PRINTED


def test_an_agent_that_falls_silent_shows_and_one_that_is_back_too(hall: Office) -> None:
    agent, watch = caller(hall), agents_of(hall)
    assert agent.ask("cover_open", near_end=True) is None
    row = printer_row(hall)
    assert (row.problem, row.near_end, row.seen_at) == ("cover_open", True, hall.clock())
    assert row.about == '{"dots": 576, "profile": "TM-T20II", "ack": true}'
    first_seen = hall.clock()
    hall.clock.now += agents.HEARD_MS - 1
    agent.ask("cover_open", near_end=True)
    assert printer_row(hall).seen_at == first_seen  # no write for no news
    agent.ask()
    assert printer_row(hall).problem is None  # news are written at once
    hall.clock.now += agents.AWAY_MS - 1
    watch.note_silent()
    assert printer_row(hall).problem is None
    hall.clock.now += 1
    watch.note_silent()
    assert (printer_row(hall).problem, printer_row(hall).problem_at) == ("agent_away", hall.clock())
    ticket = hall.issue().ticket
    assert state(hall, ticket.id) is SlipState.QUEUED
    assert agent.report(agent.ask()) == "printed"
    assert printer_row(hall).problem is None


def test_an_agent_that_prints_for_long_is_not_away(hall: Office) -> None:
    hall.issue()
    agent, watch = caller(hall), agents_of(hall)
    assert agent.ask()
    for _ in range(4):
        hall.clock.now += agents.AWAY_MS // 2
        agent.ask(busy=True)
        watch.note_silent()
        assert printer_row(hall).problem is None


def test_a_ring_comes_with_a_slip_and_only_to_agents(small_office: Office) -> None:
    with small_office.store.writing() as db:
        db.execute(schema.printers.update().values(url="agent://hall"))
    push = small_office.app.extensions["push"]
    agent = caller(small_office)
    bell = listen(small_office, {"topic": "printer", "token": agent.token})
    board = listen(small_office, {"topic": "board", "token": agent.token})
    stranger = listen(small_office, {"topic": "printer", "token": small_office.token()})
    assert (bell.is_connected("/live"), stranger.is_connected("/live")) == (True, False)
    push._bells.ring_due(small_office.house)
    assert bell.get_received("/live") == []
    small_office.issue()
    push._bells.ring_due(small_office.house)
    assert [got["name"] for got in bell.get_received("/live")] == ["slip"]
    assert heard(board, "slip") == []
    assert agent.report(agent.ask()) == "printed"
    push._bells.ring_due(small_office.house)
    assert bell.get_received("/live") == []
