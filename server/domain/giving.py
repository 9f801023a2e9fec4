"""Whether a visitor of a simulated day is given a number: the office's hours and limits."""

from collections import Counter
from datetime import date

from server.domain.admission import full
from server.domain.hall import Hall
from server.domain.hours import openings
from server.domain.visitors import Visitor


class Giving:
    """One day's hours of each service, and how many numbers were given for it.

    An office that serves at any hour (the demo) keeps its hours in its simulated past.
    """

    def __init__(self, hall: Hall, day: date) -> None:
        self._rules = {service.id: service.rules for service in hall.services}
        self._given: Counter[int] = Counter()
        self._hours: dict[int, list[tuple[int, int]]] = {}
        for service in hall.services:
            takers = {c.number for c in hall.counters if service.id in c.penalties}
            self._hours[service.id] = [
                (hall.at(day, one.tickets_from), hall.at(day, one.tickets_to))
                for one in openings(hall.settings, day, service.rules, takers)
            ]

    def gives(self, visitor: Visitor) -> bool:
        """All that is asked for is given now, within the limits of the day. It counts, too."""
        at = visitor.arrives_at
        for service_id in visitor.service_ids:
            opened = any(since <= at < until for since, until in self._hours[service_id])
            if not opened or full(self._rules[service_id], self._given[service_id]):
                return False
        self._given.update(visitor.service_ids)
        return True
