"""Who is asking: staff by a sign-in, devices by pairing, programs by a token."""

import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Row

from server.domain.refusals import BadField, Expired, NotFound, NotSignedIn
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.wish import Actor
from server.pairing import Pairings
from server.store import devices, passes, schema, setup
from server.store.engine import Store
from server.tries import Tries

SIGNED_IN_MS = 12 * 3600 * 1000  # a working day; the next one begins with signing in
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
FREE_TRIES = 5  # wrong passwords for one name
FREE_TRIES_OF_ADDRESS = 50  # a whole office may share one address
LONGEST_WAIT_S = 60  # a stranger who guesses keeps nobody out for longer
KNOWN_PLACES = 5_000
HASHES_AT_ONCE = 4  # each takes 64 MB: a hundred at once would be the end of a small machine

_hashing = BoundedSemaphore(HASHES_AT_ONCE)


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
    settings_text: str = ""  # of the office, as of this look; empty: not looked at
    service_ids: tuple[int, ...] = ()  # of a device that offers only these; empty: all
    options: str = "{}"  # of a device: JSON of domain.screen.Screen


class Access:
    """Lets people, devices and programs in. `clock` gives Unix ms."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store, self._clock = store, clock
        self.hasher = PasswordHasher()  # how dear a guess is; each hash says its own
        self._names = Tries(clock, FREE_TRIES, LONGEST_WAIT_S)
        self._addresses = Tries(clock, FREE_TRIES_OF_ADDRESS, LONGEST_WAIT_S)
        self.pairings = Pairings(store, clock)
        self._known: OrderedDict[tuple[int, str, str], None] = OrderedDict()

    def by_api_token(self, token: str) -> Who | None:
        with self._store.glancing() as db:
            row = passes.by_token(db, token)
        if row is None:
            return None
        actor, role = Actor("token", row.id), TokenRole(row.role)
        return Who(row.office_id, actor, role, row.name, row.name, settings_text=row.settings)

    def by_device(self, token: str) -> Who | None:
        with self._store.glancing() as db:
            row = devices.by_token(db, token)
        if row is None:
            return None
        actor = Actor("device", row.id, row.printer_id)
        only = tuple(json.loads(row.service_ids))
        kind, name = DeviceKind(row.kind), row.name
        own = row.options
        return Who(row.office_id, actor, kind, name, name, service_ids=only, options=own)

    def by_sign_in(self, token: str) -> Who | None:
        """Role and rights are read each time, so that a change is effective at once.

        It ends half a day after signing in, whatever was done meanwhile: a console left open
        polls all night, and must not be somebody's in the morning.
        """
        with self._store.glancing() as db:
            row = passes.by_sign_in(db, token, self._clock() - SIGNED_IN_MS)
        if row is None:
            return None
        return Who(
            row.office_id,
            Actor("staff", row.staff_id),
            Role(row.role),
            row.name_th,
            row.name_en,
            row.id,
            row.counter_id,
        )

    # ------------------------------------------------------------ signing in and out

    def sign_in(self, office_id: int, username: str, password: str, address: str = "") -> str:
        """A new sign-in's token. `address`: where the caller sits.

        Raises `NotSignedIn`, whichever of the two was wrong; `TooOften` after some failures.
        """
        username = username.strip().lower()
        # Where somebody has signed in before, strangers' guesses from elsewhere do not count.
        place = (office_id, username, address)
        name = place if place in self._known else (office_id, username)
        self._names.begin(name)
        if name != place:
            self._addresses.begin(address)
        staff_id = self._checked(office_id, username, password)
        self._names.succeeded(name)
        if name != place:
            self._addresses.give_back(address)
        self._known[place] = None
        while len(self._known) > KNOWN_PLACES:
            self._known.popitem(last=False)
        with self._store.writing() as db:
            return passes.begin(db, office_id, self._clock(), staff_id)

    def _checked(self, office_id: int, username: str, password: str) -> int:
        """The person's id. A stranger's name takes as long as a wrong password."""
        row = None
        if USERNAME.fullmatch(username):
            with self._store.reading() as db:
                row = passes.by_username(db, office_id, username)
        known = row.password_hash if row and row.password_hash else _no_password(self.hasher)
        try:
            with _hashing:
                self.hasher.verify(known, password[: LONGEST_PASSWORD + 1])
        except VerificationError:
            raise NotSignedIn("wrong_password") from None
        if row is None or row.password_hash is None:
            raise NotSignedIn("wrong_password")
        return int(row.id)

    def sign_out(self, who: Who) -> None:
        with self._store.writing() as db:
            ended = {"ended_at": self._clock()}
            passes.change_sign_in(db, who.office_id, who.sign_in_id, **ended)

    def take_counter(self, who: Who, counter_id: int | None) -> None:
        """Remembers at which counter this sign-in works; None: at none."""
        with self._store.writing() as db:
            passes.change_sign_in(db, who.office_id, who.sign_in_id, counter_id=counter_id)

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
        with self._store.writing() as db:
            now = self._clock()
            return passes.invite(db, office_id, now, face, valid_ms, staff_id, counter_id)

    def open_invitation(self, code: str) -> tuple[str, str]:
        """Uses a demo link up: its face, and the token of the sign-in or device it makes.

        Raises `NotFound`, `Expired`.
        """
        row = self._invitation(code, password=False)
        now = self._clock()
        with self._store.writing() as db:
            if not passes.use_invitation(db, row, now):
                raise Expired("link_used")
            if row.face in (DeviceKind.KIOSK, DeviceKind.DISPLAY):
                kind = DeviceKind(row.face)
                return row.face, devices.add(db, row.office_id, now, kind, row.face)[1]
            return row.face, passes.begin(db, row.office_id, now, row.staff_id, row.counter_id)

    def invited(self, code: str) -> Row[Any]:
        """The row of `staff` that sets a password with this link. Raises `NotFound`, `Expired`."""
        row = self._invitation(code, password=True)
        with self._store.reading() as db:
            person = setup.find(db, schema.staff, row.office_id, row.staff_id)
        if not person.active:
            raise Expired("password_link_used")
        return person

    def set_password(self, code: str, password: str) -> None:
        """Raises `NotFound`, `Expired`, `BadField`. Earlier sign-ins of that person end."""
        person = self.invited(code)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise BadField(password="password_length")
        with _hashing:
            hashed = self.hasher.hash(password)  # before the transaction: it takes a while
        row = self._invitation(code, password=True)
        now = self._clock()
        with self._store.writing() as db:
            if not passes.use_invitation(db, row, now):  # two clicks at once: one was first
                raise Expired("password_link_used")
            passes.set_password(db, row.office_id, person.id, hashed)
            passes.end_all(db, row.office_id, person.id, now)
            passes.withdraw_links(db, row.office_id, person.id, now)
            actor = str(Actor("staff", person.id))
            changed = (actor, "staff.password", person.name_th, None, None)
            setup.note(db, row.office_id, now, *changed)

    def _invitation(self, code: str, *, password: bool) -> Row[Any]:
        with self._store.reading() as db:
            row = passes.invitation(db, code)
        if row is None or (row.face == "password") is not password:
            raise NotFound("no_such_link")
        if row.used_at is not None or row.expires_at <= self._clock():
            raise Expired("password_link_used" if password else "link_used")
        return row

    # ------------------------------------------------------------ devices and programs

    def add_device(
        self, office_id: int, kind: DeviceKind, name: str, printer_id: int | None = None
    ) -> str:
        """A paired device's token."""
        with self._store.writing() as db:
            return devices.add(db, office_id, self._clock(), kind, name, printer_id)[1]

    def add_token(self, office_id: int, name: str, role: TokenRole) -> str:
        """A new API token; nobody can see it again."""
        with self._store.writing() as db:
            return passes.add_token(db, office_id, self._clock(), name, role)


@lru_cache(maxsize=1)
def _no_password(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
