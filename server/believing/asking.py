"""Who was asked, who answered, what was asked, and how many answers are still missing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from server.believing.ground import Looking, believed_of, threshold_of
from server.domain.day import office_time, unix_ms
from server.domain.questionnaire import Questionnaire
from server.domain.response import Response, Surveys, Visits, response_of
from server.domain.sample import Sample, sample_of
from server.domain.satisfaction import NOWHERE
from server.domain.self_check_figures import (
    SelfCheckFigures,
    of_one_scale,
    self_check_figures,
)
from server.domain.settings import Settings
from server.domain.thai import FiscalYear
from server.domain.versions import Version, answers_shown, changed
from server.store import said


@dataclass(frozen=True, slots=True)
class Reason:
    """How many gave it; None where too few did."""

    code: str
    n: int | None
    suppressed: bool = False


class Asking(Looking):
    """Counts beside the figures."""

    def sample(self, fiscal_year: int) -> Sample:
        """`have` are answers: one token or paper form, one person. Presses stand beside."""
        year, today = FiscalYear(fiscal_year), self.today()
        with self.store.reading() as db:
            ground = self.ground(db)
            visits = said.people(db, self.office_id, year.first, year.last)
            have, presses = said.given(db, self.office_id, year.first, year.last)
            begun = said.began(db, self.office_id, year.first, year.last)
        rules = ground.settings.settings.satisfaction
        return sample_of(
            fiscal_year,
            year.first,
            year.last,
            today,
            visits=visits,
            have=have,
            presses=presses,
            rule=rules.sample_of_year.get(str(fiscal_year), rules.sample),
            begun=begun,
            threshold=threshold_of(ground, public=False),
        )

    def reasons(self, first: date, last: date, *, public: bool = False) -> tuple[Reason, ...]:
        """Each reason that was given, the most frequent first. Protected ones are never here."""
        with self.store.reading() as db:
            threshold = threshold_of(self.ground(db), public=public)
            found = said.reasons(db, self.office_id, first, last)
        shown = [
            Reason(code, n) if n >= threshold else Reason(code, None, suppressed=True)
            for code, n in found.items()
        ]
        return tuple(sorted(shown, key=lambda one: (-(one.n or 0), one.code)))

    def flags(self, first: date, last: date) -> Counter[str]:
        """How many answers and presses were left out, by why."""
        with self.store.reading() as db:
            return said.flags(db, self.office_id, first, last)

    def self_check(self, first: date, last: date, *, public: bool = False) -> SelfCheckFigures:
        """Apart from all else; shown only with its notice. Each item as it was asked last."""
        with self.store.reading() as db:
            threshold = threshold_of(self.ground(db), public=public)
            given = said.self_check_points(db, self.office_id, first, last)
            asked = said.versions(db, self.office_id)
        checks = [(row.id, Questionnaire.read(row.body).self_check) for row in asked]
        last_way = of_one_scale(given, checks)
        return self_check_figures(
            last_way.given, last_way.indicators, threshold, changed=last_way.changed
        )

    def versions(self, first: date, last: date, *, public: bool = False) -> tuple[Version, ...]:
        """What was asked in the period, oldest first; more than one: it changed meanwhile."""
        with self.store.reading() as db:
            ground = self.ground(db)
            asked = said.versions(db, self.office_id)
            answers = said.answers_by_version(db, self.office_id, first, last)
        zone, shown = (
            ground.settings.zone,
            answers_shown(answers, threshold_of(ground, public=public)),
        )
        found: list[Version] = []
        before: Questionnaire | None = None
        for row, following in zip(asked, [*asked[1:], None], strict=True):
            since = None if row.asked_from is None else office_time(row.asked_from, zone).date()
            until = None
            if following is not None and following.asked_from is not None:
                until = office_time(following.asked_from, zone).date()
            now = (since is None or since <= last) and (until is None or first <= until)
            if now or row.id in answers:
                body, mine = Questionnaire.read(row.body), shown.get(row.id, 0)
                other = () if before is None else changed(before, body)
                before = body
                found.append(
                    Version(row.id, row.code, row.version, since, mine, other, mine is None)
                )
        return tuple(found)

    def response(self, first: date, last: date, *, public: bool = False) -> Response:
        """Of the visits served and the surveys opened in the period."""
        with self.store.reading() as db:
            ground = self.ground(db)
            found = said.tallies(db, self.office_id, first, last)
            visits = said.visits(db, self.office_id, first, last)
            begun, ended = _ms(ground.settings, first), _ms(ground.settings, last, days=1)
            asked = said.asked(db, self.office_id, begun, ended, self.clock())
            channels = said.survey_channels(db, self.office_id, first, last)
        cube = believed_of(ground, found, public=public).cube
        ids = {one.id: one.code for one in ground.services}
        return response_of(
            cube,
            [Visits(ids[row.service_id], _counter(row.counter_id), row.n) for row in visits],
            [
                Surveys(
                    ids[row.service_id],
                    _counter(row.counter_id),
                    row.asked,
                    row.answered,
                    row.closed,
                    row.closed_answered,
                )
                for row in asked
            ],
            channels,
        )


def _counter(counter_id: int | None) -> str:
    return NOWHERE if counter_id is None else str(counter_id)


def _ms(settings: Settings, day: date, days: int = 0) -> int:
    midnight = datetime.combine(day + timedelta(days=days), time(), settings.zone)
    return unix_ms(midnight)
