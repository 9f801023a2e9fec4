"""Who listens to the live channel in tests, and what it costs the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from server.links import TRACK, link_token
from server.push import Push
from server.store import offices
from tests.office import Office

LIVE = "/live"


def push_of(office: Office) -> Push:
    push: Push = office.app.extensions["push"]
    return push


def listen(
    office: Office,
    auth: object = None,
    client: FlaskClient | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """A program that connects to the live channel."""
    socketio = office.app.extensions["socketio"]
    return socketio.test_client(
        office.app, LIVE, auth=auth, flask_test_client=client, headers=headers
    )


def board_of(office: Office) -> Any:
    return listen(office, {"topic": "board", "token": office.token()})


def secret_of(office: Office) -> str:
    with office.store.reading() as db:
        return str(offices.for_verb(db, office.id).secret)


def phone_of(office: Office, ticket_id: int, purpose: str = TRACK) -> Any:
    token = link_token(secret_of(office), purpose, ticket_id)
    return listen(office, {"topic": "ticket", "token": token})


def heard(client: Any, name: str) -> list[dict[str, Any]]:
    """What this listener was sent since it was last asked."""
    return [got["args"][0] for got in client.get_received(LIVE) if got["name"] == name]


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """The SQL that runs meanwhile."""
    seen: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(office.store.engine, "before_cursor_execute", note)
