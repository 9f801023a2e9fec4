"""What every look at residents' opinions begins with: the office, its services, its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from server.domain.believed import Believed
from server.domain.cube import Cube, Tally, circles, codes_by_division
from server.domain.day import office_time
from server.domain.figures import Service
from server.domain.settings import Settings
from server.store import offices, rows, said
from server.store.engine import Store


@dataclass(frozen=True, slots=True)
class Ground:
    settings: Settings
    services: list[Service]
    divisions: dict[str, frozenset[str]]


class Looking:
    """Bound to one office."""

    def __init__(self, store: Store, office_id: int, clock: Callable[[], int]) -> None:
        self.store, self.office_id, self.clock = store, office_id, clock

    def ground(self, db: Connection) -> Ground:
        settings = Settings.read(offices.for_verb(db, self.office_id).settings)
        services = rows.services_of(db, self.office_id)
        divisions = codes_by_division(services, said.divisions_of(db, self.office_id))
        return Ground(settings, services, divisions)

    def today(self) -> date:
        with self.store.reading() as db:
            zone = self.ground(db).settings.zone
        return office_time(self.clock(), zone).date()


def believed_of(ground: Ground, tallies: list[Tally], *, public: bool) -> Believed:
    rules = ground.settings.settings.satisfaction
    limits = circles(rules.suppress_below_internal, threshold_of(ground, public=public))
    cube = Cube(ground.services, tallies, rules.bands, limits, ground.divisions)
    return Believed(cube, ground.divisions)


def threshold_of(ground: Ground, *, public: bool) -> int:
    rules = ground.settings.settings.satisfaction
    return rules.suppress_below_public if public else rules.suppress_below_internal
