"""A place away from home where the office serves for some days, and the link that rates it."""

from dataclasses import dataclass
from datetime import date

from server.domain.rating_place import CHANNEL, Place
from server.domain.refusals import Expired, NotAllowed

MOBILE = CHANNEL[Place.OUTREACH]  # the channel of what is said there


@dataclass(frozen=True, slots=True)
class MobilePoint:
    """`service_id`: where all that is served there is of one service. Both days are included."""

    id: int
    name: str
    service_id: int | None
    first_day: date
    last_day: date
    active: bool

    def check_open(self, today: date) -> None:
        """Raises `NotAllowed` (it has not begun), `Expired` (it is over, or switched off)."""
        if today > self.last_day or not self.active:
            raise Expired("point_over")
        if today < self.first_day:
            raise NotAllowed("point_not_yet", first=self.first_day)
