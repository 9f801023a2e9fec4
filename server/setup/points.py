"""Mobile service points: where, of what, on which days their link may be used."""

from dataclasses import dataclass
from datetime import date

from server.domain.mobile_point import MobilePoint
from server.domain.refusals import BadField, NotFound
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, added, changed
from server.store import opinions, points, schema, setup


@dataclass(frozen=True, slots=True)
class PointWish:
    """As `MobilePoint`."""

    name: str
    service_id: int | None
    first_day: date
    last_day: date
    active: bool


class MobilePoints(Part):
    def all(self) -> list[MobilePoint]:
        """Those that end last first; those switched off and over too."""
        found = [points.point_of(row) for row in self._rows(schema.mobile_points)]
        return sorted(found, key=lambda one: (one.last_day, one.first_day, one.id), reverse=True)

    def one(self, point_id: int) -> MobilePoint:
        """Raises `NotFound`."""
        with self._looking() as db:
            return points.point(db, self._office.id, point_id)

    def add(self, wish: PointWish, actor: Actor) -> int:
        """Raises `BadField`."""
        with self._changing() as turn:
            values = _values(turn, wish)
            point_id = setup.add(turn.db, schema.mobile_points, turn.office_id, turn.now, values)
            added(turn, actor, "point.added", wish.name, _facts(turn, point_id))
        return point_id

    def change(self, point_id: int, wish: PointWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`."""
        with self._changing() as turn:
            before = _facts(turn, point_id)
            values = _values(turn, wish)
            setup.change(turn.db, schema.mobile_points, turn.office_id, point_id, values)
            changed(turn, actor, "point.changed", wish.name, before, _facts(turn, point_id))


def _values(turn: Turn, wish: PointWish) -> Facts:
    if wish.last_day < wish.first_day:
        raise BadField(last_day="before_first_day")
    if wish.service_id is not None:
        try:
            opinions.check_service(turn.db, turn.office_id, wish.service_id)
        except NotFound:
            raise BadField(service_id="invalid") from None
    return {
        "name": wish.name,
        "service_id": wish.service_id,
        "first_day": wish.first_day.isoformat(),
        "last_day": wish.last_day.isoformat(),
        "active": wish.active,
    }


def _facts(turn: Turn, point_id: int) -> Facts:
    point = points.point(turn.db, turn.office_id, point_id)
    service = point.service_id and setup.find(
        turn.db, schema.services, turn.office_id, point.service_id
    )
    return {
        "name": point.name,
        "service": service.name_th if service else "",
        "first_day": point.first_day.isoformat(),
        "last_day": point.last_day.isoformat(),
        "active": point.active,
    }
