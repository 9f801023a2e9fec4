"""Who is asking: staff by a sign-in, devices by pairing, programs by a token.

Only hashes are stored, so a copy of the database lets nobody in.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import insert, select, update

from server.domain.refusals import BadField, Expired, NotFound, NotSignedIn
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.wish import Actor
from server.links import token_hash
from server.store import schema
from server.store.engine import Store
from server.store.ids import new_id

SIGNED_IN_MS = 12 * 3600 * 1000  # a working day; the next one begins with signing in
SEEN_EVERY_MS = 60_000  # how exactly it is known when somebody was last there
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class Who:
    """The caller, of one office. `role` is one of the three kinds that `domain.roles` names."""

    office_id: int
    actor: Actor
    role: Role | DeviceKind | TokenRole
    name_th: str = ""
    name_en: str = ""
    sign_in_id: int | None = None
    counter_id: int | None = None


class Access:
    """Lets people, devices and programs in. `clock` gives Unix ms."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store, self._clock = store, clock

    def by_api_token(self, token: str) -> Who | None:
        table = schema.tokens
        with self._store.reading() as db:
            row = db.execute(
                select(table).where(
                    table.c.token_hash == token_hash(token), table.c.revoked_at.is_(None)
                )
            ).first()
        if row is None:
            return None
        return Who(row.office_id, Actor("token", row.id), TokenRole(row.role), row.name, row.name)

    def by_device(self, token: str) -> Who | None:
        table = schema.devices
        with self._store.reading() as db:
            row = db.execute(
                select(table).where(table.c.token_hash == token_hash(token), table.c.active)
            ).first()
        if row is None:
            return None
        actor = Actor("device", row.id, row.printer_id)
        return Who(row.office_id, actor, DeviceKind(row.kind), row.name, row.name)

    def by_sign_in(self, token: str) -> Who | None:
        """Role and rights are read each time, so that a change is effective at once."""
        signed, staff = schema.sign_ins, schema.staff
        now = self._clock()
        with self._store.reading() as db:
            row = db.execute(
                select(signed, staff.c.role, staff.c.name_th, staff.c.name_en)
                .join(
                    staff,
                    (staff.c.office_id == signed.c.office_id) & (staff.c.id == signed.c.staff_id),
                )
                .where(
                    signed.c.token_hash == token_hash(token),
                    signed.c.ended_at.is_(None),
                    signed.c.seen_at > now - SIGNED_IN_MS,
                    staff.c.active,
                )
            ).first()
        if row is None:
            return None
        if row.seen_at < now - SEEN_EVERY_MS:
            self._seen(row.office_id, row.id, now)
        return Who(
            row.office_id,
            Actor("staff", row.staff_id),
            Role(row.role),
            row.name_th,
            row.name_en,
            row.id,
            row.counter_id,
        )

    def sign_in(self, office_id: int, username: str, password: str) -> str:
        """A new sign-in's token. Raises `NotSignedIn`, whichever of the two was wrong."""
        staff = schema.staff
        with self._store.reading() as db:
            row = db.execute(
                select(staff.c.id, staff.c.password_hash).where(
                    staff.c.office_id == office_id, staff.c.username == username, staff.c.active
                )
            ).first()
        # A stranger's name takes as long as a wrong password: the time tells nothing.
        known = row.password_hash if row and row.password_hash else _no_password()
        try:
            PasswordHasher().verify(known, password)
        except VerificationError:
            raise NotSignedIn("wrong_password") from None
        if row is None or row.password_hash is None:
            raise NotSignedIn("wrong_password")
        return self._begin(office_id, row.id, None)

    def sign_out(self, who: Who) -> None:
        table = schema.sign_ins
        with self._store.writing() as db:
            db.execute(
                update(table)
                .where(table.c.office_id == who.office_id, table.c.id == who.sign_in_id)
                .values(ended_at=self._clock())
            )

    def take_counter(self, who: Who, counter_id: int | None) -> None:
        """Remembers at which counter this sign-in works; None: at none."""
        table = schema.sign_ins
        with self._store.writing() as db:
            db.execute(
                update(table)
                .where(table.c.office_id == who.office_id, table.c.id == who.sign_in_id)
                .values(counter_id=counter_id)
            )

    # ------------------------------------------------------------ one-time links

    def invite(
        self,
        office_id: int,
        face: str,
        *,
        staff_id: int | None = None,
        counter_id: int | None = None,
        valid_ms: int,
    ) -> str:
        """A code that opens `face` once (`password`: to set one); only its hash is kept."""
        code = secrets.token_urlsafe(24)
        now = self._clock()
        with self._store.writing() as db:
            db.execute(
                insert(schema.invitations).values(
                    office_id=office_id,
                    id=new_id(now),
                    code_hash=token_hash(code),
                    face=face,
                    staff_id=staff_id,
                    counter_id=counter_id,
                    expires_at=now + valid_ms,
                )
            )
        return code

    def open_invitation(self, code: str) -> tuple[str, str | None]:
        """Uses a demo link up: its face, and the token of the sign-in or device it makes.

        Raises `NotFound`, `Expired`.
        """
        row = self._use(code, but="password")
        if row.face in (DeviceKind.KIOSK, DeviceKind.DISPLAY):
            return row.face, self.add_device(row.office_id, DeviceKind(row.face), row.face)
        return row.face, self._begin(row.office_id, row.staff_id, row.counter_id)

    def invited(self, code: str) -> str:
        """The name of who sets a password with this link. Raises `NotFound`, `Expired`."""
        row = self._invitation(code, only="password")
        with self._store.reading() as db:
            return str(
                db.scalar(
                    select(schema.staff.c.username).where(
                        schema.staff.c.office_id == row.office_id, schema.staff.c.id == row.staff_id
                    )
                )
            )

    def set_password(self, code: str, password: str) -> None:
        """Raises `NotFound`, `Expired`, `BadField`. Earlier sign-ins of that person end."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise BadField(password="password_length")
        hashed = PasswordHasher().hash(password)  # before the transaction: it takes a while
        row = self._use(code, only="password")
        mine = {"office_id": row.office_id, "staff_id": row.staff_id}
        with self._store.writing() as db:
            staff, signed = schema.staff, schema.sign_ins
            db.execute(
                update(staff)
                .where(staff.c.office_id == mine["office_id"], staff.c.id == mine["staff_id"])
                .values(password_hash=hashed)
            )
            db.execute(
                update(signed)
                .where(
                    signed.c.office_id == mine["office_id"],
                    signed.c.staff_id == mine["staff_id"],
                    signed.c.ended_at.is_(None),
                )
                .values(ended_at=self._clock())
            )

    def add_device(
        self, office_id: int, kind: DeviceKind, name: str, printer_id: int | None = None
    ) -> str:
        """A paired device's token."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._store.writing() as db:
            db.execute(
                insert(schema.devices).values(
                    office_id=office_id,
                    id=new_id(now),
                    kind=kind,
                    name=name,
                    token_hash=token_hash(token),
                    printer_id=printer_id,
                    service_ids="[]",
                    created_at=now,
                )
            )
        return token

    def add_token(self, office_id: int, name: str, role: TokenRole) -> str:
        """A new API token; nobody can see it again."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._store.writing() as db:
            db.execute(
                insert(schema.tokens).values(
                    office_id=office_id,
                    id=new_id(now),
                    name=name,
                    role=role,
                    token_hash=token_hash(token),
                    created_at=now,
                )
            )
        return token

    # ------------------------------------------------------------ what these share

    def _begin(self, office_id: int, staff_id: int, counter_id: int | None) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._store.writing() as db:
            db.execute(
                insert(schema.sign_ins).values(
                    office_id=office_id,
                    id=new_id(now),
                    token_hash=token_hash(token),
                    staff_id=staff_id,
                    counter_id=counter_id,
                    seen_at=now,
                )
            )
        return token

    def _seen(self, office_id: int, sign_in_id: int, now: int) -> None:
        table = schema.sign_ins
        with self._store.writing() as db:
            db.execute(
                update(table)
                .where(table.c.office_id == office_id, table.c.id == sign_in_id)
                .values(seen_at=now)
            )

    def _invitation(self, code: str, *, only: str = "", but: str = "") -> "_Invited":
        table = schema.invitations
        with self._store.reading() as db:
            row = db.execute(select(table).where(table.c.code_hash == token_hash(code))).first()
        if row is None or (only and row.face != only) or (but and row.face == but):
            raise NotFound("no_such_link")
        if row.used_at is not None or row.expires_at <= self._clock():
            raise Expired("link_used")
        return _Invited(row.office_id, row.id, row.face, row.staff_id, row.counter_id)

    def _use(self, code: str, *, only: str = "", but: str = "") -> "_Invited":
        row = self._invitation(code, only=only, but=but)
        table = schema.invitations
        with self._store.writing() as db:
            used = db.execute(
                update(table)
                .where(
                    table.c.office_id == row.office_id,
                    table.c.id == row.id,
                    table.c.used_at.is_(None),
                )
                .values(used_at=self._clock())
            )
        if used.rowcount != 1:  # two clicks at once: one of them was first
            raise Expired("link_used")
        return row


@dataclass(frozen=True, slots=True)
class _Invited:
    office_id: int
    id: int
    face: str
    staff_id: int
    counter_id: int | None


@lru_cache(maxsize=1)
def _no_password() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(16))
