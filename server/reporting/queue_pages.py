"""The queue's tables: services, months, volumes, and the period before."""

from collections.abc import Callable, Sequence

from server.domain.figures import ALL, ServiceRow
from server.domain.written import NOTHING, count, percent
from server.reporting.charts import months_chart
from server.reporting.document import Block, Column, Section, Table, Text
from server.reporting.figures import Volume
from server.reporting.teller import Teller


def queue_section(t: Teller) -> Section:
    blocks: list[Block] = [
        Text("head", t.say("reporting.by_service")),
        _counts(t),
        Text("note", t.say("reporting.by_service.note")),
    ]
    if t.f.total.issued:
        blocks += [Text("head", t.say("reporting.times")), _times(t)]
        blocks.append(Text("note", t.say("reporting.times.note")))
    blocks += _months(t)
    return Section(t.say("reporting.queue"), tuple(blocks))


def volumes_section(t: Teller) -> Section:
    blocks: list[Block] = []
    if chart := months_chart(t):
        blocks += [Text("head", t.say("reporting.chart.months")), chart]
    for name, volumes, named in (
        ("channel", t.f.channels, t.ticket_channel),
        ("priority", t.f.priorities, t.priority),
        ("outcome", t.f.outcomes, t.outcome),
    ):
        if volumes:
            blocks += [Text("head", t.say(f"reporting.by_{name}")), _volumes(t, volumes, named)]
    blocks += [Text("head", t.say("reporting.compared")), _compared(t)]
    blocks.append(Text("note", t.say("reporting.compared.note", period=_dates(t))))
    return Section(t.say("reporting.volumes"), tuple(blocks), begins_page=False)


def _dates(t: Teller) -> str:
    return f"{t.date(t.f.before.first)} – {t.date(t.f.before.last)}"


def _shown(t: Teller) -> list[ServiceRow]:
    """Those that anybody came for, now or in the period before; all together last."""
    before = {row.service_code for row in t.f.before.services if row.issued}
    rows = [row for row in t.f.services if row.issued or row.service_code in before]
    return [*rows, t.f.total]


def _counts(t: Teller) -> Table:
    heads = ("issued", "served", "abandoned", "no_show")
    return Table(
        (
            Column(t.say("reports.service"), number=False),
            *(Column(t.say(f"reporting.head.{name}"), 2.3) for name in heads),
        ),
        tuple(
            (
                t.service(row.service_code),
                *map(count, (row.issued, row.served, row.abandoned, row.no_show)),
            )
            for row in _shown(t)
        ),
        totals=1,
    )


def _times(t: Teller) -> Table:
    standards = {one.code: count(one.standard_minutes) for one in t.f.names}
    heads = ("wait_p50", "wait_p90", "wait_p95", "service_p50", "service_p90")
    return Table(
        (
            Column(t.say("reports.service"), number=False),
            *(Column(t.say(f"reporting.head.{name}"), 1.67) for name in heads),
            Column(t.say("reporting.head.standard"), 1.7),
            Column(t.say("reporting.head.within"), 1.5),
        ),
        tuple(
            (
                t.service(row.service_code),
                *(
                    t.minutes(s, row.called)
                    for s in (row.wait_p50_s, row.wait_p90_s, row.wait_p95_s)
                ),
                *(t.minutes(s, row.timed) for s in (row.service_p50_s, row.service_p90_s)),
                standards.get(row.service_code, NOTHING),
                percent(row.within_standard),
            )
            for row in _shown(t)
        ),
        totals=1,
    )


def _months(t: Teller) -> list[Block]:
    rows = [one for one in t.f.months if one.figures.service_code == ALL]
    if len(rows) < 2:  # noqa: PLR2004
        return []
    heads = ("issued", "served", "wait_p50", "wait_p90", "within")
    table = Table(
        (
            Column(t.say("reports.month"), number=False),
            *(Column(t.say(f"reporting.head.{name}"), 2.3) for name in heads),
        ),
        tuple(
            (
                t.month(one.month),
                count(one.figures.issued),
                count(one.figures.served),
                t.minutes(one.figures.wait_p50_s, one.figures.called),
                t.minutes(one.figures.wait_p90_s, one.figures.called),
                percent(one.figures.within_standard),
            )
            for one in rows
        ),
    )
    return [Text("head", t.say("reports.months")), table]


def _volumes(t: Teller, found: Sequence[Volume], named: Callable[[str], str]) -> Table:
    total = t.f.total.issued
    return Table(
        (
            Column("", number=False),
            Column(t.say("reporting.head.issued"), 3),
            Column(t.say("reporting.head.share"), 3),
        ),
        tuple(
            (
                named(one.code),
                t.say("reports.hidden.short") if one.suppressed else count(one.issued),
                percent(one.issued / total) if one.issued is not None and total else NOTHING,
            )
            for one in found
        ),
    )


def _compared(t: Teller) -> Table:
    before = {row.service_code: row for row in (*t.f.before.services, t.f.before.total)}
    heads = ("issued", "wait", "within")
    then, now = t.say("reporting.head.before"), t.say("reporting.head.now")
    return Table(
        (
            Column(t.say("reports.service"), number=False),
            *(
                Column(f"{t.say(f'reporting.head.{name}')}\n{when}", 1.95)
                for name in heads
                for when in (then, now)
            ),
        ),
        tuple(_pair(t, before[row.service_code], row) for row in _shown(t)),
        totals=1,
    )


def _pair(t: Teller, then: ServiceRow, now: ServiceRow) -> tuple[str, ...]:
    return (
        t.service(now.service_code),
        *(count(row.issued) for row in (then, now)),
        *(t.minutes(row.wait_p50_s, row.called) for row in (then, now)),
        *(percent(row.within_standard) for row in (then, now)),
    )
