"""What services, aspects, channels and reasons are called in the page's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from server.domain.believed import Row
from server.domain.change import Change
from server.domain.figures import ALL
from server.domain.questionnaire import OVERALL, Questionnaire
from server.domain.self_check import INDICATORS, ITEMS
from server.domain.settings import Coded, Settings, Words
from server.reads import Reads
from server.web import language, say
from server.wording import local

Told = TypeVar("Told", Row, Change)


@dataclass(frozen=True, slots=True)
class Names:
    """Codes in, words out; a code that has no words any more stands for itself.

    `ids`: services' ids by code, for other faces' addresses.
    """

    ids: dict[str, int]
    services: dict[str, str]
    aspects: dict[str, str]
    channels: dict[str, str]
    reasons: dict[str, str]
    counters: dict[str, str]
    checks: dict[str, str]

    def aspects_in_order(self, rows: Iterable[Told]) -> list[Told]:
        return _in_order(rows, self.aspects)

    def channels_in_order(self, rows: Iterable[Row]) -> list[Row]:
        return _in_order(rows, self.channels)

    def service(self, code: str) -> str:
        return self.services.get(code, code)

    def aspect(self, code: str) -> str:
        return self.aspects.get(code, code)

    def channel(self, code: str) -> str:
        return self.channels.get(code, code)

    def reason(self, code: str) -> str:
        return self.reasons.get(code, code)

    def counter(self, code: str) -> str:
        return self.counters.get(code, code)

    def check(self, code: str) -> str:
        return self.checks.get(code, code)


def names_of(reads: Reads, settings: Settings, asked: Questionnaire) -> Names:
    tongue, services = language(), reads.services()
    checks = {str(number): local(words, tongue) for number, words in INDICATORS.items()}
    return Names(
        ids={one.code: one.id for one in services},
        services={ALL: say("wall.everything")}
        | {one.code: local(one.name, tongue) for one in services},
        aspects={OVERALL: say("wall.overall")}
        | {one.code: local(one.name, tongue) for one in asked.aspect},
        channels=_coded(settings.channels.survey, tongue),
        reasons={one.code: local(one.text, tongue) for one in asked.reason},
        counters={
            str(one.id): say("wall.counter", number=one.number, name=local(one.name, tongue))
            for one in reads.counters()
        },
        checks=checks | _coded(ITEMS, tongue),
    )


def _in_order(rows: Iterable[Told], known: Mapping[str, str]) -> list[Told]:
    """As the office has them; those that it knows no more come last."""
    place = {code: n for n, code in enumerate(known)}
    return sorted(rows, key=lambda row: place.get(row.code, len(place)))


def _coded(given: Iterable[Coded], tongue: str) -> dict[str, str]:
    return {one.code: local(Words(th=one.th, en=one.en), tongue) for one in given}
