"""How a browser becomes a device: it shows a code, and an administrator enters it."""

from collections.abc import Callable
from dataclasses import dataclass

from server.domain.refusals import TooOften
from server.domain.roles import DeviceKind
from server.often import Often
from server.store import devices
from server.store.engine import Store

VALID_MS = 10 * 60 * 1000
MOST = 200  # codes of one office at one time
A_MINUTE = 20  # codes asked from one address


@dataclass(frozen=True, slots=True)
class Pairing:
    """A browser that waits to become a device. `until`: Unix ms."""

    office_id: int
    code: str
    kind: DeviceKind
    until: int
    confirmed: bool


class Pairings:
    """`clock` gives Unix ms. The token stays in the browser that asked; people see the code."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store, self._clock = store, clock
        self._often = Often(clock, A_MINUTE)

    def ask(self, office_id: int, kind: DeviceKind, address: str = "") -> str:
        """A token that waits, with a code to show, for an administrator. Raises `TooOften`."""
        self._often.ask(address)
        with self._store.writing() as db:
            token = devices.ask_pairing(db, office_id, self._clock(), kind, VALID_MS, MOST)
        if token is None:
            raise TooOften("too_many_pairings", retry_after_s=60)
        return token

    def waiting(self, token: str) -> Pairing | None:
        """What the browser with this token waits for; None when its time has passed."""
        with self._store.reading() as db:
            row = devices.by_pairing(db, token, self._clock())
        if row is None:
            return None
        confirmed = row.device_id is not None
        return Pairing(row.office_id, row.code, DeviceKind(row.kind), row.expires_at, confirmed)

    def collect(self, token: str) -> tuple[DeviceKind, str] | None:
        """The confirmed device's kind and token, once; None when there is none to collect."""
        with self._store.writing() as db:
            row = devices.by_pairing(db, token, self._clock())
            return devices.collect(db, row) if row is not None and row.device_id else None
