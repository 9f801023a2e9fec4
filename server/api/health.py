"""Whether the server lives, is ready, and how busy it is; for people and monitors."""

import os

from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy import text

from server.bus import Bus
from server.domain.day import day_began
from server.domain.refusals import NotPermitted, NotSignedIn
from server.domain.roles import TokenRole
from server.push import Push
from server.store import printers, prints
from server.store.ids import first_of
from server.web import house, open_to_all

face = Blueprint("health", __name__)
open_to_all(face, "monitors ask before anybody signs in; metrics check for themselves")

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("x-forwarded-", "forwarded", "x-real-ip", "via")  # a proxy stands between


@face.get("/healthz")
def healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


@face.get("/readyz")
def readyz() -> tuple[Response, int]:
    failing = []
    try:
        with house().store.reading() as db:
            db.execute(text("SELECT 1 FROM offices LIMIT 1"))
    except Exception:  # whatever it is, the answer is "not ready", and which
        failing.append("database")
    bus: Bus | None = current_app.extensions["bus"]
    if bus is not None and not bus.well:  # it knows without asking, so a monitor never waits
        failing.append("redis")
    return jsonify(ready=not failing, failing=failing), 503 if failing else 200


@face.get("/metrics")
def metrics() -> Response:
    _check_monitor()
    push: Push = current_app.extensions["push"]
    own = f'process="{os.getpid()}"'  # of several workers whichever answers counts its own
    lines = ["# TYPE khiu_sockets gauge", f"khiu_sockets{{{own}}} {push.sockets}"]
    lines.append("# TYPE khiu_waiting gauge")
    for office_id in house().office_ids():
        board = house().rooms(office_id).reads.board()
        for pool in board.waiting:
            labels = f'office="{board.office}",prefix="{pool.prefix}"'
            lines.append(f"khiu_waiting{{{labels}}} {pool.waiting}")
    lines += _printing()
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def _printing() -> list[str]:
    """Each printer that is set, and today's slips that are not at their end."""
    well = ["# TYPE khiu_printer_well gauge"]
    near_end = ["# TYPE khiu_printer_near_end gauge"]
    counted = ["# TYPE khiu_slips gauge"]
    for office_id in house().office_ids():
        settings = house().rooms(office_id).reads.settings()
        office = settings.office.slug
        since = first_of(day_began(house().clock(), settings.zone))
        with house().store.reading() as db:
            found, slips = printers.status(db, office_id), prints.open_states(db, office_id, since)
        for one in found:
            if one.url != "none":
                labels = f'office="{office}",printer="{one.code}"'
                well.append(f"khiu_printer_well{{{labels}}} {int(not one.problem)}")
                near_end.append(f"khiu_printer_near_end{{{labels}}} {int(one.near_end)}")
        for state, n in slips.items():
            counted.append(f'khiu_slips{{office="{office}",state="{state}"}} {n}')
    return well + near_end + counted


def _check_monitor() -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        caller = house().access.by_api_token(token)
        if caller is None:
            raise NotSignedIn("bad_token")
        if caller.role is not TokenRole.MONITOR:
            raise NotPermitted("not_your_role")
        return
    forwarded = any(name.lower().startswith(FORWARDED) for name, _ in request.headers)
    if request.remote_addr not in LOOPBACK or forwarded:
        raise NotSignedIn("bad_token")
