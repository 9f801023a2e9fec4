"""What lets people and programs in: sign-ins, one-time links, API tokens.

Only hashes are stored: a copy of the database lets nobody in.
"""

import secrets
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select, update

from server.domain.roles import TokenRole
from server.links import token_hash
from server.store.ids import new_id
from server.store.plain import Plain
from server.store.schema import invitations, sign_ins, staff, tokens

TOKEN_BYTES = 32
CODE_BYTES = 24  # of one-time links: people copy them


# ---------------------------------------------------------------- sign-ins


def begin(
    db: Connection, office_id: int, now: int, staff_id: int, counter_id: int | None = None
) -> str:
    """A new sign-in's token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _add(
        db,
        sign_ins,
        office_id,
        now,
        token_hash=token_hash(token),
        staff_id=staff_id,
        counter_id=counter_id,
        seen_at=now,
    )
    return token


def by_sign_in(db: Connection, token: str, since: int) -> Row[Any] | None:
    """The sign-in with its person's role and names, if it began after `since` and holds."""
    return db.execute(
        select(sign_ins, staff.c.role, staff.c.name_th, staff.c.name_en)
        .join(staff, _same(staff, sign_ins.c.office_id, sign_ins.c.staff_id))
        .where(
            sign_ins.c.token_hash == token_hash(token),
            sign_ins.c.ended_at.is_(None),
            sign_ins.c.seen_at > since,
            staff.c.active,
        )
    ).first()


def change_sign_in(db: Connection, office_id: int, sign_in_id: int | None, **values: Any) -> None:
    db.execute(update(sign_ins).where(_same(sign_ins, office_id, sign_in_id)).values(values))


def end_all(db: Connection, office_id: int, staff_id: int, now: int) -> None:
    """Every sign-in of this person ends."""
    db.execute(
        update(sign_ins)
        .where(
            sign_ins.c.office_id == office_id,
            sign_ins.c.staff_id == staff_id,
            sign_ins.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def by_username(db: Connection, office_id: int, username: str) -> Row[Any] | None:
    """`id` and `password_hash` of somebody who may sign in."""
    found: Any = db.execute(
        select(staff.c.id, staff.c.password_hash).where(
            staff.c.office_id == office_id, staff.c.username == username, staff.c.active
        )
    ).first()
    return cast("Row[Any] | None", found)


def set_password(db: Connection, office_id: int, staff_id: int, hashed: str) -> None:
    db.execute(update(staff).where(_same(staff, office_id, staff_id)).values(password_hash=hashed))


# ---------------------------------------------------------------- one-time links


def invite(
    db: Connection,
    office_id: int,
    now: int,
    face: str,
    valid_ms: int,
    staff_id: int | None = None,
    counter_id: int | None = None,
) -> str:
    """A code that opens `face` once (`password`: to set one)."""
    code = secrets.token_urlsafe(CODE_BYTES)
    _add(
        db,
        invitations,
        office_id,
        now,
        code_hash=token_hash(code),
        face=face,
        staff_id=staff_id,
        counter_id=counter_id,
        expires_at=now + valid_ms,
    )
    return code


def invitation(db: Connection, code: str) -> Row[Any] | None:
    return db.execute(
        select(invitations).where(invitations.c.code_hash == token_hash(code))
    ).first()


def use_invitation(db: Connection, row: Row[Any], now: int) -> bool:
    """Uses a link up; False when another click was quicker."""
    used = db.execute(
        update(invitations)
        .where(_same(invitations, row.office_id, row.id), invitations.c.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def withdraw_links(db: Connection, office_id: int, staff_id: int, now: int) -> None:
    """This person's links to set a password work no more."""
    db.execute(
        update(invitations)
        .where(
            invitations.c.office_id == office_id,
            invitations.c.staff_id == staff_id,
            invitations.c.face == "password",
            invitations.c.used_at.is_(None),
        )
        .values(used_at=now)
    )


# ---------------------------------------------------------------- programs


def add_token(db: Connection, office_id: int, now: int, name: str, role: TokenRole) -> str:
    """A new API token; nobody can see it again."""
    token = typeable()
    values = {"name": name, "role": role, "token_hash": token_hash(token), "created_at": now}
    _add(db, tokens, office_id, now, **values)
    return token


def typeable() -> str:
    """A token that a command line takes for no option: `khiu-printer --token TOKEN`."""
    while (token := secrets.token_urlsafe(TOKEN_BYTES)).startswith("-"):
        pass
    return token


# Every request of a program begins with this one: its text is compiled once, and it brings the
# office's settings along, which nearly every answer needs.
BY_TOKEN = Plain("""
    SELECT t.id, t.office_id, t.name, t.role, o.settings
    FROM tokens t JOIN offices o ON o.id = t.office_id
    WHERE t.token_hash = :token_hash AND t.revoked_at IS NULL""")


def by_token(db: Connection, token: str) -> Row[Any] | None:
    """The token's row with its office's `settings` (JSON); None for a wrong or revoked one."""
    found: Row[Any] | None = BY_TOKEN.first(db, {"token_hash": token_hash(token)})
    return found


def _add(db: Connection, table: Table, office_id: int, now: int, **values: Any) -> int:
    row_id = new_id(now)
    db.execute(insert(table).values(office_id=office_id, id=row_id, **values))
    return row_id


def _same(table: Table, office_id: Any, row_id: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (table.c.office_id == office_id) & (table.c.id == row_id)
    return found
