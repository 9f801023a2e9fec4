"""A simulated past for a demo office, written in bulk."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest

from sqlalchemy import Connection, select

from server.domain.chronicle import Chronicle
from server.domain.hall import Hall, HallCounter, HallService
from server.domain.hours import is_working_day
from server.domain.office_file import ServiceProfile
from server.domain.questionnaire import Questionnaire
from server.domain.refusals import NotAllowed, NotFound
from server.domain.roles import Role
from server.domain.settings import ServiceRules, Settings
from server.domain.simulate import simulated_day
from server.domain.telling import REMEMBERED
from server.store import schema
from server.store.engine import Store
from server.store.simulated import Rows

BEFORE = 2 * REMEMBERED  # what estimates remember, twice: then no day depends on where one begins
DAYS_AT_ONCE = 20  # in one transaction, so that a serving office is not kept waiting long


def simulate(
    store: Store,
    office_id: int,
    first: date,
    last: date,
    seed: int,
    visits_per_day: int | None = None,
) -> int:
    """Writes simulated working days from `first` to `last`, both included; returns the tickets.

    The same seed gives the same days, whichever others are asked for with them. Raises `NotFound`
    or `NotAllowed` (`not_a_demo`, `no_arrivals`, `day_has_tickets`) before anything is written.
    """
    with store.reading() as db:
        hall, questionnaire_id = read_hall(db, office_id)
        _refuse_used_days(db, office_id, first, last)
    chronicle, written = Chronicle(hall), 0
    for day in _working_days(hall, first - BEFORE, first - timedelta(days=1)):
        chronicle.tell(simulated_day(hall, day, seed, visits_per_day).day)
    days = list(_working_days(hall, first, last))
    for start in range(0, len(days), DAYS_AT_ONCE):
        batch = days[start : start + DAYS_AT_ONCE]
        rows = Rows(office_id, hall, questionnaire_id)
        for day in batch:
            done = simulated_day(hall, day, seed, visits_per_day)
            rows.add(done, chronicle.tell(done.day))
        with store.writing() as db:
            _refuse_used_days(db, office_id, batch[0], batch[-1])
            rows.write(db)
        written += len(rows.of[schema.tickets])
    return written


def _working_days(hall: Hall, first: date, last: date) -> Iterator[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return (day for day in days if is_working_day(hall.settings, day))


def _refuse_used_days(db: Connection, office_id: int, first: date, last: date) -> None:
    tickets = schema.tickets
    used = db.scalar(
        select(tickets.c.day)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.day.between(first.isoformat(), last.isoformat()),
        )
        .order_by(tickets.c.day)
        .limit(1)
    )
    if used is not None:
        raise NotAllowed("day_has_tickets", day=used)


def read_hall(db: Connection, office_id: int) -> tuple[Hall, int | None]:
    """The office as the simulator sees it, and the questionnaire that its answers belong to."""
    offices, services, counters = schema.offices, schema.services, schema.counters
    staff = schema.staff
    office = db.execute(select(offices).where(offices.c.id == office_id)).first()
    if office is None:
        raise NotFound("no_such_office")
    if not office.demo:
        raise NotAllowed("not_a_demo")
    settings = Settings.read(office.settings)
    if settings.arrivals is None:
        raise NotAllowed("no_arrivals")
    taken, asked = schema.counter_services, schema.questionnaires
    penalties: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.execute(select(taken).where(taken.c.office_id == office_id)):
        penalties[row.counter_id][row.service_id] = row.penalty_s
    given = db.execute(
        select(services)
        .where(services.c.office_id == office_id, services.c.active)
        .order_by(services.c.position, services.c.code)
    )
    at_work = db.execute(
        select(counters)
        .where(counters.c.office_id == office_id, counters.c.active)
        .order_by(counters.c.number)
    ).all()
    officers = db.scalars(
        select(staff.c.id)
        .where(staff.c.office_id == office_id, staff.c.active, staff.c.role == Role.OFFICER)
        .order_by(staff.c.username)
    ).all()
    form = db.execute(
        select(asked)
        .where(asked.c.office_id == office_id, asked.c.active)
        .order_by(asked.c.version.desc(), asked.c.id.desc())
    ).first()
    hall = Hall(
        settings=settings,
        arrivals=settings.arrivals,
        services=tuple(
            HallService(
                id=row.id,
                prefix=row.prefix,
                standard_minutes=row.standard_minutes,
                profile=ServiceProfile.model_validate_json(row.profile),
                rules=ServiceRules.read(row.rules),
            )
            for row in given
        ),
        counters=tuple(
            HallCounter(row.id, row.number, penalties[row.id], officer)
            for row, officer in zip_longest(at_work, officers[: len(at_work)])
        ),
        questionnaire=None if form is None else Questionnaire.read(form.body),
    )
    return hall, None if form is None else form.id
