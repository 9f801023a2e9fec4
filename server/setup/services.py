"""Services: what residents come for."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from server.domain import prefixes
from server.domain.office_file import ServicePapers, ServiceProfile
from server.domain.refusals import BadField, NotAllowed
from server.domain.settings import Words
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, added, changed, did, names
from server.store import schema, setup

USED_IN = (schema.steps, schema.answers, schema.presses, schema.survey_tokens)


@dataclass(frozen=True, slots=True)
class ServiceWish:
    """A service as the administrator wants it. `documents`: one a line, in each language."""

    name: Words
    prefix: str
    division_id: int
    icon: str
    standard_minutes: int
    documents_th: tuple[str, ...]
    documents_en: tuple[str, ...]
    active: bool


class Services(Part):
    def add(self, code: str, wish: ServiceWish, actor: Actor) -> int:
        """Raises `BadField`."""
        table = schema.services
        with self._changing(board=True) as turn:
            if setup.taken(turn.db, table, turn.office_id, "code", code, None):
                raise BadField(code="taken")
            self._check(turn, wish, None)
            last = select(func.max(table.c.position)).where(table.c.office_id == turn.office_id)
            papers = ServicePapers().model_dump(mode="json")
            values = {
                "code": code,
                **_values(wish, papers),
                "case_days": 0,
                "profile": ServiceProfile().model_dump_json(),
                "position": (turn.db.scalar(last) or 0) + 1,
            }
            service_id = setup.add(turn.db, table, turn.office_id, turn.now, values)
            row = setup.find(turn.db, table, turn.office_id, service_id)
            added(turn, actor, "service.added", wish.name.th, _facts(turn, row))
        return service_id

    def change(self, service_id: int, wish: ServiceWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`."""
        table = schema.services
        with self._changing(board=True) as turn:
            row = setup.find(turn.db, table, turn.office_id, service_id)
            before = _facts(turn, row)
            self._check(turn, wish, row)
            values = _values(wish, json.loads(row.papers))
            setup.change(turn.db, table, turn.office_id, service_id, values)
            _rename_pool(turn, row, wish)
            now = setup.find(turn.db, table, turn.office_id, service_id)
            changed(turn, actor, "service.changed", row.name_th, before, _facts(turn, now))

    def switch(self, service_id: int, actor: Actor, *, active: bool) -> None:
        """Whether it gives numbers. Raises `NotFound`."""
        table = schema.services
        with self._changing(board=True) as turn:
            row = setup.find(turn.db, table, turn.office_id, service_id)
            setup.change(turn.db, table, turn.office_id, service_id, {"active": active})
            old, new = {"active": bool(row.active)}, {"active": active}
            changed(turn, actor, "service.changed", row.name_th, old, new)

    def remove(self, service_id: int, actor: Actor) -> None:
        """Raises `NotFound`, `NotAllowed` (it has a past, which would lose its name)."""
        with self._changing(board=True) as turn:
            row = setup.find(turn.db, schema.services, turn.office_id, service_id)
            if _used(turn.db, turn.office_id, service_id):
                raise NotAllowed("service_used")
            taken = schema.counter_services
            turn.db.execute(
                delete(taken).where(
                    taken.c.office_id == turn.office_id, taken.c.service_id == service_id
                )
            )
            setup.remove(turn.db, schema.services, turn.office_id, service_id)
            did(turn, actor, "service.removed", row.name_th)

    def used(self, service_id: int) -> bool:
        """Whether anybody ever came for it."""
        with self._looking() as db:
            return _used(db, self._office.id, service_id)

    def _check(self, turn: Turn, wish: ServiceWish, row: Row[Any] | None) -> None:
        divisions = {d.id for d in setup.rows(turn.db, schema.divisions, turn.office_id)}
        if wish.division_id not in divisions:
            raise BadField(division_id="invalid")
        if row is not None and row.prefix == wish.prefix:
            return  # what an office has called for years is not questioned
        services = setup.rows(turn.db, schema.services, turn.office_id)
        others = {s.prefix for s in services if row is None or s.id != row.id}
        if wrong := prefixes.trouble(wish.prefix, others):
            raise BadField(prefix=wrong)
        if row is not None and _somebody_waits(turn, row.id):
            raise BadField(prefix="somebody_waits")
        _ensure_pool(turn, wish)


def _values(wish: ServiceWish, papers: Facts) -> Facts:
    papers["documents"] = {"th": list(wish.documents_th), "en": list(wish.documents_en)}
    return {
        "name_th": wish.name.th,
        "name_en": wish.name.en,
        "prefix": wish.prefix,
        "division_id": wish.division_id,
        "icon": wish.icon,
        "standard_minutes": wish.standard_minutes,
        "papers": ServicePapers.model_validate(papers).model_dump_json(),
        "active": wish.active,
    }


def _facts(turn: Turn, row: Row[Any]) -> Facts:
    division = setup.find(turn.db, schema.divisions, turn.office_id, row.division_id)
    documents = json.loads(row.papers)["documents"]
    return {
        **names(row),
        "prefix": row.prefix,
        "division": division.name_th,
        "standard_minutes": row.standard_minutes,
        "icon": row.icon,
        "documents_th": list(documents["th"]),
        "documents_en": list(documents["en"]),
        "active": bool(row.active),
    }


def _used(db: Connection, office_id: int, service_id: int) -> bool:
    return any(
        db.execute(
            select(table.c.office_id)
            .where(table.c.office_id == office_id, table.c.service_id == service_id)
            .limit(1)
        ).first()
        for table in USED_IN
    )


def _somebody_waits(turn: Turn, service_id: int) -> bool:
    steps = schema.steps
    mine = (steps.c.office_id == turn.office_id) & (steps.c.service_id == service_id)
    present = steps.c.state.in_(["planned", "waiting", "called", "serving", "held"])
    return turn.db.execute(select(steps.c.id).where(mine, present).limit(1)).first() is not None


def _ensure_pool(turn: Turn, wish: ServiceWish) -> None:
    """A letter that is new gets a pool, named after its first service."""
    pools = schema.pools
    mine = (pools.c.office_id == turn.office_id) & (pools.c.prefix == wish.prefix)
    if turn.db.execute(select(pools.c.prefix).where(mine)).first() is None:
        last = select(func.max(pools.c.position)).where(pools.c.office_id == turn.office_id)
        turn.db.execute(
            insert(pools).values(
                office_id=turn.office_id,
                prefix=wish.prefix,
                name_th=wish.name.th,
                name_en=wish.name.en,
                position=(turn.db.scalar(last) or 0) + 1,
            )
        )
    elif not _pool_in_use(turn, wish.prefix):  # left over: whoever used it is gone
        named = {"name_th": wish.name.th, "name_en": wish.name.en}
        turn.db.execute(update(pools).where(mine).values(named))


def _rename_pool(turn: Turn, row: Row[Any], wish: ServiceWish) -> None:
    """A pool that is called after this service goes on being called after it."""
    pools = schema.pools
    called_so = (pools.c.office_id == turn.office_id) & (pools.c.prefix == row.prefix)
    called_so &= (pools.c.name_th == row.name_th) & (pools.c.name_en == row.name_en)
    named = {"name_th": wish.name.th, "name_en": wish.name.en}
    if wish.prefix == row.prefix:
        turn.db.execute(update(pools).where(called_so).values(named))


def _pool_in_use(turn: Turn, prefix: str) -> bool:
    services = setup.rows(turn.db, schema.services, turn.office_id)
    return any(service.prefix == prefix for service in services)
