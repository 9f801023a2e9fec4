"""The words around a report's figures, in one language."""

from datetime import date

from server.catalogue import Catalogue
from server.domain.figures import ALL
from server.domain.order import Priority
from server.domain.questionnaire import OVERALL, Questionnaire
from server.domain.settings import Settings, Words
from server.domain.thai import BE_AHEAD, long_date, month_words
from server.domain.ticket import Outcome
from server.domain.written import minutes
from server.reporting.figures import ReportFigures
from server.reporting.periods import Kind, Span
from server.wording import local


def marks_of(*, demo: bool, public: bool, language: str = "th") -> tuple[str, ...]:
    """What every page and file says first: simulated figures, not for the public."""
    names = [*(["common.simulated"] if demo else []), *([] if public else ["reporting.internal"])]
    return tuple(Catalogue().say(name, language) for name in names)


class Teller:
    """`questionnaire`: the one asked now, for the names of aspects, levels and reasons."""

    def __init__(
        self,
        figures: ReportFigures,
        settings: Settings,
        questionnaire: Questionnaire,
        divisions: tuple[str, ...],
        language: str = "th",
    ) -> None:
        self.f, self.settings, self.language, self.divisions = (
            figures,
            settings,
            language,
            divisions,
        )
        self._catalogue = Catalogue()
        self._services = {one.code: Words(th=one.th, en=one.en) for one in figures.names}
        self._aspects = {one.code: one.name for one in questionnaire.aspect}
        self._reasons = {one.code: one.text for one in questionnaire.reason}
        self._levels = {one.score: Words(th=one.th, en=one.en) for one in questionnaire.levels}
        self._checked = {
            one.code: Words(th=one.th, en=one.en) for one in questionnaire.self_check.item
        }
        self._survey = {one.code: one for one in settings.channels.survey}
        self._ticket = {one.code: one for one in settings.channels.ticket}
        self.aspects = [one.code for one in questionnaire.aspect]

    def say(self, name: str, **facts: object) -> str:
        return self._catalogue.say(name, self.language, **facts)

    def local(self, words: Words) -> str:
        return local(words, self.language)

    def _named(self, known: dict[str, Words], code: str) -> str:
        # What was taken out of the set-up since keeps at least its code.
        return self.local(known[code]) if code in known else code

    def service(self, code: str) -> str:
        if code == ALL:
            return self.say("reporting.all")
        return self._named(self._services, code) if code else self.say("reporting.nowhere")

    def aspect(self, code: str) -> str:
        return self.say("reports.overall") if code == OVERALL else self._named(self._aspects, code)

    def reason(self, code: str) -> str:
        return self._named(self._reasons, code)

    def check_item(self, code: str) -> str:
        return self._named(self._checked, code)

    def level(self, level: int | None) -> str:
        return "–" if level is None else self.local(self._levels[level])

    def survey_channel(self, code: str) -> str:
        return self.say("reporting.all") if code == ALL else self._named(dict(self._survey), code)

    def ticket_channel(self, code: str) -> str:
        return self._named(dict(self._ticket), code)

    def priority(self, code: str) -> str:
        if code == Priority.NONE:
            return self.say("reporting.priority.none")
        return self.say(f"priority.{code}") if code in set(Priority) else code

    def outcome(self, code: str) -> str:
        if not code:
            return self.say("reporting.going_on")
        return self.say(f"outcome.{code}") if code in set(Outcome) else code

    def date(self, day: date) -> str:
        """1 เมษายน 2569."""
        return long_date(day, self.language, weekday=False)

    def month(self, month: str) -> str:
        """2026-03, as มีนาคม 2569."""
        return month_words(date.fromisoformat(f"{month}-01"), self.language)

    @property
    def office(self) -> str:
        return self.local(self.f.office_name)

    @property
    def span(self) -> Span:
        return Span(Kind(self.f.kind), self.f.fiscal_year, self.f.number)

    @property
    def period(self) -> str:
        """ครึ่งปีแรก ปีงบประมาณ 2569."""
        span = self.span
        if span.kind is Kind.MONTH:
            return month_words(self.f.first, self.language)
        year = span.fiscal_year - (0 if self.language == "th" else BE_AHEAD)
        if span.kind is Kind.HALF:
            return self.say(f"reporting.half.{span.number}", year=year)
        if span.kind is Kind.QUARTER:
            return self.say("reporting.quarter", number=span.number, year=year)
        return self.say("reporting.year", year=year)

    @property
    def marks(self) -> tuple[str, ...]:
        return marks_of(demo=self.f.demo, public=self.f.public, language=self.language)

    def minutes(self, seconds: float | None, of: int) -> str:
        """A time `of` so many steps; without one where there are some, it is hidden."""
        return self.say("reports.hidden.short") if seconds is None and of else minutes(seconds)
