"""An office's own slip: every layout it ever kept, the newest one printed."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.schema import paper_templates

SLIP = "slip"


def layout(db: Connection, office_id: int) -> str:
    """The layout that is printed now (Typst); empty: Khiu's own."""
    row = newest(db, office_id)
    return row.body if row else ""


def newest(db: Connection, office_id: int) -> Row[Any] | None:
    """The row that counts; None where the office never had its own."""
    return next(iter(past(db, office_id, 1)), None)


def past(db: Connection, office_id: int, most: int) -> list[Row[Any]]:
    """The rows, newest first."""
    return list(
        db.execute(
            select(paper_templates)
            .where(_mine(office_id))
            .order_by(paper_templates.c.id.desc())
            .limit(most)
        )
    )


def one(db: Connection, office_id: int, row_id: int) -> Row[Any]:
    """Raises `NotFound`."""
    found = db.execute(
        select(paper_templates).where(_mine(office_id), paper_templates.c.id == row_id)
    ).first()
    if found is None:
        raise NotFound("no_such_thing")
    return found


def keep(db: Connection, office_id: int, body: str, now: int, actor: str) -> int:
    """From now on this one is printed; returns its id."""
    row_id = new_id(now)
    values = {"office_id": office_id, "id": row_id, "kind": SLIP, "body": body}
    db.execute(insert(paper_templates).values(**values, created_at=now, actor=actor))
    return row_id


def gave_way(db: Connection, office_id: int, body: str, problem: str, now: int) -> None:
    """Keeps why the layout was not printed, if it is still the one in use."""
    row = newest(db, office_id)
    if row is not None and row.body == body:
        db.execute(
            update(paper_templates)
            .where(_mine(office_id), paper_templates.c.id == row.id)
            .values(problem=problem, problem_at=now)
        )


def _mine(office_id: int) -> Any:
    return (paper_templates.c.office_id == office_id) & (paper_templates.c.kind == SLIP)
