"""Findings, measures and steps: rows are added and changed, and never deleted."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from server.domain.asked_days import Half
from server.domain.finding import About, Kind, Stood
from server.domain.measure import (
    OPEN,
    Change,
    File,
    Finding,
    Measure,
    MeasureWish,
    Standing,
    State,
    Step,
)
from server.domain.refusals import NotFound
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import findings, measure_changes, measure_steps, measures


def add(
    db: Connection,
    table: Table,
    office_id: int,
    now: int,
    values: dict[str, Any],
    row_id: int | None = None,
) -> int:
    """Writes a new row, under an id made before where one is given; returns its id."""
    row_id = new_id(now) if row_id is None else row_id
    db.execute(insert(table).values(office_id=office_id, id=row_id, **values))
    return row_id


def change(
    db: Connection, table: Table, office_id: int, row_id: int, values: dict[str, Any]
) -> None:
    mine = (table.c.office_id == office_id) & (table.c.id == row_id)
    db.execute(update(table).where(mine).values(values))


def find(db: Connection, table: Table, office_id: int, row_id: int) -> Row[Any]:
    """The row, locked where the transaction writes. Raises `NotFound`."""
    query = select(table).where(table.c.office_id == office_id, table.c.id == row_id)
    if db.get_execution_options().get("writes", False):
        query = query.with_for_update()
    row = db.execute(query).first()
    if row is None:
        raise NotFound("no_such_thing")
    return row


def note(
    db: Connection,
    office_id: int,
    now: int,
    who: tuple[str, str],
    about: tuple[int, int | None],
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """One line of the history. `who`: actor and role; `about`: a finding and a measure of it."""
    values = {"at": now, "actor": who[0], "role": who[1], "action": action}
    values |= {"finding_id": about[0], "measure_id": about[1]}
    values |= {"before": as_json(before), "after": as_json(after)}
    add(db, measure_changes, office_id, now, values)


def history(db: Connection, office_id: int, finding_id: int) -> list[Change]:
    """Oldest first."""
    table = measure_changes
    mine = (table.c.office_id == office_id) & (table.c.finding_id == finding_id)
    return [
        Change(
            row.at,
            row.role,
            row.measure_id,
            row.action,
            json.loads(row.before),
            json.loads(row.after),
        )
        for row in db.execute(select(table).where(mine).order_by(table.c.at, table.c.id))
    ]


def of_half(db: Connection, office_id: int, half: Half) -> list[Finding]:
    """All of a half-year, in the order in which they were written."""
    mine = (findings.c.fiscal_year == half.year) & (findings.c.half == half.number)
    return _findings(db, office_id, mine)


def one(db: Connection, office_id: int, finding_id: int) -> Finding:
    """Raises `NotFound`."""
    found = _findings(db, office_id, findings.c.id == finding_id)
    if not found:
        raise NotFound("no_such_thing")
    return found[0]


def drawn_keys(db: Connection, office_id: int, half: Half) -> set[str]:
    """What was proposed of this half-year already, whatever became of it."""
    query = select(findings.c.drawn).where(
        findings.c.office_id == office_id,
        findings.c.fiscal_year == half.year,
        findings.c.half == half.number,
        findings.c.drawn.is_not(None),
    )
    return set(db.scalars(query))


def due_until(db: Connection, office_id: int, day: date) -> list[Measure]:
    """Measures not done that are due by then, the oldest day first; without their steps."""
    query = select(measures).where(
        measures.c.office_id == office_id,
        measures.c.state.in_(OPEN),
        measures.c.due <= day.isoformat(),
    )
    return [_measure(row, ()) for row in db.execute(query.order_by(measures.c.due, measures.c.id))]


def file_of(db: Connection, office_id: int, step_id: int) -> File:
    """Raises `NotFound`, also for a step without a file or one that was struck out."""
    row = find(db, measure_steps, office_id, step_id)
    found = _file(row)
    if found is None:
        raise NotFound("no_such_thing")
    return found


def files_of(db: Connection, office_id: int) -> dict[int, File]:
    """Every file that is kept, by its step."""
    query = select(measure_steps).where(
        measure_steps.c.office_id == office_id, measure_steps.c.file_hash.is_not(None)
    )
    kept = {row.id: _file(row) for row in db.execute(query.order_by(measure_steps.c.id))}
    return {step_id: file for step_id, file in kept.items() if file is not None}


def _findings(db: Connection, office_id: int, which: Any) -> list[Finding]:
    query = select(findings).where(findings.c.office_id == office_id, which)
    rows = list(db.execute(query.order_by(findings.c.id)))
    of: dict[int, list[Measure]] = {row.id: [] for row in rows}
    for measure in _measures(db, office_id, of):
        of[measure.finding_id].append(measure)
    return [_finding(row, tuple(of[row.id])) for row in rows]


def _measures(db: Connection, office_id: int, finding_ids: Collection[int]) -> list[Measure]:
    if not finding_ids:
        return []
    mine = (measures.c.office_id == office_id) & measures.c.finding_id.in_(list(finding_ids))
    rows = list(db.execute(select(measures).where(mine).order_by(measures.c.id)))
    steps: dict[int, list[Step]] = {row.id: [] for row in rows}
    table = measure_steps
    query = (
        select(table)
        .join(
            measures,
            (measures.c.office_id == table.c.office_id) & (measures.c.id == table.c.measure_id),
        )
        .where(mine)
        .order_by(table.c.day, table.c.id)
    )
    for row in db.execute(query):
        steps[row.measure_id].append(_step(row))
    return [_measure(row, tuple(steps[row.id])) for row in rows]


def _finding(row: Row[Any], found: tuple[Measure, ...]) -> Finding:
    return Finding(
        id=row.id,
        half=Half(row.fiscal_year, row.half),
        about=About(Kind(row.kind), row.service or "", row.aspect or "", row.reason or ""),
        body=row.body,
        stood=Stood.read(row.stood),
        state=Standing(row.state),
        why=row.why or "",
        version=row.version,
        measures=found,
    )


def _measure(row: Row[Any], steps: tuple[Step, ...]) -> Measure:
    return Measure(row.id, row.finding_id, wish_of(row), row.version, steps)


def wish_of(row: Row[Any]) -> MeasureWish:
    """What a row of `measures` says."""
    return MeasureWish(
        what=row.what,
        method=row.method,
        responsible=row.responsible,
        due=date.fromisoformat(row.due) if row.due else None,
        due_words=row.due_words,
        state=State(row.state),
        why=row.why or "",
    )


def _step(row: Row[Any]) -> Step:
    return Step(
        id=row.id,
        day=date.fromisoformat(row.day),
        body=row.body,
        record=row.record,
        figure=Stood.read(row.figure),
        file=_file(row),
        at=row.at,
        role=row.role,
        struck_why=row.struck_why if row.struck_at is not None else None,
    )


def _file(row: Row[Any]) -> File | None:
    if row.file_hash is None or row.struck_at is not None:
        return None
    return File(row.file_name, row.file_kind, row.file_size, row.file_hash)
