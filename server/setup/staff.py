"""Staff: who may sign in, and as what."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.domain.refusals import BadField, NotAllowed
from server.domain.roles import Role
from server.domain.settings import Words
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, added, changed, did, names
from server.store import passes, schema, setup

LINK_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class PersonWish:
    username: str
    name: Words
    role: Role
    active: bool


class Staff(Part):
    def all(self) -> list[Row[Any]]:
        """Rows of `staff`, those switched off too."""
        return self._rows(schema.staff)

    def one(self, staff_id: int) -> Row[Any]:
        """Raises `NotFound`."""
        return self._row(schema.staff, staff_id)

    def add(self, wish: PersonWish, actor: Actor) -> tuple[int, str]:
        """The person's id, and the code of the link that sets the password. Raises `BadField`."""
        with self._changing() as turn:
            _check(turn, wish, None)
            staff_id = setup.add(turn.db, schema.staff, turn.office_id, turn.now, _values(wish))
            row = setup.find(turn.db, schema.staff, turn.office_id, staff_id)
            added(turn, actor, "staff.added", wish.name.th, _facts(row))
            return staff_id, _link(turn, staff_id)

    def change(self, staff_id: int, wish: PersonWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`. A new role holds from the person's next request on."""
        with self._changing() as turn:
            row = setup.find(turn.db, schema.staff, turn.office_id, staff_id)
            _check(turn, wish, staff_id)
            _keep_an_administrator(turn, row, wish, actor)
            setup.change(turn.db, schema.staff, turn.office_id, staff_id, _values(wish))
            if row.active and not wish.active:
                passes.end_all(turn.db, turn.office_id, staff_id, turn.now)
                passes.withdraw_links(turn.db, turn.office_id, staff_id, turn.now)
            now = setup.find(turn.db, schema.staff, turn.office_id, staff_id)
            changed(turn, actor, "staff.changed", row.name_th, _facts(row), _facts(now))

    def link(self, staff_id: int, actor: Actor) -> str:
        """The code of a new link to set a password; earlier ones work no more.

        Raises `NotFound`, `NotAllowed` (the person is switched off).
        """
        with self._changing() as turn:
            row = setup.find(turn.db, schema.staff, turn.office_id, staff_id)
            if not row.active:
                raise NotAllowed("person_off")
            did(turn, actor, "staff.link", row.name_th)
            return _link(turn, staff_id)


def _link(turn: Turn, staff_id: int) -> str:
    passes.withdraw_links(turn.db, turn.office_id, staff_id, turn.now)
    return passes.invite(turn.db, turn.office_id, turn.now, "password", LINK_MS, staff_id)


def _check(turn: Turn, wish: PersonWish, staff_id: int | None) -> None:
    if setup.taken(turn.db, schema.staff, turn.office_id, "username", wish.username, staff_id):
        raise BadField(username="taken")


def _keep_an_administrator(turn: Turn, row: Row[Any], wish: PersonWish, actor: Actor) -> None:
    """Nobody shuts themselves out, and somebody who can sign in stays administrator."""
    if wish.active and wish.role == row.role:
        return
    if actor.kind == "staff" and actor.id == row.id:
        raise BadField(**_which(row, wish, "not_yourself"))
    if row.role != Role.ADMIN or not row.active or (wish.active and wish.role == Role.ADMIN):
        return
    others = [
        other
        for other in setup.rows(turn.db, schema.staff, turn.office_id)
        if other.id != row.id and other.role == Role.ADMIN and other.active
    ]
    if not others:
        raise BadField(**_which(row, wish, "last_administrator"))


def _which(row: Row[Any], wish: PersonWish, code: str) -> dict[str, str]:
    return {"role": code} if wish.role != row.role else {"active": code}


def _values(wish: PersonWish) -> Facts:
    return {
        "username": wish.username,
        "name_th": wish.name.th,
        "name_en": wish.name.en,
        "role": wish.role,
        "active": wish.active,
    }


def _facts(row: Row[Any]) -> Facts:
    active = bool(row.active)
    return {"username": row.username, **names(row), "role": row.role, "active": active}
