"""What the forms about opening hours and holidays say. Each raises `BadField` with all mistakes."""

from datetime import date

from werkzeug.datastructures import ImmutableMultiDict

from server.domain.hours import WEEKDAYS
from server.domain.order import LONGEST_HEAD_START_MIN
from server.domain.settings import (
    Closing,
    ExtraHours,
    Hours,
    Lunch,
    ServiceHours,
    ServiceRules,
    Weekday,
    Words,
)
from server.manage.forms import PRIORITIES
from server.sheet import Sheet

Form = ImmutableMultiDict[str, str]
MONTHS = tuple(range(1, 13))
MOST_EXTRA = 12
LONGEST_AFTER_MIN = 240
MOST_A_DAY = 999
STRETCHES = 2  # of one service on one day: before and after noon
LUNCH_AS_THE_OFFICE, LUNCH_YES, LUNCH_NO = LUNCHES = ("office", "yes", "no")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def hours(form: Form) -> tuple[Hours, Closing]:
    sheet = Sheet(form)
    found = Hours(
        days=_days(form, "days"),
        kiosk_from=sheet.clock("kiosk_from"),
        open=sheet.clock("open"),
        close=sheet.clock("close"),
        lunch=_lunch(sheet, form) if sheet.yes("lunch") else None,
        extra=tuple(
            _extra(sheet, form, at)
            for at in range(rows_of(form))
            if _kept(form, f"extra_{{}}_{at}")
        ),
    )
    last = sheet.number("last_ticket_minutes", 0, LONGEST_AFTER_MIN)
    after = sheet.number("serve_after_minutes", 0, LONGEST_AFTER_MIN)
    sheet.done()
    return found, Closing(
        last_ticket_before_close_minutes=last, serve_waiting_after_close_minutes=after
    )


def rows_of(form: Form) -> int:
    """How many rows of extra hours the form has, with the empty ones."""
    sent = form.get("extra_rows", "")
    return min(int(sent), MOST_EXTRA) if sent.isascii() and sent.isdigit() else 0


def _kept(form: Form, named: str) -> bool:
    """An empty row is none, and one that is ticked to go, goes."""
    filled = any(form.get(named.format(one)) for one in ("name_th", "name_en", "open", "close"))
    return filled and not form.get(named.format("gone"))


def _lunch(sheet: Sheet, form: Form) -> Lunch:
    return Lunch(
        from_=sheet.clock("lunch_from"),
        to=sheet.clock("lunch_to"),
        served=form.get("lunch_served") == "yes",
        counters=tuple(form.getlist("lunch_counters")),
    )


def _extra(sheet: Sheet, form: Form, at: int) -> ExtraHours:
    days = _days(form, f"extra_days_{at}")
    if not days:
        sheet.wrong[f"extra_days_{at}"] = "missing"
    opens, closes = sheet.clock(f"extra_open_{at}"), sheet.clock(f"extra_close_{at}")
    if not opens < closes and f"extra_open_{at}" not in sheet.wrong:
        sheet.wrong.setdefault(f"extra_close_{at}", "closes_before_opening")
    months = tuple(one for one in MONTHS if str(one) in form.getlist(f"extra_months_{at}"))
    return ExtraHours(
        name=Words(
            th=sheet.text(f"extra_name_th_{at}"),
            en=sheet.text(f"extra_name_en_{at}", needed=False),
        ),
        days=days,
        months=months if len(months) < len(MONTHS) else (),
        open=opens,
        close=closes,
        counters=tuple(form.getlist(f"extra_counters_{at}")),
    )


def _days(form: Form, name: str) -> tuple[Weekday, ...]:
    return tuple(day for day in WEEKDAYS if day in form.getlist(name))


def day(form: Form) -> date:
    """The date as the browser's own field sends it: 2026-04-16."""
    sheet = Sheet(form)
    found = date_of(sheet, "date")
    sheet.done()
    return found


def holiday(form: Form) -> tuple[date, Words]:
    sheet = Sheet(form)
    found = date_of(sheet, "date")
    name = Words(th=sheet.text("name_th"), en=sheet.text("name_en", needed=False))
    sheet.done()
    return found, name


def date_of(sheet: Sheet, name: str) -> date:
    """A field of the kind "date"; noted in the sheet where it is none."""
    text = sheet.text(name, most=10)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        sheet.wrong.setdefault(name, "not_a_date")
        return date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        sheet.wrong[name] = "not_a_date"
    return found


def rules(form: Form) -> ServiceRules:
    sheet = Sheet(form)
    own = form.get("hours") == "own"
    stretches: dict[tuple[str, str], list[Weekday]] = {}
    for weekday in WEEKDAYS if own else ():
        for at in range(stretches_of(form)):
            opens = sheet.clock(f"open_{weekday}_{at}", needed=False)
            closes = sheet.clock(f"close_{weekday}_{at}", needed=bool(opens))
            if closes and not opens:
                sheet.wrong[f"open_{weekday}_{at}"] = "missing"
            if opens and closes and not opens < closes:
                sheet.wrong.setdefault(f"close_{weekday}_{at}", "closes_before_opening")
            if opens:
                stretches.setdefault((opens, closes), []).append(weekday)
    if own and not stretches and not sheet.wrong:
        sheet.wrong["hours"] = "hours_missing"
    lunch = form.get("at_lunch", LUNCH_AS_THE_OFFICE)
    if lunch not in LUNCHES:
        sheet.wrong["at_lunch"] = "invalid"
    limit = sheet.number("day_limit", 1, MOST_A_DAY) if form.get("day_limit", "").strip() else None
    head_starts = {
        one: sheet.number(f"head_start_{one}", 0, LONGEST_HEAD_START_MIN)
        for one in PRIORITIES
        if form.get(f"head_start_{one}", "").strip()
    }
    sheet.done()
    return ServiceRules(
        hours=tuple(
            ServiceHours(days=tuple(days), open=opens, close=closes)
            for (opens, closes), days in stretches.items()
        ),
        at_lunch=None if lunch == LUNCH_AS_THE_OFFICE else lunch == LUNCH_YES,
        day_limit=limit,
        head_start_minutes=head_starts,
    )


def stretches_of(form: Form) -> int:
    """How many stretches a day the form has room for."""
    sent = form.get("stretches", "")
    return min(int(sent), MOST_EXTRA) if sent.isascii() and sent.isdigit() else STRETCHES
