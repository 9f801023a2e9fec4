"""The figures of one report. All of its files say these and no others."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from server.domain.change import Change
from server.domain.cube import Figure
from server.domain.figures import HourRow, MonthRow, ServiceRow
from server.domain.response import Asked, Came
from server.domain.satisfaction import SatisfactionRow
from server.domain.settings import Words

FORMAT = 1  # of figures.json; raised when a name in it changes its meaning


@dataclass(frozen=True, slots=True)
class Named:
    """A service with the standard it is held against."""

    code: str
    th: str
    en: str
    standard_minutes: int


@dataclass(frozen=True, slots=True)
class Volume:
    """Numbers given, by channel, priority or outcome. None where too few came to be shown."""

    code: str
    issued: int | None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`, and its Wilson 95 % interval (0–1)."""

    part: int
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MonthOpinion:
    """The one tap of all services in one month, written as 2026-03."""

    month: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    code: str
    n: int | None
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """What was published of a comment. In public without month, and with a service only where that
    has figures to show; else these are empty."""

    month: str
    service_code: str
    text: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """How often low presses called somebody, and how often it is written what was done."""

    raised: int
    answered: int


@dataclass(frozen=True, slots=True)
class Best:
    """`code` None: fewer than two services had `least` answers. `tied`: not clearly behind it."""

    code: str | None
    tied: tuple[str, ...]
    hidden: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Check:
    """One item (e1 …) or indicator of the office's own check, 0–100."""

    code: str
    n: int | None
    points: float | None
    suppressed: bool


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Never shown without `notice`."""

    notice: Words
    items: tuple[Check, ...]
    total: float | None


@dataclass(frozen=True, slots=True)
class Before:
    """The queue's figures of the period before, of the same length."""

    first: date
    last: date
    total: ServiceRow
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A questionnaire that was asked; `asked_from` None: from the start."""

    code: str
    version: int
    asked_from: date | None


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """One office, one period; office dates, both included.

    Waits are seconds, shares 0–1, `percent` 0–100, all unrounded. `public`: for anybody to read,
    with the office's public limit; what is hidden is None here already. `complete`: the period was
    over when this was made. `marks`: what is said on every page, in Thai. `flagged`: answers
    and presses left out, by why; in public `all` of them together.
    """

    office: str
    office_name: Words
    kind: str
    fiscal_year: int
    number: int
    first: date
    last: date
    made_at: datetime
    complete: bool
    demo: bool
    marks: tuple[str, ...]
    public: bool
    suppress_below: int
    bands: tuple[float, ...]
    names: tuple[Named, ...]
    days: int
    weekdays: dict[int, int]
    services: tuple[ServiceRow, ...]
    total: ServiceRow
    within_standard: Share | None
    abandoned: Share | None
    no_show: Share | None
    months: tuple[MonthRow, ...]
    hours: tuple[HourRow, ...]
    channels: tuple[Volume, ...]
    priorities: tuple[Volume, ...]
    outcomes: tuple[Volume, ...]
    before: Before
    satisfaction: tuple[SatisfactionRow, ...]
    satisfaction_months: tuple[MonthOpinion, ...]
    changes: tuple[Change, ...]
    response: Asked
    response_services: tuple[Asked, ...]
    response_channels: tuple[Came, ...]
    reasons: tuple[ReasonGiven, ...]
    best: Best
    self_check: SelfCheck | None
    flagged: dict[str, int]
    questionnaires: tuple[Asking, ...]
    comments: tuple[Comment, ...]
    alerts: Alerts

    def as_json(self) -> str:
        """figures.json: names as they stand here, dates and times as ISO 8601."""
        return json.dumps(
            {"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1, default=_plain
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of figures.json, so that anybody can tell which figures a printed report has."""
        return sha256(self.as_json().encode()).hexdigest()

    def row_of(self, service: str, channel: str, aspect: str) -> SatisfactionRow | None:
        """None where nobody answered."""
        for row in self.satisfaction:
            if (row.service_code, row.channel, row.aspect) == (service, channel, aspect):
                return row
        return None


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, Words) else value.isoformat()
