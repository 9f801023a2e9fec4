"""The HTTP API for `khiu-printer`: it takes slips, prints them and says how they ended."""

from base64 import b64encode
from typing import Annotated, Literal, Self, cast

from flask import current_app
from pydantic import BaseModel, Field, StringConstraints, model_validator

from printers.address import BadAddress, head_dots, parse
from server.agents import About, Agents, Caller, Health
from server.api.calls import call
from server.api.fields import Body
from server.api.views import face
from server.domain.roles import TokenRole
from server.domain.ticket import SlipState
from server.web import who

AGENTS = frozenset({TokenRole.PRINTER})
LONGEST_WAIT_S = 25

Instance = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Profile = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Problem = Literal[
    "unreachable",
    "offline",
    "cover_open",
    "paper_out",
    "paper_out_after",
    "error",
    "silent",
    "hung_up",
    "stalled",
    "too_slow",
    "busy",
    "no_driver",
    "interrupted",
    "fault",
]


class AboutPrinter(Body):
    dots: Literal[576, 384]
    profile: Profile
    ack: Annotated[bool, Field(strict=True)]

    @model_validator(mode="after")
    def fits(self) -> Self:
        try:
            parse(f"tcp://printer?profile={self.profile}")
        except BadAddress as error:
            raise ValueError(str(error)) from None
        if self.dots > (head_dots(self.profile) or self.dots):
            raise ValueError("wider than the printing head")
        return self


class PrinterState(Body):
    """`problem`: why it would refuse a slip now; null: it is well."""

    problem: Problem | None = None
    near_end: Annotated[bool, Field(strict=True)] = False


class AskForSlip(Body):
    """`instance` is the agent's journal; `busy`: a slip is in hand, so none is handed out."""

    instance: Instance
    about: AboutPrinter
    state: PrinterState
    busy: Annotated[bool, Field(strict=True)] = False
    wait_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False)] = 0


class SlipToPrint(BaseModel):
    """`data`: all that the printer is sent, in base64."""

    job_id: str
    attempt: int
    data: str


class SlipReport(Body):
    """`failed`: no byte of the image went out. `uncertain`: nobody knows."""

    instance: Instance
    attempt: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    state: Literal[SlipState.PRINTED, SlipState.SENT, SlipState.FAILED, SlipState.UNCERTAIN]
    problem: Problem | None = None
    near_end: Annotated[bool, Field(strict=True)] = False


class SlipStands(BaseModel):
    state: SlipState


@call(
    face,
    "POST",
    "/printer/jobs",
    "The next slip for this agent's printer; waits for one up to `wait_s`",
    answer=SlipToPrint,
    body=AskForSlip,
    roles=AGENTS,
    may_be_empty=True,
)
def ask_for_slip(body: AskForSlip) -> SlipToPrint | None:
    caller, about = _caller(body.instance), About(**body.about.model_dump())
    health = Health(body.state.problem, body.state.near_end)
    if body.busy:
        _agents().hear(caller, about, health)
        return None
    handed = _agents().ask(caller, about, health, body.wait_s)
    if handed is None:
        return None
    data = b64encode(handed.data).decode()
    return SlipToPrint(job_id=str(handed.job_id), attempt=handed.attempt, data=data)


@call(
    face,
    "POST",
    "/printer/jobs/{job_id}",
    "How a slip ended; the same report again changes nothing",
    answer=SlipStands,
    body=SlipReport,
    roles=AGENTS,
)
def report_slip(job_id: int, body: SlipReport) -> SlipStands:
    health = Health(body.problem, body.near_end)
    told = (_caller(body.instance), job_id, body.attempt, body.state, health)
    return SlipStands(state=_agents().report(*told))


def _caller(instance: str) -> Caller:
    agent = who()
    return Caller(agent.office_id, agent.name_th, instance)


def _agents() -> Agents:
    return cast(Agents, current_app.extensions["agents"])
