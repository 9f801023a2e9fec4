"""The file an office is made from (format: `deploy/demo-office.toml`)."""

import tomllib
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from server.domain.order import Priority
from server.domain.questionnaire import Questionnaire
from server.domain.roles import Role
from server.domain.settings import Coded, Part, ServiceRules, Settings, Share, Words

Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]


class BadOffice(Exception):
    """The file cannot be used; the message says where and why."""


class DivisionPart(Part):
    code: str
    name: Words
    head: Words = Words(th="", en="")


class PoolPart(Part):
    prefix: Prefix
    name: Words


class Texts(Part):
    th: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class FormPart(Coded):
    example: bool = False


class WorkStep(Words):
    minutes: int = 0
    days: int = 0


class Fee(Words):
    kind: Literal["none", "fixed", "table"] = "none"
    baht: float | None = None


class ServicePapers(Part):
    """What a resident brings, fills in, goes through and pays."""

    documents: Texts = Texts()
    forms: tuple[FormPart, ...] = ()
    steps: tuple[WorkStep, ...] = ()
    fee: Fee = Fee(th="", en="")


class ServiceProfile(Part):
    """What the simulator draws: minutes at the counter (log-normal), part of all visits."""

    share: Share = 0.0
    minutes_mean: float = Field(10.0, gt=0)
    minutes_sd: float = Field(4.0, ge=0)
    abandon: Share = 0.0
    month_factor: tuple[float, ...] = (1.0,) * 12
    priority_share: dict[Priority, Share] = Field(default_factory=dict)


class ServicePart(ServicePapers, ServiceProfile, ServiceRules):
    code: str
    prefix: Prefix
    division: str
    icon: str = "document"
    name: Words
    standard_minutes: int = Field(ge=1)
    case_days: int = Field(0, ge=0)


class CounterPart(Part):
    number: Annotated[str, StringConstraints(min_length=1, max_length=4)]
    name: Words
    division: str | None = None
    services: dict[str, Annotated[int, Field(ge=0, le=7200)]]


class StaffPart(Part):
    username: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
    role: Role
    name: Words


class PrinterPart(Part):
    code: str
    name: Words
    url: str = "none"
    width_mm: int = 80
    default: bool = False


class OutreachPart(Part):
    code: str
    name: Words
    place: Words
    number_prefix: Prefix
    services: tuple[str, ...]
    months: tuple[int, ...] = ()


class OfficeFile(Settings):
    format: Literal[1]
    division: tuple[DivisionPart, ...]
    pool: tuple[PoolPart, ...] = ()
    service: tuple[ServicePart, ...]
    counter: tuple[CounterPart, ...]
    staff: tuple[StaffPart, ...] = ()
    printer: tuple[PrinterPart, ...] = ()
    outreach: tuple[OutreachPart, ...] = ()
    questionnaire: Questionnaire

    @model_validator(mode="after")
    def _named_things_exist(self) -> Self:
        divisions = {d.code for d in self.division}
        services = {s.code for s in self.service}
        for kind, codes in (
            ("service", [s.code for s in self.service]),
            ("counter", [c.number for c in self.counter]),
            ("staff", [s.username for s in self.staff]),
            ("pool", [p.prefix for p in self.pool]),
        ):
            if twice := {c for c in codes if codes.count(c) > 1}:
                raise ValueError(f"{kind} given twice: {', '.join(sorted(twice))}")
        for service in self.service:
            if service.division not in divisions:
                raise ValueError(f"service {service.code}: no division {service.division}")
        for counter in self.counter:
            if unknown := set(counter.services) - services:
                raise ValueError(f"counter {counter.number}: no service {', '.join(unknown)}")
            if counter.division is not None and counter.division not in divisions:
                raise ValueError(f"counter {counter.number}: no division {counter.division}")
        return self

    def kept(self) -> Settings:
        """What the office's row keeps; the rest has tables."""
        names = Settings.model_fields
        return Settings(**{name: getattr(self, name) for name in names})


def read_office(text: str) -> OfficeFile:
    """Reads an office's TOML text. Raises `BadOffice` with one line that names the place."""
    try:
        return OfficeFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadOffice(f"not a TOML file: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadOffice(f"{place}: {first['msg']}" if place else first["msg"]) from None
