"""How the days that a page may be asked for are called in its language."""

from datetime import date

from server.domain.asked_days import NOW, YEAR, Half, halves, months
from server.domain.thai import month_words
from server.web import language, say


def days_offered(today: date) -> list[tuple[str, str]]:
    """Their word in the address, and the words for it: those under way first."""
    now = [(str(span), say(f"days.{span}")) for span in NOW]
    half_years = [(half.key, half_words(half)) for half in halves(today)]
    single = [
        (month, month_words(date.fromisoformat(f"{month}-01"), language()))
        for month in months(today)
    ]
    return [(YEAR, say("days.year")), *now, *half_years, *single]


def half_words(half: Half) -> str:
    """ครึ่งปีหลัง ปีงบ 2569."""
    return say(f"days.half.{half.number}", year=half.year_in(language()))
