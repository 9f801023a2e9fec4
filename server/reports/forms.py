"""What a report is asked for by: the length of the period, which one, and of which services."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from server.domain.refusals import BadField
from server.domain.shown import Service
from server.domain.thai import BE_AHEAD, Period
from server.reports.periods import AHEAD, EARLIEST, LONGEST, Length, key_of, period_of

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
BUDDHIST_FROM = 2400  # a year this large was meant as a Buddhist one


@dataclass(frozen=True, slots=True)
class Scope:
    """The services a report is of; `code` is "", division-CODE or service-CODE."""

    code: str
    services: tuple[Service, ...]
    division: Row[Any] | None = None

    @property
    def everything(self) -> bool:
        return not self.code

    @property
    def one(self) -> Service | None:
        return self.services[0] if self.code.startswith("service-") else None


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from on this day, the office's date."""

    today: date
    services: Sequence[Service]
    divisions: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """`key` names the period among those of its length; empty for today and own dates."""

    length: Length
    key: str
    period: Period
    scope: Scope

    def address(self) -> dict[str, str]:
        """The parameters that ask for the same again."""
        if self.length is Length.OWN:
            dates = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        else:
            dates = {"period": self.key} if self.key else {}
        scope = {"of": self.scope.code} if self.scope.code else {}
        return {"length": str(self.length), **dates, **scope}


def by_default(offered: Offered, length: Length = Length.HALF, scope: Scope | None = None) -> Asked:
    """The period that holds yesterday: on its first day a new one has nothing to show yet."""
    scope = scope or Scope("", tuple(offered.services))
    yesterday = offered.today - timedelta(days=1)
    if length is Length.TODAY:
        return Asked(length, "", Period(offered.today, offered.today), scope)
    if length is Length.OWN:
        return Asked(length, "", Period(yesterday.replace(day=1), yesterday), scope)
    key = key_of(length, yesterday)
    return Asked(length, key, period_of(length, key), scope)


def asked(args: Mapping[str, str], offered: Offered) -> Asked:
    """Raises `BadField` for what no list of ours offers, and for dates that cannot be meant."""
    scope = _scope(args.get("of", ""), offered)
    length = length_of(args)
    if length is None:
        raise BadField(length="no_such_period")
    if length is Length.OWN and (args.get("from") or args.get("to")):
        return Asked(length, "", _own_dates(args, offered.today), scope)
    key = args.get("period", "")
    if not key or length in (Length.TODAY, Length.OWN):
        return by_default(offered, length, scope)
    try:
        period = period_of(length, key)
    except (ValueError, OverflowError):
        raise BadField(period="no_such_period") from None
    _check_reach(period, offered.today, "period")
    return Asked(length, key, period, scope)


def length_of(args: Mapping[str, str]) -> Length | None:
    """Half a year unless asked otherwise; None for a word that is no length."""
    try:
        return Length(args.get("length") or Length.HALF)
    except ValueError:
        return None


def _scope(code: str, offered: Offered) -> Scope:
    kind, _, name = code.partition("-")
    if not code:
        return Scope("", tuple(offered.services))
    if kind == "service":
        one = tuple(service for service in offered.services if service.code == name)
        if one:
            return Scope(code, one)
    if kind == "division":
        for division in offered.divisions:
            if division.code == name:
                own = tuple(s for s in offered.services if s.division_id == division.id)
                return Scope(code, own, division)
    raise BadField(of="no_such_scope")


def _own_dates(args: Mapping[str, str], today: date) -> Period:
    period = Period(_date(args, "from"), _date(args, "to"))
    if period.last < period.first:
        raise BadField(to="ends_before_it_begins")
    _check_reach(period, today, "from")
    if period.last - period.first >= LONGEST:
        raise BadField(to="longer_than_two_years")
    return period


def _date(args: Mapping[str, str], name: str) -> date:
    """A date as browsers send it; its year may be a Buddhist one."""
    found = DATE.fullmatch(args.get(name, ""))
    if found is None:
        raise BadField(**{name: "no_date"})
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year - BE_AHEAD if year >= BUDDHIST_FROM else year, month, day)
    except ValueError:
        raise BadField(**{name: "no_date"}) from None


def _check_reach(period: Period, today: date, name: str) -> None:
    if period.first < EARLIEST or period.first > today + AHEAD:
        raise BadField(**{name: "too_far_away"})
