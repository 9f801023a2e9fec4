"""Comments that were read and may be read by anybody."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.store.schema import answers


class Published(NamedTuple):
    """`text`: as it was published, masked."""

    day: str
    service_id: int | None
    text: str


def published(db: Connection, office_id: int, first: date, last: date) -> list[Published]:
    """Of these days, both included; sorted by service and words, not by when they were written."""
    query = (
        select(answers.c.day, answers.c.service_id, answers.c.published)
        .where(
            answers.c.office_id == office_id,
            answers.c.day.between(first.isoformat(), last.isoformat()),
            answers.c.published.is_not(None),
            answers.c.flag.is_(None),
        )
        .order_by(answers.c.service_id, answers.c.published)
    )
    return [Published(*row) for row in db.execute(query)]
