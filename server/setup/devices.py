"""Devices: kiosks and displays, let in by the code on their screen."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.domain.rating_place import Place, RatingPlace
from server.domain.refusals import BadField, NotFound
from server.domain.roles import DeviceKind
from server.domain.screen import PLAIN, Screen
from server.domain.wish import Actor
from server.links import token_hash
from server.office import Turn
from server.pairing import VALID_MS
from server.setup.ground import Facts, Part, added, changed, did
from server.store import devices, schema, setup
from server.store.offices import as_json


@dataclass(frozen=True, slots=True)
class DeviceWish:
    """`printer_id` None: the office's default; `service_ids` empty: all services."""

    name: str
    printer_id: int | None
    service_ids: tuple[int, ...]
    screen: Screen | RatingPlace = PLAIN  # as its kind has it


class Devices(Part):
    def all(self) -> list[Row[Any]]:
        """Rows of `devices` that are paired."""
        return [row for row in self._rows(schema.devices) if row.active]

    def one(self, device_id: int) -> Row[Any]:
        """Raises `NotFound`, also for one that was switched off."""
        row = self._row(schema.devices, device_id)
        if not row.active:
            raise NotFound("no_such_thing")
        return row

    def pair(self, code: str, kind: DeviceKind | None, wish: DeviceWish, actor: Actor) -> int:
        """Lets in the browser that shows this code. `kind` None: what it asked to be.

        Raises `BadField` (no screen shows this code).
        """
        with self._changing() as turn:
            asked = devices.by_code(turn.db, turn.office_id, code, turn.now)
            if asked is None or asked.device_id is not None:
                raise BadField(code="no_such_code")
            _check(turn, wish)
            made = kind or DeviceKind(asked.kind)
            # Nobody learns this token; the browser gets its own when it collects the pairing.
            device_id, _ = devices.add(
                turn.db,
                turn.office_id,
                turn.now,
                made,
                wish.name,
                wish.printer_id,
                as_json(list(wish.service_ids)),
            )
            until = turn.now + VALID_MS
            devices.confirm_pairing(turn.db, turn.office_id, asked.id, device_id, until)
            row = setup.find(turn.db, schema.devices, turn.office_id, device_id)
            added(turn, actor, "device.paired", wish.name, {"kind": made, **_facts(turn, row)})
        return device_id

    def change(self, device_id: int, wish: DeviceWish, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`."""
        with self._changing() as turn:
            row = _paired(turn, device_id)
            before = _facts(turn, row)
            _check(turn, wish)
            values = {
                "name": wish.name,
                "printer_id": wish.printer_id,
                "service_ids": as_json(list(wish.service_ids)),
                "options": _options(turn, row, wish),
            }
            setup.change(turn.db, schema.devices, turn.office_id, device_id, values)
            now = setup.find(turn.db, schema.devices, turn.office_id, device_id)
            changed(turn, actor, "device.changed", row.name, before, _facts(turn, now))

    def unpair(self, device_id: int, actor: Actor) -> None:
        """Its cookie opens nothing from now on. Raises `NotFound`."""
        with self._changing() as turn:
            row = _paired(turn, device_id)
            forgotten = token_hash(secrets.token_urlsafe(32))  # also if it were switched on again
            values = {"active": False, "token_hash": forgotten}
            setup.change(turn.db, schema.devices, turn.office_id, device_id, values)
            did(turn, actor, "device.unpaired", row.name)


def _options(turn: Turn, row: Row[Any], wish: DeviceWish) -> str:
    """A tablet's say where it stood before, too: presses that it kept are of there."""
    if isinstance(wish.screen, RatingPlace):
        return RatingPlace.read(row.options).moved(wish.screen, turn.now).text()
    return wish.screen.text()


def _paired(turn: Turn, device_id: int) -> Row[Any]:
    row = setup.find(turn.db, schema.devices, turn.office_id, device_id)
    if not row.active:
        raise NotFound("no_such_thing")
    return row


def _check(turn: Turn, wish: DeviceWish) -> None:
    printers = {row.id for row in setup.rows(turn.db, schema.printers, turn.office_id)}
    if wish.printer_id is not None and wish.printer_id not in printers:
        raise BadField(printer_id="invalid")
    services = {row.id for row in setup.rows(turn.db, schema.services, turn.office_id)}
    if not set(wish.service_ids) <= services:
        raise BadField(service_ids="invalid")
    if isinstance(wish.screen, RatingPlace):
        _check_place(turn, wish.screen, services)


def _check_place(turn: Turn, place: RatingPlace, services: set[int]) -> None:
    counters = {row.id for row in setup.rows(turn.db, schema.counters, turn.office_id)}
    if place.place is Place.COUNTER and place.counter_id not in counters:
        raise BadField(counter_id="missing" if place.counter_id is None else "invalid")
    if place.service_id is not None and place.service_id not in services:
        raise BadField(service_id="invalid")


def _facts(turn: Turn, row: Row[Any]) -> Facts:
    printer = ""  # the office's default
    if row.printer_id is not None:
        printer = setup.find(turn.db, schema.printers, turn.office_id, row.printer_id).name_th
    services = {s.id: s.name_th for s in setup.rows(turn.db, schema.services, turn.office_id)}
    chosen = [services[one] for one in json.loads(row.service_ids) if one in services]
    facts: Facts = {"name": row.name, "services": chosen}
    if row.kind == DeviceKind.DISPLAY:
        return facts | Screen.read(row.options).model_dump()
    if row.kind == DeviceKind.TABLET:
        return facts | _place_facts(turn, RatingPlace.read(row.options), services)
    return facts | {"printer": printer}


def _place_facts(turn: Turn, place: RatingPlace, services: dict[int, str]) -> Facts:
    counters = setup.rows(turn.db, schema.counters, turn.office_id)
    number = next((row.number for row in counters if row.id == place.counter_id), "")
    of = services.get(place.service_id or 0, "")
    return {"place": place.place, "counter": number, "service": of}
