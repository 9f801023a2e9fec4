"""What can be believed of what residents say: every figure with how sure it is, none too small."""

from collections.abc import Collection
from datetime import date
from typing import Literal

from server.believing.asking import Asking
from server.believing.ground import believed_of
from server.domain.believed import Believed, Row
from server.domain.change import Change, change_of
from server.domain.cube import Cell, Figure, Tally
from server.domain.figures import ALL
from server.domain.praise import Praise
from server.domain.questionnaire import OVERALL
from server.domain.thai import FiscalYear, Period
from server.domain.trend import Month, half_before, half_of, months_up_to
from server.store import said


class Believing(Asking):
    """Bound to one office. All dates are the office's, both ends included.

    `public`: with the office's limit for what anybody may read, else the lower one for staff. Two
    periods that overlap could be subtracted, so in public there are only half-years and their
    months. Services go by their codes, counters by their ids as text.
    """

    def period(self, first: date, last: date, *, public: bool = False) -> Believed:
        """All cuts of one period from one look: for pages that show several of them.

        Raises `ValueError` for what is public and no fiscal half-year.
        """
        if public and half_of(first) != (first, last):
            raise ValueError(f"{first} to {last} is no fiscal half-year")
        with self.store.reading() as db:
            ground = self.ground(db)
            found = said.tallies(db, self.office_id, first, last)
        return believed_of(ground, found, public=public)

    def overview(
        self,
        first: date,
        last: date,
        *,
        among: Collection[int] | None = None,
        public: bool = False,
    ) -> Figure:
        """`among`: ids of one service, of a division's, or of all; hidden for any other choice."""
        found = self.period(first, last, public=public)
        with self.store.reading() as db:
            codes = {one.id: one.code for one in self.ground(db).services}
        return found.overview(None if among is None else {codes[one] for one in among})

    def by_service(
        self, first: date, last: date, *, aspect: str = OVERALL, public: bool = False
    ) -> tuple[Row, ...]:
        return self.period(first, last, public=public).by_service(aspect)

    def by_aspect(
        self, first: date, last: date, *, service: str = ALL, public: bool = False
    ) -> tuple[Row, ...]:
        return self.period(first, last, public=public).by_aspect(service)

    def by_channel(
        self,
        first: date,
        last: date,
        *,
        service: str = ALL,
        aspect: str = OVERALL,
        public: bool = False,
    ) -> tuple[Row, ...]:
        return self.period(first, last, public=public).by_channel(service, aspect)

    def counters(self, first: date, last: date) -> tuple[Row, ...]:
        """A row a counter. The face sees to it that only `roles.STAFF_FIGURES` asks."""
        return self.period(first, last).counters()

    def best_unit(self, first: date, last: date, *, public: bool = False) -> Praise:
        with self.store.reading() as db:
            least = self.ground(db).settings.settings.satisfaction.praise_least
        return self.period(first, last, public=public).best_unit(least)

    def trend(
        self,
        months: int = 12,
        *,
        until: date | None = None,
        service: str = ALL,
        aspect: str = OVERALL,
        public: bool = False,
    ) -> tuple[Month, ...]:
        """The month of `until` (today) and those before it, oldest first.

        What is hidden is what each month's half-year hides, whatever months are asked for.
        """
        today = self.today()
        asked = months_up_to(until or today, months)
        halves = {month: half_of(date.fromisoformat(f"{month}-01")) for month in asked}
        with self.store.reading() as db:
            ground = self.ground(db)
            last = halves[asked[-1]].last
            found = said.tallies(db, self.office_id, halves[asked[0]].first, last)
        cubes = {
            half: believed_of(ground, _within(found, half), public=public).cube
            for half in set(halves.values())
        }
        now = f"{today:%Y-%m}"
        return tuple(
            Month(month, cubes[half].figure(Cell(service, month=month), aspect), month < now)
            for month, half in halves.items()
        )

    def change(
        self,
        fiscal_year: int,
        half: Literal[1, 2],
        *,
        aspect: str = OVERALL,
        public: bool = False,
    ) -> tuple[Change, ...]:
        """All services together (`all`), then each, against the half-year before."""
        this = FiscalYear(fiscal_year).half(half)
        before = half_before(this)
        with self.store.reading() as db:
            ground = self.ground(db)
            found = said.tallies(db, self.office_id, before.first, this.last)
        then = believed_of(ground, _within(found, before), public=public).cube
        now = believed_of(ground, _within(found, this), public=public).cube
        return tuple(
            change_of(
                code,
                then.figure(Cell(service=code), aspect),
                now.figure(Cell(service=code), aspect),
            )
            for code in (ALL, *now.services)
        )


def _within(tallies: list[Tally], half: Period) -> list[Tally]:
    first, last = f"{half.first:%Y-%m}", f"{half.last:%Y-%m}"
    return [tally for tally in tallies if first <= tally.month <= last]
