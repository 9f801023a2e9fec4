"""What a slip job becomes on paper: the ticket's facts in words, and the office's own template."""

from collections.abc import Callable

from printers.slip import Slip
from server.composing import compose, trial_slip
from server.domain.settings import Settings, Words
from server.store import offices, schema, tickets
from server.store.engine import Store
from server.store.slips import Job


class Sheets:
    """`clock` gives Unix ms; `base_url` starts links where an office sets none."""

    def __init__(self, store: Store, clock: Callable[[], int], base_url: Callable[[], str]) -> None:
        self._store, self._clock, self._base_url = store, clock, base_url

    def of(self, job: Job) -> Slip:
        """Reads as of now: a slip printed later has the names that hold then."""
        with self._store.reading() as db:
            row = offices.for_verb(db, job.office_id)
            settings = Settings.read(row.settings)
            if job.ticket_id is None:
                return trial_slip(settings, self._clock(), self._base_url())
            ticket = tickets.get(db, job.office_id, job.ticket_id)
            services = {
                service.id: Words(th=service.name_th, en=service.name_en)
                for service in db.execute(
                    schema.services.select().where(schema.services.c.office_id == job.office_id)
                )
            }
        return compose(ticket, services, job.slip, settings, row.secret, self._base_url())
