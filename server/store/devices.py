"""Paired devices, and those that show a code and wait for an administrator."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from server.domain.roles import DeviceKind
from server.links import token_hash
from server.store.ids import new_id
from server.store.schema import devices, pairings

TOKEN_BYTES = 32
# Read off a screen and typed: nothing that looks like something else (0 O, 1 I L, 2 Z, 5 S, 8 B).
CODE_LETTERS = "ACEFHJKMNPRTUWXY34679"
CODE_LENGTH = 6


def add(
    db: Connection,
    office_id: int,
    now: int,
    kind: DeviceKind,
    name: str,
    printer_id: int | None = None,
    service_ids: str = "[]",
) -> tuple[int, str]:
    """A paired device: its id and its token. `service_ids`: JSON list; empty for all."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device_id = new_id(now)
    db.execute(
        insert(devices).values(
            office_id=office_id,
            id=device_id,
            kind=kind,
            name=name,
            token_hash=token_hash(token),
            printer_id=printer_id,
            service_ids=service_ids,
            created_at=now,
        )
    )
    return device_id, token


def by_token(db: Connection, token: str) -> Row[Any] | None:
    return db.execute(
        select(devices).where(devices.c.token_hash == token_hash(token), devices.c.active)
    ).first()


def heard_until(db: Connection, office_id: int, device_id: int | None, now: int) -> int:
    """Up to when (Unix ms) all of a tablet's presses were there; 0 while that is not known."""
    mine = (devices.c.office_id == office_id) & (devices.c.id == device_id)
    heard: int | None = db.scalar(select(devices.c.heard_until).where(mine))
    return heard if heard is not None and heard <= now else 0  # else our clock was wrong


def hear(db: Connection, office_id: int, device_id: int | None, until: int, now: int) -> None:
    """All of this tablet's presses until then are there."""
    mine = (devices.c.office_id == office_id) & (devices.c.id == device_id)
    earlier = devices.c.heard_until.is_(None) | ~devices.c.heard_until.between(until, now)
    db.execute(update(devices).where(mine, earlier).values(heard_until=until))


def ask_pairing(
    db: Connection, office_id: int, now: int, kind: DeviceKind, valid_ms: int, most: int
) -> str | None:
    """A token that waits with a code to show; None while `most` codes of the office wait."""
    mine = pairings.c.office_id == office_id
    db.execute(delete(pairings).where(mine, pairings.c.expires_at <= now))
    waiting = set(db.scalars(select(pairings.c.code).where(mine)))
    if len(waiting) >= most:
        return None
    code = _code()
    while code in waiting:
        code = _code()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.execute(
        insert(pairings).values(
            office_id=office_id,
            id=new_id(now),
            code=code,
            token_hash=token_hash(token),
            kind=kind,
            expires_at=now + valid_ms,
        )
    )
    return token


def by_code(db: Connection, office_id: int, code: str, now: int) -> Row[Any] | None:
    return db.execute(
        select(pairings).where(
            pairings.c.office_id == office_id,
            pairings.c.code == code,
            pairings.c.expires_at > now,
        )
    ).first()


def by_pairing(db: Connection, token: str, now: int) -> Row[Any] | None:
    """The pairing this browser waits for."""
    return db.execute(
        select(pairings).where(
            pairings.c.token_hash == token_hash(token), pairings.c.expires_at > now
        )
    ).first()


def confirm_pairing(
    db: Connection, office_id: int, pairing_id: int, device_id: int, until: int
) -> None:
    db.execute(
        update(pairings)
        .where(pairings.c.office_id == office_id, pairings.c.id == pairing_id)
        .values(device_id=device_id, expires_at=until)
    )


def collect(db: Connection, pairing: Row[Any]) -> tuple[DeviceKind, str] | None:
    """The confirmed device's kind and its new token, once; None when it was switched off since."""
    office_id = pairing.office_id
    waited = (pairings.c.office_id == office_id) & (pairings.c.id == pairing.id)
    gone = db.execute(delete(pairings).where(waited))
    mine = (devices.c.office_id == office_id) & (devices.c.id == pairing.device_id)
    mine &= devices.c.active
    kind = db.scalar(select(devices.c.kind).where(mine))
    if gone.rowcount != 1 or kind is None:
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.execute(update(devices).where(mine).values(token_hash=token_hash(token)))
    return DeviceKind(kind), token


def _code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
