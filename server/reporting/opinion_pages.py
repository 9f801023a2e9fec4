"""What residents said: services, aspects, channels, comments, the office's own check."""

from collections.abc import Iterable

from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow
from server.domain.written import NOTHING, count, decimal, percent
from server.reporting.charts import opinions_chart
from server.reporting.document import Block, Column, Section, Table, Text
from server.reporting.numerals import between
from server.reporting.teller import Teller


def opinions_section(t: Teller) -> Section:
    blocks: list[Block] = []
    if not t.f.satisfaction:
        blocks.append(Text("notice", t.say("reporting.no_opinions")))
        return Section(t.say("reporting.opinions"), tuple(blocks))
    if chart := opinions_chart(t):
        blocks += [Text("head", t.say("reporting.chart.opinions")), chart]
        blocks.append(Text("note", t.say("reporting.chart.opinions.note")))
    aspects = [OVERALL, *t.aspects]
    aspects += sorted({row.aspect for row in t.f.satisfaction} - set(aspects))
    rows = [row for aspect in aspects if (row := t.f.row_of(ALL, ALL, aspect))]
    blocks.append(Text("head", t.say("reporting.by_aspect")))
    blocks.append(_table(t, t.say("reports.aspect"), ((t.aspect(r.aspect), r) for r in rows)))
    blocks.append(Text("note", t.say("reporting.percent.note")))
    if told := _flagged(t):
        blocks.append(Text("note", told))
    taps = [row for row in t.f.satisfaction if row.aspect == OVERALL]
    services = [row for row in taps if row.channel == ALL and row.service_code != ALL]
    named = ((t.service(row.service_code), row) for row in services)
    blocks += [
        Text("head", t.say("reporting.by_service")),
        _table(t, t.say("reports.service"), named),
    ]
    channels = [row for row in taps if row.service_code == ALL and row.channel != ALL]
    named = ((t.survey_channel(row.channel), row) for row in channels)
    blocks += [Text("head", t.say("reports.channels")), _table(t, t.say("reports.channel"), named)]
    blocks.append(Text("note", t.say("reporting.hidden.note", n=t.f.suppress_below)))
    return Section(t.say("reporting.opinions"), tuple(blocks))


def _flagged(t: Teller) -> str:
    """What the one tap were with answers in doubt; empty where none, or too few to tell."""
    row = t.f.row_of(ALL, ALL, OVERALL)
    if row is None or not row.flagged or row.with_flagged is None:
        return ""
    also = row.with_flagged
    facts = {"n": count(row.flagged), "share": percent(also.top2), "of": count(also.n)}
    return t.say("reporting.with_flagged", **facts)


def comments_section(t: Teller) -> Section | None:
    """Those that were read and published, by service."""
    if not t.f.comments:
        return None
    service = Column(t.say("reports.service"), 4.5, number=False)
    month = Column(t.say("reports.month"), 3.2, number=False)
    comment = Column(t.say("reporting.comment"), number=False)
    rows: list[tuple[str, ...]]
    if t.f.public:
        columns: tuple[Column, ...] = (service, comment)
        rows = [(t.service(one.service_code), one.text) for one in t.f.comments]
    else:
        columns = (service, month, comment)
        rows = [(t.service(c.service_code), t.month(c.month), c.text) for c in t.f.comments]
    note = Text("note", t.say("reporting.comments.note"))
    return Section(
        t.say("reporting.comments"), (Table(columns, tuple(rows)), note), begins_page=False
    )


def check_section(t: Teller) -> Section | None:
    """The office's own check, never without its notice."""
    found = t.f.self_check
    if found is None:
        return None
    columns = (
        Column(t.say("reporting.check.item"), number=False),
        Column("n", 2),
        Column(t.say("reporting.check.points"), 3),
    )
    hidden = t.say("reports.hidden.short")
    rows = tuple(
        (
            f"{one.code} {t.check_item(one.code)}",
            hidden if one.suppressed else count(one.n),
            hidden if one.suppressed else decimal(one.points),
        )
        for one in found.items
    )
    table = Table(columns, rows, over=t.local(found.notice))
    return Section(t.say("reporting.check"), (table,), begins_page=False)


# ---------------------------------------------------------------- tables


def _table(t: Teller, head: str, rows: Iterable[tuple[str, SatisfactionRow]]) -> Table:
    names = ("n", "mean", "sd", "percent", "top2", "level")
    widths = (1.4, 1.5, 1.2, 1.6, 3.9, 1.9)
    columns = [
        Column(t.say(f"reporting.head.{name}"), width, number=name != "level")
        for name, width in zip(names, widths, strict=True)
    ]
    told = tuple((name, *_told(t, row)) for name, row in rows)
    return Table((Column(head, number=False), *columns), told)


def _told(t: Teller, row: SatisfactionRow) -> tuple[str, ...]:
    if row.suppressed:
        return (t.say("reports.hidden.short"), *[NOTHING] * 5)
    interval = between(row.top2_low, row.top2_high)
    return (
        count(row.n),
        decimal(row.mean, 2),
        decimal(row.sd, 2),
        decimal(row.percent),
        f"{percent(row.top2)} ({interval})",
        t.level(row.level),
    )
