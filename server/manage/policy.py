"""What other head starts would have done to a past month. Trying changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from server.domain import roles
from server.domain.order import LONGEST_HEAD_START_MIN, Priority
from server.domain.policy import Comparison, Tried, Waits, month_key, month_of
from server.domain.refusals import BadField
from server.domain.settings import Words
from server.domain.thai import month_words
from server.manage.face import PARTS, remember_language, speak_as_last_time
from server.manage.forms import PRIORITIES
from server.sheet import Sheet
from server.web import admit, house, language, rooms, say, settings, who

face = Blueprint("policy", __name__, url_prefix="/manage", template_folder="templates")
admit(face, roles.TRY_POLICY)
face.before_request(speak_as_last_time)
face.after_request(remember_language)
SHOWN_S = 3  # as 0.1 minutes
STEPS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120)
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One group's waits: as recorded, replayed under today's settings, and as tried."""

    name: str
    really: Waits | None
    before: Waits | None
    after: Waits | None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """Minutes from 0 to the last of `ticks`, over the width of the drawing."""

    ticks: tuple[int, ...]

    def at(self, seconds: float) -> str:
        """A wait's place, in percent of the width."""
        return f"{100 * seconds / (60 * self.ticks[-1]):.2f}%"

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(self.at(60 * tick) for tick in self.ticks)


@face.get("/policy")
def home() -> str | tuple[str, int]:
    now, policy = house().clock(), rooms().policy
    months = [month_of(month) for month in policy.months(now)]
    keys = {month_key(period): month_words(period.first, language()) for period in months}
    facts: dict[str, object] = {"months": keys, "today": _today()}
    if "month" not in request.args or not months:
        return _page(**facts)
    try:
        month, tried = _asked(request.args, list(keys))
    except BadField as mistakes:
        g.typed, g.wrong = request.args, mistakes.fields
        return _page(**facts), 422
    trial = policy.attempt(month_of(month), tried, now)
    rows = _rows(trial.comparison, trial.services, tried)
    return _page(
        **facts,
        asked=keys[month],
        asked_key=month,
        tried=tried,
        found=trial.comparison,
        priorities=rows[0],
        services=rows[1],
        axes=tuple(map(_axis, rows)),
    )


def _page(**facts: object) -> str:
    sees_setup = who().role in roles.SEE_SETUP
    return render_template(
        "manage/policy.html",
        part="policy",
        parts_of_setup=PARTS if sees_setup else (),
        more_links=() if sees_setup else [(url_for("reports.home"), say("reports.title"))],
        settings=settings(),
        may=True,  # there is nothing here that looking on could not do
        sees_setup=sees_setup,
        head_starts=PRIORITIES,
        longest=LONGEST_HEAD_START_MIN,
        shown_s=SHOWN_S,
        minutes=_minutes,
        more_styles=["kpi", "interval", "policy"],
        **facts,
    )


def _today() -> dict[Priority, int]:
    rules = settings().settings
    return {priority: rules.head_start_min(priority) for priority in PRIORITIES}


def _asked(form: MultiDict[str, str], months: list[str]) -> tuple[str, Tried]:
    """The month (2569-03) and what is tried in it. Raises `BadField`."""
    sheet = Sheet(form)  # type: ignore[arg-type] # an address has fields as a form has
    month = sheet.text("month", most=7)
    try:
        month = month_key(month_of(month))
    except ValueError:
        sheet.wrong.setdefault("month", "not_a_month")
    if month not in months:
        sheet.wrong.setdefault("month", "month_without_tickets")
    today = _today()
    minutes = {one: sheet.number(str(one), 0, LONGEST_HEAD_START_MIN) for one in PRIORITIES}
    sheet.done()
    return month, Tried({one: n for one, n in minutes.items() if n != today[one]})


def _rows(
    found: Comparison, services: Mapping[int, Words], tried: Tried
) -> tuple[list[Row], list[Row]]:
    """By priority (named by its code) and by service (in the page's language)."""
    sides = (found.really, found.before, found.after)
    priorities = [
        _row(str(one), [side.by_priority.get(one) for side in sides], one in tried.head_starts)
        for one in Priority
        if any(one in side.by_priority for side in sides)
    ]
    named = {
        key: name.en if language() == "en" and name.en else name.th
        for key, name in services.items()
    }
    by_service = [
        _row(name, [side.by_service.get(key) for side in sides])
        for key, name in named.items()
        if any(key in side.by_service for side in sides)
    ]
    return priorities, by_service


def _row(name: str, waits: Sequence[Waits | None], tried: bool = False) -> Row:
    really, before, after = waits
    return Row(name, really, before, after, tried)


def _axis(rows: list[Row]) -> Axis:
    waits = [one for row in rows for one in (row.before, row.after) if one and one.p90_s]
    longest = max((one.p90_s or 0 for one in waits), default=60) / 60
    step = next((s for s in STEPS_MIN if longest / s <= MOST_TICKS), STEPS_MIN[-1])
    ticks = range(0, int(longest / step + 1) * step + 1, step)
    return Axis(tuple(ticks))


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f}"
