"""The shapes that only programs get: figures, surveys, ratings, problems."""

from typing import Annotated, Any

from pydantic import BaseModel, Field


class ServiceFigures(BaseModel):
    service_code: str
    issued: int
    served: int
    abandoned: int
    no_show: int
    wait_p50_s: float | None
    wait_p90_s: float | None
    wait_p95_s: float | None
    service_p50_s: float | None
    service_p90_s: float | None
    within_standard: float | None


class WithFlagged(BaseModel):
    """The figures had nothing been left out."""

    n: int
    percent: float
    top2: float
    top2_low: float
    top2_high: float


class SatisfactionFigures(BaseModel):
    """`flagged` respondents are left out of all but `with_flagged`, which is null where it would
    tell of too few. What is hidden is what the report of the same dates hides."""

    service_code: str
    channel: str
    aspect: str
    n: int | None
    mean: float | None
    sd: float | None
    percent: float | None
    top2: float | None
    top2_low: float | None
    top2_high: float | None
    suppressed: bool
    flagged: int | None
    with_flagged: WithFlagged | None


class Figures(BaseModel):
    services: list[ServiceFigures]
    satisfaction: list[SatisfactionFigures]


class Survey(BaseModel):
    title: dict[str, str]
    items: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    levels: list[dict[str, Any]]


class Given(BaseModel):
    """`continue` is a key with which the answer can be added to for 30 minutes."""

    continue_: Annotated[str, Field(alias="continue", serialization_alias="continue")]

    model_config = {"populate_by_name": True}


class Added(BaseModel):
    added: bool = True


class Press(BaseModel):
    id: str
    score: int
    channel: str
    counter_id: str | None
    service_id: str | None
    reasons: list[str]
    at: str
    flag: str | None


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457, in Thai and English."""

    type: str
    title: str
    status: int
    detail: str
    detail_th: str
    detail_en: str
    errors: list[FieldError] = []
