"""Devices: let in by the code on their screen, switched off at once."""

import json
from typing import Any

from flask import request
from sqlalchemy import Row
from werkzeug.wrappers import Response

from server.domain.rating_place import Place, RatingPlace
from server.domain.roles import DeviceKind
from server.domain.screen import Layout, Screen, Sound
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup
from server.sheet import comes_back
from server.web import reads


@face.get("/devices")
def devices() -> str:
    return _devices(None)


@face.get(f"/devices/<{ID}:device_id>")
def device(device_id: int) -> str:
    return _devices(setup().devices.one(device_id))


def _devices(chosen: Row[Any] | None) -> str:
    return page(
        "devices",
        devices=setup().devices.all(),
        kinds=forms.pairable(),
        printers={row.id: row for row in setup().printers.all()},
        services=reads().services(),
        chosen=chosen,
        only=set(json.loads(chosen.service_ids)) if chosen is not None else set(),
        screen=_options(chosen),
        counters=reads().counters(),
        places=list(Place),
        layouts=list(Layout),
        sounds=list(Sound),
    )


def _options(chosen: Row[Any] | None) -> Screen | RatingPlace | None:
    """What this kind of device has of its own."""
    if chosen is None or chosen.kind == DeviceKind.KIOSK:
        return None
    kind = RatingPlace if chosen.kind == DeviceKind.TABLET else Screen
    return kind.read(chosen.options)


@face.post("/devices")
@comes_back(devices)
def pair_device() -> Response:
    code, kind, wish = forms.pairing(request.form)
    device_id = setup().devices.pair(code, kind, wish, actor())
    return done("paired", "device", device_id=device_id)


@face.post(f"/devices/<{ID}:device_id>")
@comes_back(device)
def change_device(device_id: int) -> Response:
    setup().devices.change(device_id, forms.device(request.form), actor())
    return done("saved", "device", device_id=device_id)


@face.post(f"/devices/<{ID}:device_id>/off")
def unpair_device(device_id: int) -> Response:
    setup().devices.unpair(device_id, actor())
    return done("unpaired", "devices")
