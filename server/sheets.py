"""What a slip job becomes on paper: the ticket's facts in words, and the office's own layout."""

import json
from collections.abc import Callable

from printers.own import troubles
from printers.slip import Slip
from server.composing import compose, trial_slip
from server.domain.day import day_began
from server.domain.settings import Settings, Words
from server.store import offices, papers, schema, tickets, unwanted
from server.store.engine import Store
from server.store.slips import Job


class Unwanted(Exception):
    """Nobody waits for this slip any more: its day, or its visit, is over."""


class Sheets:
    """`clock` gives Unix ms; `base_url` starts links where an office sets none."""

    def __init__(self, store: Store, clock: Callable[[], int], base_url: Callable[[], str]) -> None:
        self._store, self._clock, self._base_url = store, clock, base_url

    def of(self, job: Job) -> Slip:
        """Reads as of now: a slip printed later has the names that hold then. Raises `Unwanted`."""
        with self._store.reading() as db:
            row = offices.for_verb(db, job.office_id)
            settings = Settings.read(row.settings)
            layout = papers.layout(db, job.office_id)
            if job.ticket_id is None:
                return trial_slip(settings, self._clock(), self._base_url(), layout)
            if unwanted.is_unwanted(db, job, day_began(self._clock(), settings.zone)):
                raise Unwanted
            ticket = tickets.get(db, job.office_id, job.ticket_id)
            services = {
                service.id: service
                for service in db.execute(
                    schema.services.select().where(schema.services.c.office_id == job.office_id)
                )
            }
        names = {key: Words(th=one.name_th, en=one.name_en) for key, one in services.items()}
        documents = json.loads(services[ticket.steps[0].service_id].papers)["documents"]
        return compose(
            ticket,
            names,
            job.slip,
            settings,
            row.secret,
            self._base_url(),
            documents.get(ticket.language) or documents["th"],
            layout,
        )

    def note_trouble(self, office_id: int) -> None:
        """Keeps why the office's own layout gave way to Khiu's, for the page where it is made."""
        if not troubles:
            return
        with self._store.reading() as db:
            layout = papers.layout(db, office_id)
        if problem := troubles.take(layout):
            with self._store.writing() as db:
                papers.gave_way(db, office_id, layout, problem.as_json(), self._clock())
