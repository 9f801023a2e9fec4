"""One page that the head of the office reads in two minutes."""

from server.domain.change import Verdict
from server.domain.figures import ALL, ServiceRow
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow
from server.domain.written import NOTHING, count, minutes, percent, points
from server.reporting.charts import hours_chart
from server.reporting.document import Block, Point, Points, Section, Text, Tile, Tiles
from server.reporting.figures import Share
from server.reporting.numerals import between
from server.reporting.teller import Teller

CLEARLY = 1.25  # times the office's own wait
ENOUGH = 30  # steps that a service needs to be named among the findings


def summary_of(t: Teller) -> Section:
    blocks: list[Block] = [Text("note", t.say("reporting.title", period=t.period)), _tiles(t)]
    if not t.f.total.issued:
        blocks.append(Text("notice", t.say("reporting.nothing")))
    if found := _findings(t):
        blocks += [Text("head", t.say("reporting.findings")), Points(tuple(found))]
    if chart := hours_chart(t):
        blocks += [
            Text("head", t.say("reports.hours")),
            chart,
            Text("note", t.say("reports.hours.caption")),
        ]
    if asked := _decisions(t):
        blocks += [Text("head", t.say("reporting.decisions")), Points(tuple(asked))]
    return Section(t.say("reporting.summary"), tuple(blocks))


def _tiles(t: Teller) -> Tiles:
    total, f = t.f.total, t.f
    before = count(f.before.total.served) if f.before.total.issued else NOTHING
    nine = t.say("reports.wait.nine", n=minutes(total.wait_p90_s))
    if total.wait_p90_s is None:
        nine = t.say("reports.hidden.short" if total.called else "reports.none_called")
    return Tiles(
        (
            Tile(
                t.say("reporting.tile.served"),
                count(total.served),
                t.say("reports.people"),
                t.say("reporting.tile.before", n=before),
            ),
            Tile(
                t.say("reporting.tile.wait"),
                minutes(total.wait_p50_s),
                t.say("reports.minutes"),
                nine,
            ),
            _share_tile(t, "reporting.tile.standard", f.within_standard),
            _pleased_tile(t, f.row_of(ALL, ALL, OVERALL)),
            _share_tile(t, "reporting.tile.left", f.abandoned),
        )
    )


def _share_tile(t: Teller, label: str, share: Share | None) -> Tile:
    if share is None:
        return Tile(t.say(label), NOTHING, "", "")
    interval = t.say("reporting.interval", interval=between(share.low, share.high))
    return Tile(t.say(label), percent(share.value), "%", interval)


def _pleased_tile(t: Teller, row: SatisfactionRow | None) -> Tile:
    label = t.say("reporting.tile.pleased")
    if row is None:
        return Tile(label, NOTHING, "", t.say("reports.nobody.long"))
    if row.n is None:
        return Tile(label, NOTHING, "", t.say("reports.hidden.short"))
    interval = t.say("reporting.interval", interval=between(row.top2_low, row.top2_high))
    return Tile(label, percent(row.top2), "%", interval)


# ---------------------------------------------------------------- what stands out


def _findings(t: Teller) -> list[Point]:
    found = []
    if slow := _slowest(t):
        found.append(
            Point(
                t.say("reporting.finding.wait"),
                t.say(
                    "reporting.finding.wait.is",
                    service=t.service(slow.service_code),
                    p90=minutes(slow.wait_p90_s),
                    all=minutes(t.f.total.wait_p90_s),
                ),
            )
        )
    if late := _latest(t):
        found.append(
            Point(
                t.say("reporting.finding.standard"),
                t.say(
                    "reporting.finding.standard.is",
                    service=t.service(late.service_code),
                    share=percent(late.within_standard),
                ),
            )
        )
    found += _opinions(t)
    return found


def _opinions(t: Teller) -> list[Point]:
    found = []
    rows = _aspects(t)
    if len(rows) > 1:
        low, high = rows[0], rows[-1]
        facts = {"high": t.aspect(high.aspect), "low": t.aspect(low.aspect)}
        facts |= {"high_share": percent(high.top2), "low_share": percent(low.top2)}
        text = t.say("reporting.finding.aspects.is", **facts)
        found.append(Point(t.say("reporting.finding.aspects"), text))
    change = next((one for one in t.f.changes if one.code == ALL), None)
    if change and change.verdict is not Verdict.UNKNOWN:
        unclear = change.verdict is Verdict.UNCLEAR  # else the words say which way
        by = points(change.difference) if unclear else percent(abs(change.difference or 0))
        text = t.say(f"reporting.finding.change.{change.verdict}", by=by)
        found.append(Point(t.say("reporting.finding.change"), text))
    if t.f.best.code:
        text = t.say("reporting.finding.best.is", service=t.service(t.f.best.code))
        if t.f.best.tied:
            text += " " + t.say("reporting.finding.best.tied", n=len(t.f.best.tied))
        found.append(Point(t.say("reporting.finding.best"), text))
    return found


def _decisions(t: Teller) -> list[Point]:
    """What the figures alone let one ask for: a person who knows the office writes the rest.

    Targets are missed as `server.measures` sees it: a standard by its share, an aspect surely.
    """
    if not t.f.total.issued:
        return []
    found, targets = [], t.settings.settings.measures
    late = _latest(t)
    if late and (late.within_standard or 0) < targets.within_standard:
        service = t.service(late.service_code)
        found.append(Point("", t.say("reporting.decision.standard", service=service)))
    rows = _aspects(t)
    if rows and (rows[0].top2_high or 0) < targets.top2:
        aspect = t.aspect(rows[0].aspect)
        found.append(Point("", t.say("reporting.decision.aspect", aspect=aspect)))
    if t.f.public:
        found.append(Point("", t.say("reporting.decision.publish")))
    return found


def _slowest(t: Teller) -> ServiceRow | None:
    """The service whose ninth in ten waits longest, where it is clearly beyond the office's."""
    able = [row for row in t.f.services if row.called >= ENOUGH and row.wait_p90_s is not None]
    if len(able) < 2:  # noqa: PLR2004
        return None
    found = max(able, key=lambda row: row.wait_p90_s or 0)
    beyond = (found.wait_p90_s or 0) >= CLEARLY * (t.f.total.wait_p90_s or 0)
    return found if beyond and found.wait_p90_s else None


def _latest(t: Teller) -> ServiceRow | None:
    """The service that keeps its standard least often, if it ever misses it."""
    able = [row for row in t.f.services if row.timed >= ENOUGH]
    found = min(able, key=lambda row: row.within_standard or 0, default=None)
    return found if found and (found.within_standard or 0) < 1 else None


def _aspects(t: Teller) -> list[SatisfactionRow]:
    """Of all services and channels together, the lowest share first."""
    rows = [t.f.row_of(ALL, ALL, aspect) for aspect in t.aspects]
    shown = [row for row in rows if row is not None and row.top2 is not None]
    return sorted(shown, key=lambda row: row.top2 or 0)
