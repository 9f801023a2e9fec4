"""Holidays: the country's, each of which the office may work on, and the office's own."""

from dataclasses import dataclass
from datetime import date

from flask import request
from werkzeug.wrappers import Response

from server.domain.day import office_time
from server.domain.holidays import country_days, days_off, works_anyway
from server.domain.settings import Words
from server.manage import hours_forms
from server.manage.face import actor, done, face, page, setup
from server.sheet import comes_back
from server.web import reads, settings

YEARS = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """One holiday of the country. `instead`: in lieu of a day on which the office works."""

    date: date
    name: Words
    works: bool
    instead: bool


@face.get("/holidays")
def holidays() -> str:
    kept = settings().holidays
    today = office_time(reads().now(), settings().zone).date()
    listed = []
    for year in range(today.year, today.year + YEARS):
        off = days_off(kept, year)
        for day, name in country_days(kept, year).items():
            works = works_anyway(kept.work_anyway, day)
            listed.append(Listed(day, name, works, day not in off and not works))
    return page(
        "holidays",
        listed=[one for one in listed if one.date >= today],
        own=[one for one in kept.own if one.date >= today],
        today=today,
    )


@face.post("/holidays")
@comes_back(holidays)
def add_holiday() -> Response:
    day, name = hours_forms.holiday(request.form)
    setup().holidays.add(day, name, actor())
    today = office_time(reads().now(), settings().zone).date()
    return done("holiday_today" if day == today else "holiday_added", "holidays")


@face.post("/holidays/work")
@comes_back(holidays)
def work_on_holiday() -> Response:
    on = request.form.get("on") == "yes"
    setup().holidays.work(hours_forms.day(request.form), actor(), on=on)
    return done("saved", "holidays")


@face.post("/holidays/remove")
@comes_back(holidays)
def remove_holiday() -> Response:
    setup().holidays.remove(hours_forms.day(request.form), actor())
    return done("holiday_removed", "holidays")
