"""Made-up tickets of an office, on which its slip is looked at and its own layout tried."""

from collections.abc import Sequence

from printers.slip import Slip
from server.composing import MOST_DOCUMENTS
from server.domain.day import office_time
from server.domain.refusals import NotFound
from server.domain.settings import Settings, Words
from server.domain.shown import Service
from server.domain.thai import clock, long_date

KINDS = ("normal", "long", "large", "english", "both", "reprint")
LATER = 2  # services after the first
TOKEN = "x" * 22  # as long as a real link ends
AHEAD, FROM, TO = 4, "10:40", "11:05"


def samples(
    settings: Settings, services: Sequence[Service], base_url: str, now: int
) -> dict[str, Slip]:
    """A slip of each of `KINDS`, with the office's own names and papers. `now` is Unix ms.

    Raises `NotFound` where the office has no service yet.
    """
    if not services:
        raise NotFound("no_such_service")
    by_length = sorted(services, key=lambda one: len(one.name.th))
    short, long = by_length[0], by_length[-1 - LATER :][::-1]
    tickets = _Tickets(settings, base_url, now)
    return {
        "normal": tickets.slip("A012", [short], "th"),
        "long": tickets.slip("W1000", long, "th"),
        "large": tickets.slip("A012", [short], "th", large=True),
        "english": tickets.slip("A012", [short], "en"),
        "both": tickets.slip("A012", [short], "th", english=True),
        "reprint": tickets.slip("A012", [short], "th", reprint=True),
    }


class _Tickets:
    def __init__(self, settings: Settings, base_url: str, now: int) -> None:
        self._settings = settings
        self._url = f"{settings.public_url or base_url}/t/{TOKEN}"
        self._moment = office_time(now, settings.zone)

    def slip(
        self,
        number: str,
        services: Sequence[Service],
        tongue: str,
        *,
        large: bool = False,
        english: bool = False,
        reprint: bool = False,
    ) -> Slip:
        rules, office = self._settings.settings, self._settings.office
        documents = self._documents(services[0], tongue)
        return Slip(
            number=number,
            office=_said(office.name, tongue),
            service=_said(services[0].name, tongue),
            next_services=tuple(_said(one.name, tongue) for one in services[1:]),
            url=self._url,
            date=long_date(self._moment.date(), tongue),
            time=clock(self._moment),
            language=tongue,
            ahead=AHEAD,
            likely_from=FROM if rules.show_wait else "",
            likely_to=TO if rules.show_wait else "",
            wifi="" if self._settings.public_url else rules.wifi.name,
            large=large or rules.paper.large,
            reprint=reprint,
            demo=rules.demo,
            documents=documents[:MOST_DOCUMENTS],
            documents_left=max(0, len(documents) - MOST_DOCUMENTS),
            english=english,
            office_en=office.name.en if english else "",
            service_en=services[0].name.en if english else "",
            next_services_en=tuple(one.name.en for one in services[1:]) if english else (),
        )

    def _documents(self, service: Service, tongue: str) -> tuple[str, ...]:
        if not self._settings.settings.paper.documents:
            return ()
        listed = service.papers["documents"]
        return tuple(listed.get(tongue) or listed["th"])


def _said(words: Words, tongue: str) -> str:
    return (words.en if tongue == "en" else words.th) or words.th
