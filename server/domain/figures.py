"""The figures of the queue, each defined once (contract section 6).

Times come in as Unix ms and go out as whole seconds. What nobody was counted for is None, never 0.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from server.domain.day import office_time
from server.domain.ticket import Outcome

ALL = "all"  # in place of a service's or a channel's code: all of them together


@dataclass(frozen=True, slots=True)
class Service:
    id: int
    code: str
    standard_minutes: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """What the figures need of a step. Times are Unix ms."""

    service_id: int
    state: str
    outcome: str | None = None
    counter_id: int | None = None
    priority: str = "none"
    channel: str = "api"
    issued_at: int | None = None
    slot_at: int | None = None
    first_called_at: int | None = None
    called_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service in a period: numbers of steps, whole seconds (interpolated), a share 0–1.

    The waits are those of `called` steps; service times and the share those of `timed` ones.
    """

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
    called: int
    timed: int


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One service, or all, in one month, written as 2026-03."""

    month: str
    figures: ServiceRow


@dataclass(frozen=True, slots=True)
class HourRow:
    """Steps issued in one hour of one weekday (Monday is 0), over `days` days that had any step."""

    weekday: int
    hour: int
    issued: int
    days: int


def counts(step: StepRow) -> bool:
    """Whether a step is one of `issued`: it began to wait, and not by mistake."""
    return step.issued_at is not None and step.outcome != Outcome.ISSUED_IN_ERROR


def waiting_s(step: StepRow) -> int | None:
    """First call less the issue (or the slot of a booking), for every step that was called."""
    since = step.issued_at if step.slot_at is None else step.slot_at
    if step.first_called_at is None or since is None:
        return None
    return (step.first_called_at - since) // 1000


def service_s(step: StepRow) -> int | None:
    """End less start, or the last call where nobody pressed start, of a step that was served.

    Time on hold is part of it.
    """
    since = step.called_at if step.started_at is None else step.started_at
    if step.outcome != Outcome.SERVED or step.ended_at is None or since is None:
        return None
    return (step.ended_at - since) // 1000


def percentile(ordered: Sequence[int], percent: int) -> float | None:
    """Linear interpolation between the two nearest of ascending values.

    Method 7 of Hyndman and Fan (1996), NumPy's default; exact until the one division at its end.
    """
    if not ordered:
        return None
    below, rest = divmod((len(ordered) - 1) * percent, 100)
    above = min(below + 1, len(ordered) - 1)
    return (ordered[below] * (100 - rest) + ordered[above] * rest) / 100


def row_of(code: str, steps: Sequence[StepRow], standard_s: Mapping[int, int]) -> ServiceRow:
    """The figures of any steps; `standard_s`: seconds by service id."""
    outcomes = Counter(step.outcome for step in steps if counts(step))
    waits = sorted(s for step in steps if (s := waiting_s(step)) is not None)
    timed = [(s, step.service_id) for step in steps if (s := service_s(step)) is not None]
    took = sorted(s for s, _ in timed)
    kept = sum(s <= standard_s[service_id] for s, service_id in timed)
    return ServiceRow(
        service_code=code,
        issued=outcomes.total(),
        served=outcomes[Outcome.SERVED],
        abandoned=outcomes[Outcome.LEFT],
        no_show=outcomes[Outcome.NO_SHOW],
        wait_p50_s=percentile(waits, 50),
        wait_p90_s=percentile(waits, 90),
        wait_p95_s=percentile(waits, 95),
        service_p50_s=percentile(took, 50),
        service_p90_s=percentile(took, 90),
        within_standard=kept / len(timed) if timed else None,
        called=len(waits),
        timed=len(timed),
    )


def standards(services: Iterable[Service]) -> dict[int, int]:
    """Seconds that each service may take, by its id."""
    return {service.id: service.standard_minutes * 60 for service in services}


def service_rows(services: Sequence[Service], steps: Iterable[StepRow]) -> list[ServiceRow]:
    """A row for each of `services`, in their order, also for those nobody came for."""
    of: dict[int, list[StepRow]] = defaultdict(list)
    for step in steps:
        of[step.service_id].append(step)
    limits = standards(services)
    return [row_of(service.code, of[service.id], limits) for service in services]


def month_rows(
    services: Sequence[Service], steps: Iterable[StepRow], zone: ZoneInfo
) -> list[MonthRow]:
    """For each month that has steps: a row for all services, then one for each that has some."""
    of: dict[str, list[StepRow]] = defaultdict(list)
    for step in steps:
        if step.issued_at is not None:
            of[f"{office_time(step.issued_at, zone):%Y-%m}"].append(step)
    limits = standards(services)
    rows = []
    for month in sorted(of):
        rows.append(MonthRow(month, row_of(ALL, of[month], limits)))
        present = {step.service_id for step in of[month]}
        some = [service for service in services if service.id in present]
        rows += [MonthRow(month, row) for row in service_rows(some, of[month])]
    return rows


def days_with_steps(steps: Iterable[StepRow], zone: ZoneInfo) -> dict[int, int]:
    """How many dates had any step issued, by weekday (Monday is 0), by office time."""
    days: dict[int, set[date]] = defaultdict(set)
    for step in steps:
        if step.issued_at is not None and counts(step):
            day = office_time(step.issued_at, zone).date()
            days[day.weekday()].add(day)
    return {weekday: len(days[weekday]) for weekday in sorted(days)}


def hour_rows(
    steps: Sequence[StepRow], zone: ZoneInfo, days: Mapping[int, int] | None = None
) -> list[HourRow]:
    """How many steps were issued in each hour of the week that had any, by office time.

    `days`: those of the whole office, where `steps` are of some services only.
    """
    days = days_with_steps(steps, zone) if days is None else days
    issued: Counter[tuple[int, int]] = Counter()
    for step in steps:
        if step.issued_at is not None and counts(step):
            at = office_time(step.issued_at, zone)
            issued[at.weekday(), at.hour] += 1
    return [
        HourRow(weekday, hour, issued[weekday, hour], days[weekday])
        for weekday, hour in sorted(issued)
    ]
