"""An answer's time in an export: whoever knows the rule and all visits still finds five of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.day import unix_ms
from server.exporting.spans import Spans
from server.store.exported import MOMENTS

ZONE = ZoneInfo("Asia/Bangkok")
FIRST, LAST = date(2026, 3, 30), date(2026, 4, 2)

Visit = tuple[int, dict[str, datetime]]  # the service, and the visit's moments


def assert_no_time_points_at_few(
    spans: Spans, visits: Iterable[Visit], period: tuple[date, date]
) -> set[timedelta]:
    """Of every hour that an answer can be of; how long before it the told moments lie."""
    had: Counter[tuple[int | None, str, datetime]] = Counter()
    for service_id, moments in visits:
        for moment, at in moments.items():
            hour = at.replace(minute=0, second=0, microsecond=0)
            had.update([(service_id, moment, hour), (None, moment, hour)])
    told_alike, back = defaultdict(set), set()
    months = defaultdict(set)
    for hour in hours_of(*period):
        months[hour.month].add(hour)
    for hour, service in product(hours_of(*period), {None, *(key[0] for key in had)}):
        began = spans.began(service, unix_ms(hour) + 59 * 60_000)
        assert began <= hour and began.date() >= period[0]
        assert (began.year, began.month) == (hour.year, hour.month)
        told_alike[service, began].add(hour)
        back.add(hour - began)
    for (service, began), hours in told_alike.items():
        for moment in MOMENTS:
            found = sum(had[service, moment, hour] for hour in hours)
            assert found >= 5 or hours == months[began.month], (service, began, moment)
    return back


def hours_of(first: date, last: date) -> list[datetime]:
    days = ((last - first).days + 1) * 24
    return [datetime.combine(first, time(), ZONE) + timedelta(hours=n) for n in range(days)]


def visit(service_id: int, began: datetime, *minutes: int) -> Visit:
    """`minutes`: from the begin until it was called, started, ended."""
    later = (timedelta(minutes=n) for n in (0, *minutes))
    return service_id, dict(zip(MOMENTS, (began + passed for passed in later), strict=True))


def spans(visits: Iterable[Visit]) -> Spans:
    rows = ((who, moment, unix_ms(at), 1) for who, had in visits for moment, at in had.items())
    return Spans(rows, FIRST, ZONE)


visits = st.builds(
    lambda service, day, hour, *minutes: visit(
        service, datetime.combine(FIRST + timedelta(day), time(hour), ZONE), *sorted(minutes)
    ),
    st.integers(1, 2),
    st.integers(0, 3),
    st.integers(9, 11),
    *[st.integers(0, 90)] * 3,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(visits, st.integers(1, 7)), max_size=14))
def test_no_time_stands_for_fewer_than_five_visits_unless_its_month_has_no_more(
    several: list[tuple[Visit, int]],
) -> None:
    had = [one for one, times in several for _ in range(times)]
    assert_no_time_points_at_few(spans(had), had, (FIRST, LAST))


def told(visits_by_hour: dict[datetime, int]) -> dict[datetime, str]:
    had = [visit(1, hour, 1, 2, 3) for hour, n in visits_by_hour.items() for _ in range(n)]
    found = spans(had)
    return {hour: f"{found.began(1, unix_ms(hour)):%m-%d %H}" for hour in visits_by_hour}


def test_an_hour_a_day_or_a_month_is_told_and_the_period_begins_no_earlier() -> None:
    nine, ten, eleven = (datetime(2026, 4, 8, hour, tzinfo=ZONE) for hour in (9, 10, 11))
    later, latest, march = nine.replace(day=9), nine.replace(day=10), nine.replace(month=3, day=31)
    assert told({nine: 5, ten: 3, eleven: 2, later: 4, latest: 1, march: 4}) == {
        **{nine: "04-08 09", ten: "04-08 00", eleven: "04-08 00"},
        **{later: "04-01 00", latest: "04-01 00", march: "03-30 00"},
    }


def test_an_hour_left_over_takes_another_one_with_it() -> None:
    """Else "that day, but not at nine or ten" would be the one visit at eleven."""
    nine, ten, eleven = (datetime(2026, 4, 2, hour, tzinfo=ZONE) for hour in (9, 10, 11))
    few = {datetime(2026, 4, 1, hour, tzinfo=ZONE): 2 for hour in (9, 10, 11)}
    assert told({nine: 6, ten: 7, eleven: 1} | few) == {
        **{nine: "04-02 00", ten: "04-02 10", eleven: "04-02 00"},
        **dict.fromkeys(few, "04-01 00"),
    }
