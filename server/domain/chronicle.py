"""A simulated day as the estimate sees days that are over, and the waits told on it."""

from collections.abc import Mapping
from datetime import date

from server.domain.daybook import Day
from server.domain.estimate import Wait
from server.domain.hall import Hall
from server.domain.lived import Change, Lived, Stint
from server.domain.outlook import Plan, plan_of
from server.domain.telling import Teller
from server.domain.ticket import Outcome, Step

MINUTE_MS = 60_000


class Chronicle:
    """Tells the waits of simulated days, each with what the days before have taught."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._pool_of = {service.id: service.prefix for service in hall.services}
        self._teller = Teller({s.id: s.standard_minutes * MINUTE_MS for s in hall.services})

    def tell(self, day: Day) -> Mapping[int, Wait]:
        """The wait told to each step, by its id, when it began to wait; days must ascend."""
        steps = [step for ticket in day.tickets for step in ticket.steps]
        began = [step for step in steps if step.issued_at is not None]
        told = self._teller.tell(day.date, lived(day), self.plan(day.date))
        return {began[stint].id: wait for stint, wait in told.items()}

    def plan(self, day: date) -> Plan:
        counters = [(one.id, one.number, one.penalties) for one in self._hall.counters]
        return plan_of(self._hall.settings, day, counters, self._pool_of)


def lived(day: Day) -> Lived:
    """Its stints are the steps that began to wait, in order of their ids."""
    steps = [step for ticket in day.tickets for step in ticket.steps]
    stints = [_stint(step, step.issued_at) for step in steps if step.issued_at is not None]
    return Lived(stints, [Change(one.counter_id, one.at, one.state) for one in day.sittings])


def _stint(step: Step, issued_at: int) -> Stint:
    return Stint(
        service_id=step.service_id,
        queue_at=step.queue_at,
        issued_at=issued_at,
        called_at=step.first_called_at,
        there_at=step.called_at if step.returns else step.first_called_at,
        ended_at=step.ended_at,
        counter_id=step.counter_id,
        first=step.position == 1,
        served=step.outcome is Outcome.SERVED,
    )
