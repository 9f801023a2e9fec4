"""A rating tablet of the demo office: at a counter, by the exit, without and with a browser."""

import secrets
from typing import Any, cast

from flask.testing import FlaskClient

from server.domain.rating_place import Place, RatingPlace
from server.domain.roles import DeviceKind
from server.store import schema
from server.web import DEVICE_COOKIE
from tests.office import Office


def paired(office: Office, counter: str | None = "3", place: Place = Place.COUNTER) -> str:
    """The token of a tablet that stands there."""
    token = office.device_token(DeviceKind.TABLET)
    counter_id = office.counter(counter).id if counter else None
    stands = RatingPlace(place=place, counter_id=counter_id)
    table = schema.devices
    with office.store.writing() as db:
        newest = max(db.scalars(table.select().with_only_columns(table.c.id)))
        db.execute(table.update().where(table.c.id == newest).values(options=stands.text()))
    return token


def client(office: Office, counter: str | None = "3", place: Place = Place.COUNTER) -> FlaskClient:
    """Its browser, without the browser; posts need no seal."""
    office.app.config["WTF_CSRF_ENABLED"] = False
    made = office.app.test_client()
    made.set_cookie(DEVICE_COOKIE, paired(office, counter, place))
    return made


def presses(office: Office) -> list[Any]:
    """Rows, oldest first."""
    rows = cast(list[Any], office.contents()["presses"])
    return sorted(rows, key=lambda row: row.at)


def kept(at: int, score: int = 5, **more: Any) -> dict[str, Any]:
    """One press as a tablet keeps it."""
    return {"press_id": secrets.token_hex(16), "at": at, "score": score, "reasons": [], **more}
