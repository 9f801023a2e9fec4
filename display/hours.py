"""The office's hours in one line, for a screen without notices."""

from server.domain.hours import WEEKDAYS
from server.domain.settings import Settings
from server.domain.thai import WEEKDAYS as NAMES
from server.web import language, say


def hours_words(settings: Settings) -> str:
    """เวลาทำการ จันทร์–ศุกร์ 08:30–16:30 น.; the same every day, so it may stand for months."""
    hours = settings.hours
    open_days = [WEEKDAYS.index(day) for day in WEEKDAYS if day in hours.days]
    return say("display.hours", days=_days(open_days), open=hours.open, close=hours.close)


def _days(days: list[int]) -> str:
    """Days of the week (0 is Monday), as "จันทร์–ศุกร์" where they follow each other."""
    names = NAMES[language()]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004 # two are said apart
        return f"{names[days[0]]}–{names[days[-1]]}"
    return " ".join(names[day] for day in days)
