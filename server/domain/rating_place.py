"""Where a rating tablet stands, and so what it asks and what its presses are."""

from enum import StrEnum
from functools import lru_cache

from server.domain.settings import Part


class Place(StrEnum):
    COUNTER = "counter"  # wakes when a visit there ended
    EXIT = "exit"  # by the door, for whoever passes
    OUTREACH = "outreach"  # a mobile service point, mostly without a network


AWAKE_MS = 2 * 60_000  # how long a tablet at a counter waits for who was just served
CHANNEL = {Place.COUNTER: "tablet", Place.EXIT: "exit", Place.OUTREACH: "outreach"}


class RatingPlace(Part):
    """`counter_id`: whose device it is, at a counter; `service_id`: where all its presses are of
    one service."""

    place: Place = Place.EXIT
    counter_id: int | None = None
    service_id: int | None = None

    @property
    def channel(self) -> str:
        return CHANNEL[self.place]

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "RatingPlace":
        """From a device's row."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


BY_THE_DOOR = RatingPlace()
