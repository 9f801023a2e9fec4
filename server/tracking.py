"""Residents' links, as pages, slips and posters need them: the office's key makes them anew."""

import hmac
import re
from dataclasses import dataclass
from typing import NoReturn

from flask import current_app, request

from server.domain.day import office_time
from server.domain.mobile_point import MOBILE, MobilePoint
from server.domain.refusals import Expired, NotFound
from server.domain.settings import CARD, COUNTER_QR
from server.domain.wish import Actor
from server.links import (
    FOLDER,
    POINT,
    RATE,
    SURVEY,
    TRACK,
    link,
    link_token,
    token_hash,
    turning_token,
)
from server.often import Often
from server.satisfaction import Satisfaction
from server.store import points, surveys, tickets
from server.web import house, settings_of

MOST_A_MINUTE = 240  # of one link: a phone that polls every 3 s asks 20 times
WHOLE_OFFICE = 0  # in the place of a counter
TURNING = re.compile(r"[0-9a-f]{1,12}\.[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Rated:
    """What a link that hangs on a wall rates. `counter_id` None: the whole office, or `point`."""

    office_id: int
    counter_id: int | None
    channel: str
    point: MobilePoint | None = None

    @property
    def actor(self) -> Actor:
        """Whose presses are one burst where no counter tells: each mobile point's are its own."""
        return Actor("point", self.point.id) if self.point else Actor("resident")

    @property
    def service_id(self) -> int | None:
        return self.point.service_id if self.point else None


def track_url(office_id: int, ticket_id: int) -> str:
    """The ticket's live page, as a phone outside the house can reach it."""
    return _link(office_id, TRACK, ticket_id)


def survey_url(office_id: int, ticket_id: int) -> str:
    """Where this ticket's visitor rates the visit."""
    return _link(office_id, SURVEY, ticket_id)


def followed(token: str) -> tuple[int, int]:
    """The office and the ticket that a live page's link stands for.

    Raises `NotFound`, `TooOften`.
    """
    _asked(token)
    with house().store.reading() as db:
        found = tickets.by_track(db, token_hash(token))
    if found is None:
        raise NotFound("no_such_link")
    return found


def survey_office(token: str) -> int:
    """The office that asks with this survey link. Raises `NotFound`, `TooOften`."""
    _asked(token)
    with house().store.reading() as db:
        office_id = surveys.office_of(db, token_hash(token))
    if office_id is None:
        raise NotFound("no_such_survey")
    return office_id


def survey_room(token: str) -> Satisfaction:
    """Where the office that asks with this survey link keeps its answers. Raises `NotFound`."""
    return house().rooms(survey_office(token)).satisfaction


def survey_token(office_id: int, ticket_id: int) -> str:
    """What `survey_url` ends with."""
    return link_token(house().secret(office_id), SURVEY, ticket_id)


def rate_url(office_id: int, counter_id: int | None) -> str:
    """What the QR on a counter's card holds; None: the poster of the whole office."""
    return _link(office_id, RATE, counter_id or WHOLE_OFFICE)


def point_url(office_id: int, point_id: int) -> str:
    """What the QR of a mobile service point holds."""
    return _link(office_id, POINT, point_id)


def turning_url(office_id: int, counter_id: int) -> tuple[str, int]:
    """What the QR on the counter's tablet holds now, and until when (Unix ms) it shows this one."""
    turn_ms = _turn_ms(office_id)
    turn = house().clock() // turn_ms
    token = turning_token(house().secret(office_id), counter_id, turn, turn_ms)
    return f"{_base_url(office_id)}/{FOLDER[RATE]}/{token}", (turn + 1) * turn_ms


def rated(token: str, *, pressed: bool = False) -> Rated:
    """What a card's, a poster's, a tablet's or a mobile point's link stands for.

    For who has `pressed` with it already its time is never over: they are thanked. Such a link
    hangs on a wall, so what is limited is how often one address asks. Raises `NotFound`, `Expired`
    (yesterday's picture of a tablet, a mobile point that is over), `NotAllowed` (one that has not
    begun), `TooOften`.
    """
    often = current_app.extensions.setdefault("raters", Often(house().clock, MOST_A_MINUTE))
    often.ask(request.remote_addr or "")
    if TURNING.fullmatch(token):
        return _turned(token, pressed=pressed)
    known: dict[str, tuple[int, str, int]] = current_app.extensions.setdefault("rate_links", {})
    if token not in known:
        known.update(_rate_links())  # a counter or point may be new; there are never many
    office_id, purpose, counter_id = known.get(token) or _nowhere()
    if purpose == POINT:
        return _at_point(office_id, counter_id, pressed=pressed)
    if counter_id == WHOLE_OFFICE:
        return Rated(office_id, None, CARD.code)
    if all(one.id != counter_id for one in house().rooms(office_id).reads.counters()):
        _nowhere()
    return Rated(office_id, counter_id, CARD.code)


def _at_point(office_id: int, point_id: int, *, pressed: bool) -> Rated:
    with house().store.reading() as db:
        point = points.point(db, office_id, point_id)
    if not pressed:
        point.check_open(office_time(house().clock(), settings_of(office_id).zone).date())
    return Rated(office_id, None, MOBILE, point)


def _turned(token: str, *, pressed: bool) -> Rated:
    """While a tablet shows it and one turn longer, for who scanned it just before."""
    turn = int(token.partition(".")[0], 16)
    for office_id in house().office_ids():
        turn_ms = _turn_ms(office_id)
        for counter in house().rooms(office_id).reads.counters():
            made = turning_token(house().secret(office_id), counter.id, turn, turn_ms)
            if hmac.compare_digest(made, token):
                # One of a turn to come was made while the clock was wrong.
                if not pressed and not 0 <= house().clock() // turn_ms - turn <= 1:
                    raise Expired("qr_old")
                return Rated(office_id, counter.id, COUNTER_QR.code)
    raise NotFound("no_such_link")


def _turn_ms(office_id: int) -> int:
    return settings_of(office_id).settings.satisfaction.qr_minutes * 60_000


def _rate_links() -> dict[str, tuple[int, str, int]]:
    """Every link's office, purpose, and counter or mobile point."""
    found = {}
    for office_id in house().office_ids():
        with house().store.reading() as db:
            away = points.ids(db, office_id)
        here = [WHOLE_OFFICE, *(one.id for one in house().rooms(office_id).reads.counters())]
        for purpose, ids in ((RATE, here), (POINT, away)):
            for id_ in ids:
                token = link_token(house().secret(office_id), purpose, id_)
                found[token] = (office_id, purpose, id_)
    return found


def _nowhere() -> NoReturn:
    raise NotFound("no_such_link")


def _asked(token: str) -> None:
    often = current_app.extensions.setdefault("links", Often(house().clock, MOST_A_MINUTE))
    often.ask(token_hash(token))


def _link(office_id: int, purpose: str, ticket_id: int) -> str:
    return link(_base_url(office_id), house().secret(office_id), purpose, ticket_id)


def _base_url(office_id: int) -> str:
    return settings_of(office_id).public_url or str(current_app.config["BASE_URL"])
