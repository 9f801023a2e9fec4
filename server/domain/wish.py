"""What a visitor asks for."""

from dataclasses import dataclass

from server.domain.order import Priority


@dataclass(frozen=True, slots=True)
class Wish:
    """One press at the kiosk, at reception or through the API.

    `bound_by_hours`: the office's opening hours and closing apply (kiosk, reception, web).
    `override`: an officer's reason to give a number though the day is full or too short.
    `slot_at`: the time that was booked (Unix ms).
    """

    service_id: int
    priority: Priority = Priority.NONE
    channel: str = "api"
    language: str = "th"
    more_service_ids: tuple[int, ...] = ()
    bound_by_hours: bool = False
    large_print: bool = False
    override: str | None = None
    slot_at: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: `kind` is staff, device, token, resident, point (somebody at a mobile service
    point) or office (the office's own timer)."""

    kind: str
    id: int | None = None
    printer_id: int | None = None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What makes a repeated request the same one; `body_hash` tells whether it really is."""

    caller: str
    method: str
    path: str
    key: str
    body_hash: str
