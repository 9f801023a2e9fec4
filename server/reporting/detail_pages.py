"""Satisfaction in detail: services by aspects, how it changed, who answered, why some were not
pleased."""

from server.domain.cube import Figure
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow
from server.domain.written import NOTHING, count, percent, points
from server.reporting.document import Block, Column, Section, Table, Text
from server.reporting.numerals import between
from server.reporting.teller import Teller


def detail_section(t: Teller) -> Section:
    """Each service's aspects, then how it changed, who answered, and why they were not pleased."""
    blocks: list[Block] = []
    if any(row.aspect != OVERALL for row in t.f.satisfaction):
        blocks += [Text("head", t.say("reporting.service_aspects")), _crossed(t)]
        blocks.append(Text("note", t.say("reporting.service_aspects.note")))
    if changes := _changes(t):
        blocks += [Text("head", t.say("reporting.changes")), changes]
        blocks.append(Text("note", t.say("reporting.changes.note")))
    blocks += [Text("head", t.say("reporting.response")), *_response(t)]
    if t.f.reasons:
        blocks += [Text("head", t.say("reporting.reasons")), _reasons(t)]
    alerts = {"n": count(t.f.alerts.raised), "done": count(t.f.alerts.answered)}
    blocks += [
        Text("head", t.say("reports.acted")),
        Text("plain", t.say("reports.acted.note", **alerts)),
    ]
    return Section(t.say("reporting.detail"), tuple(blocks), begins_page=False)


def _crossed(t: Teller) -> Table:
    """Top two (%) with n below, services by aspects."""
    columns = [Column(t.aspect(aspect), 2.9) for aspect in t.aspects]
    rows = []
    for code in (one.code for one in t.f.names):
        answered = [t.f.row_of(code, ALL, aspect) for aspect in t.aspects]
        if any(answered):
            rows.append((t.service(code), *(_cell(t, row) for row in answered)))
    return Table((Column(t.say("reports.service"), number=False), *columns), tuple(rows))


def _cell(t: Teller, row: SatisfactionRow | None) -> str:
    if row is None:
        return NOTHING
    if row.suppressed:
        return t.say("reports.hidden.short")
    return f"{percent(row.top2)} ({count(row.n)})"


def _changes(t: Teller) -> Table | None:
    """None where nobody answered, now or before."""
    heads = ("before", "now", "difference", "verdict")
    widths = (2.0, 2.0, 4.2, 3.4)
    columns = [
        Column(t.say(f"reporting.head.{name}"), width, number=name != "verdict")
        for name, width in zip(heads, widths, strict=True)
    ]
    shown = [one for one in t.f.changes if one.before.n != 0 or one.after.n != 0]
    rows = []
    for one in sorted(shown, key=lambda change: change.code == ALL):
        interval = ""
        if one.difference is not None:
            interval = f" ({points(one.low)} – {points(one.high)})"
        rows.append(
            (
                t.service(one.code),
                _top2(t, one.before),
                _top2(t, one.after),
                points(one.difference) + interval,
                t.say(f"reporting.verdict.{one.verdict}"),
            )
        )
    table = (Column(t.say("reports.service"), number=False), *columns)
    return Table(table, tuple(rows), totals=1) if rows else None


def _top2(t: Teller, figure: Figure) -> str:
    return t.say("reports.hidden.short") if figure.suppressed else percent(figure.top2)


def _response(t: Teller) -> list[Block]:
    found = t.f.response
    facts = {"visits": count(found.visits), "asked": count(found.asked)}
    told = t.say("reporting.response.asked", **facts)
    if found.rate is not None:
        rate = {"rate": percent(found.rate), "interval": between(found.low, found.high)}
        told += " " + t.say("reporting.response.rate", n=count(found.answered), **rate)
    if found.suppressed:
        told += " " + t.say("reporting.response.hidden")
    columns = (
        Column(t.say("reports.channel"), number=False),
        Column(t.say("reporting.head.n"), 3),
        Column(t.say("reporting.head.of_visits"), 4.5),
    )
    hidden = t.say("reports.hidden.short")
    rows = tuple(
        (
            t.survey_channel(one.code),
            hidden if one.suppressed else count(one.n),
            NOTHING if one.suppressed else percent(one.share),
        )
        for one in t.f.response_channels
    )
    return [Text("plain", told), *([Table(columns, rows)] if rows else [])]


def _reasons(t: Teller) -> Table:
    columns = (
        Column(t.say("reporting.reason"), number=False),
        Column(t.say("reporting.head.times"), 3),
    )
    shown = [one for one in t.f.reasons if not one.suppressed]
    rows = [(t.reason(one.code), count(one.n)) for one in shown]
    if hidden := len(t.f.reasons) - len(shown):
        rows.append((t.say("reporting.reasons.more", n=hidden), t.say("reports.hidden.short")))
    return Table(columns, tuple(rows))
