"""Where a rating tablet stands, and so what it asks and what its presses are."""

from enum import StrEnum
from functools import lru_cache

from server.domain.device_clock import OLDEST_MS
from server.domain.settings import Part


class Place(StrEnum):
    COUNTER = "counter"  # wakes when a visit there ended
    EXIT = "exit"  # by the door, for whoever passes
    OUTREACH = "outreach"  # a mobile service point, mostly without a network


AWAKE_MS = 2 * 60_000  # how long a tablet at a counter waits for who was just served
MOST_MOVES = 50  # that are remembered
CHANNEL = {Place.COUNTER: "tablet", Place.EXIT: "exit", Place.OUTREACH: "outreach"}


class Spot(Part):
    """`counter_id`: whose device it is, at a counter; `service_id`: where all its presses are of
    one service."""

    place: Place = Place.EXIT
    counter_id: int | None = None
    service_id: int | None = None

    @property
    def channel(self) -> str:
        return CHANNEL[self.place]


class Stood(Spot):
    """Where it stood `until` then (Unix ms)."""

    until: int


class RatingPlace(Spot):
    """Where it stands, and before that: what it kept without a network is of where it stood.
    `before`: oldest first."""

    before: tuple[Stood, ...] = ()

    def at(self, moment: int) -> Spot:
        """Where it stood then (Unix ms)."""
        return next((spot for spot in self.before if moment < spot.until), self)

    def moved(self, to: "RatingPlace", now: int) -> "RatingPlace":
        """The same device, standing there from `now` on (Unix ms)."""
        here = self.model_dump(exclude={"before"})
        if here == to.model_dump(exclude={"before"}):
            return self
        known = [spot for spot in self.before if spot.until > now - OLDEST_MS]
        before = (*known, Stood(**here, until=now))
        return to.model_copy(update={"before": before[-MOST_MOVES:]})

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "RatingPlace":
        """From a device's row."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


BY_THE_DOOR = RatingPlace()
