"""The office's own calendar day."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo


def office_time(at: int, zone: ZoneInfo) -> datetime:
    """The office's wall clock at `at` (Unix ms)."""
    return datetime.fromtimestamp(at / 1000, zone)


def office_day(at: int, zone: ZoneInfo) -> str:
    """The office's date at `at` (Unix ms), as 2026-10-01: numbers start anew with it."""
    return office_time(at, zone).date().isoformat()


def day_began(at: int, zone: ZoneInfo) -> int:
    """Unix ms of the last midnight of the office before `at`, or `at` itself."""
    return unix_ms(datetime.combine(office_time(at, zone).date(), time(), zone))


def unix_ms(moment: datetime) -> int:
    """Unix ms of an aware moment."""
    return round(moment.timestamp() * 1000)


def rfc3339(at: int | None, zone: ZoneInfo) -> str | None:
    """`at` (Unix ms) with the office's offset, to the millisecond, as the API writes times."""
    return None if at is None else office_time(at, zone).isoformat(timespec="milliseconds")


def from_rfc3339(text: str) -> int:
    """Unix ms. Raises `ValueError` for text that is no moment with an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return unix_ms(moment.astimezone(UTC))
