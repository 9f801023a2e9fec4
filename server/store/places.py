"""Names of the places that presses come from, as `presses.source` writes them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, select

from server.domain.alerting import Place
from server.domain.settings import Words
from server.store.schema import counters as all_counters
from server.store.schema import devices, divisions, mobile_points, staff


def place_named(
    db: Connection, office_id: int, sources: Iterable[str], *, counters: bool = True
) -> dict[str, Place]:
    """Each source (`counter:ID`, `device:ID`, `point:ID` …) and the place that it is.

    `counters` false: a counter is only told as the division that it belongs to.
    """
    split = {source: source.partition(":") for source in sources}
    wanted = {kind: {int(id_) for k, _, id_ in split.values() if k == kind} for kind in TABLES}
    rows = {kind: _rows(db, office_id, TABLES[kind], ids) for kind, ids in wanted.items()}
    ids = {row.division_id for row in rows["counter"].values() if not counters} - {None}
    areas = _rows(db, office_id, divisions, _of_several(db, office_id, ids))
    return {
        source: _place(kind, rows[kind].get(int(id_)) if kind in TABLES else None)
        if counters or kind != "counter"
        else _area(rows[kind].get(int(id_)), areas)
        for source, (kind, _, id_) in split.items()
    }


def people(db: Connection, office_id: int, actors: Iterable[str]) -> dict[str, Words]:
    """Names of staff by actor (`staff:ID`); whoever is no member of staff is missing."""
    ids = {int(one.partition(":")[2]) for one in actors if one.startswith("staff:")}
    rows = _rows(db, office_id, staff, ids)
    return {f"staff:{id_}": Words(th=row.name_th, en=row.name_en) for id_, row in rows.items()}


def roles(db: Connection, office_id: int, actors: Iterable[str]) -> dict[str, str]:
    """What they are now, by actor (`staff:ID`)."""
    ids = {int(one.partition(":")[2]) for one in actors if one.startswith("staff:")}
    return {f"staff:{id_}": row.role for id_, row in _rows(db, office_id, staff, ids).items()}


def _of_several(db: Connection, office_id: int, ids: set[int]) -> set[int]:
    """Those with more than one counter: the name of another division would be its counter's."""
    mine = (all_counters.c.office_id == office_id) & all_counters.c.division_id.in_(ids)
    named = select(all_counters.c.division_id).where(mine).group_by(all_counters.c.division_id)
    return set(db.scalars(named.having(func.count() > 1)))


def _area(counter: Row[Any] | None, areas: dict[int, Row[Any]]) -> Place:
    row = areas.get(counter.division_id) if counter is not None else None
    return Place("area", name=row and Words(th=row.name_th, en=row.name_en))


def _place(kind: str, row: Row[Any] | None) -> Place:
    if row is None:
        return Place(kind)
    if kind in ("device", "point"):
        return Place(kind, name=Words(th=row.name, en=row.name))
    name = Words(th=row.name_th, en=row.name_en)
    return Place(kind, row.number if kind == "counter" else "", name)


def _rows(db: Connection, office_id: int, table: Any, ids: set[int]) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    query = select(table).where(table.c.office_id == office_id, table.c.id.in_(ids))
    return {row.id: row for row in db.execute(query)}


TABLES = {"counter": all_counters, "device": devices, "point": mobile_points, "staff": staff}
