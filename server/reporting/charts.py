"""Charts as SVG shapes with their words beside: readable in grey, and each has its table."""

from collections.abc import Callable, Sequence

from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL
from server.domain.satisfaction import SatisfactionRow
from server.domain.thai import SHORT_MONTHS, WEEKDAYS
from server.domain.written import count, decimal
from server.reporting.document import Chart, Label, Tone
from server.reporting.teller import Teller

WIDTH = 640
SHADES = ("#f4f6f8", "#e3ebf5", "#c6d7eb", "#9fbbdd", "#7199cb", "#3f6eab", "#1c4e8a", "#12355f")
LIGHT_FROM = 5  # of the shades: words on them are white
ACCENT, QUIET, GRID = "#1c4e8a", "#9fb0c2", "#d3dae1"
FEW = 30  # fewer respondents than this are drawn hollow: their interval is wide


def hours_chart(t: Teller) -> Chart | None:
    """Numbers given in each hour of the week, as means over days. None without any."""
    means = {(row.weekday, row.hour): row.issued / row.days for row in t.f.hours}
    if not means:
        return None
    hours = range(min(h for _, h in means), max(h for _, h in means) + 1)
    days, left, top, row_height = sorted(t.f.weekdays), 98, 26, 34
    width, most = (WIDTH - left) / len(hours), max(means.values())
    shapes, labels = [], []
    for at, hour in enumerate(hours):
        words = f"{hour:02}–{hour + 1:02}"
        labels.append(Label(left + (at + 0.5) * width, 13, "center", "quiet", words))
    for line, weekday in enumerate(days):
        y = top + line * row_height
        name = WEEKDAYS["th" if t.language == "th" else "en"][weekday]
        labels.append(Label(0, y + row_height / 2, "left", "dark", name))
        for at, hour in enumerate(hours):
            mean = means.get((weekday, hour), 0.0)
            shade = round(mean / most * (len(SHADES) - 1))
            x, tone = left + at * width, _tone(shade)
            shapes.append(_box(x + 1, y + 1, width - 2, row_height - 2, SHADES[shade]))
            middle = x + width / 2, y + row_height / 2
            labels.append(Label(*middle, "center", tone, decimal(mean)))
    height = top + len(days) * row_height
    return _chart(shapes, height, t.say("reporting.chart.hours"), labels)


def months_chart(t: Teller) -> Chart | None:
    """Numbers given in each month. None for a period within one."""
    months = [(row.month, row.figures) for row in t.f.months if row.figures.service_code == ALL]
    if len(months) < 2:  # noqa: PLR2004
        return None
    height, top, foot = 170.0, 24, 24
    step, most = WIDTH / len(months), max(row.issued for _, row in months) or 1
    shapes, labels = [_line(0, height - foot, WIDTH, height - foot, GRID)], []
    for at, (month, row) in enumerate(months):
        tall = (height - top - foot) * row.issued / most
        x, y = at * step + step * 0.2, height - foot - tall
        shapes.append(_box(x, y, step * 0.6, tall, ACCENT))
        middle = (at + 0.5) * step
        labels.append(Label(middle, y - 11, "center", "dark", count(row.issued)))
        name = SHORT_MONTHS["th" if t.language == "th" else "en"][int(month[5:]) - 1]
        labels.append(Label(middle, height - 10, "center", "quiet", name))
    return _chart(shapes, height, t.say("reporting.chart.months"), labels)


def opinions_chart(t: Teller) -> Chart | None:
    """The one tap's top two by service, with its interval. None where nothing can be shown."""
    rows = [
        row for row in t.f.satisfaction if (row.channel, row.aspect) == (ALL, OVERALL) and row.n
    ]
    if not rows:
        return None
    first = min(60, int(min(row.top2_low or 0.0 for row in rows) * 100) // 20 * 20)
    left, right, top, row_height = 262, 586, 26, 27
    height = top + len(rows) * row_height + 4

    def at(share: float) -> float:
        return left + (right - left) * (share * 100 - first) / (100 - first)

    shapes = [_line(at(tick / 100), 22, at(tick / 100), height, GRID) for tick in _ticks(first)]
    labels = [Label(at(tick / 100), 10, "center", "quiet", f"{tick} %") for tick in _ticks(first)]
    labels.append(Label(WIDTH, 10, "right", "quiet", "n"))
    for line, row in enumerate(rows):
        y = top + (line + 0.5) * row_height
        shapes += _interval(row, y, at)
        labels.append(Label(0, y, "left", "dark", _short(t.service(row.service_code))))
        labels.append(Label(WIDTH, y, "right", "quiet", count(row.n)))
    return _chart(shapes, height, t.say("reporting.chart.opinions"), labels)


def _interval(row: SatisfactionRow, y: float, at: Callable[[float], float]) -> list[str]:
    low, high, share = (at(one or 0.0) for one in (row.top2_low, row.top2_high, row.top2))
    hollow = (row.n or 0) < FEW
    dot = f'fill="{"#ffffff" if hollow else ACCENT}" stroke="{ACCENT}" stroke-width="2"'
    return [
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{QUIET}" '
        'stroke-width="4" stroke-linecap="round"/>',
        f'<circle cx="{share:.1f}" cy="{y}" r="5" {dot}/>',
    ]


def _ticks(first: int) -> Sequence[int]:
    return range(first, 101, 20)


def _tone(shade: int) -> Tone:
    return "light" if shade >= LIGHT_FROM else "dark"


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" '
        f'fill="{fill}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"/>'


def _chart(shapes: Sequence[str], height: float, alt: str, labels: Sequence[Label]) -> Chart:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}">'
        f"{''.join(shapes)}</svg>"
    )
    return Chart(svg, WIDTH, height, alt, tuple(labels))
