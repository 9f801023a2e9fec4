"""Tells another system of alerts: a signed POST, outside every transaction, until it works."""

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from time import sleep
from typing import Protocol
from urllib.parse import urlsplit

from server.domain.settings import Settings
from server.domain.webhook import DELIVERY, SIGNATURE, is_address, key_of, signature
from server.store import offices, webhooks
from server.store.engine import Store
from server.store.webhooks import Call

log = logging.getLogger(__name__)

LOOK_S = 1.0
LIMIT_S = 10.0  # for one try, whatever it waits for
SUCCESS, REDIRECTED = 200, 300
NO_ADDRESS = "no_address"


class Failed(Exception):
    """The message is not known to have arrived; `problem` says why, in one word or status."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Post(Protocol):
    """Sends a body to an address. Raises `Failed`."""

    def __call__(self, address: str, body: bytes, headers: dict[str, str], /) -> None: ...


def post(
    address: str, body: bytes, headers: dict[str, str], /, *, limit_s: float = LIMIT_S
) -> None:
    """Any answer of 2xx within ten seconds is success; what it says is not read.

    Another address than the office's own never gets what was meant for it: no proxy is asked, and
    nobody follows to where an answer points.
    """
    found = _Try(address, body, headers, limit_s)
    found.start()
    # A socket's own limit is for each wait: who answers a byte at a time would never come to it.
    found.join(limit_s)
    if found.is_alive():
        found.end()
        raise Failed("timeout")
    if found.problem is not None:
        raise Failed(found.problem)


class _Try(Thread):
    """One conversation. `problem`: None once it is known to have arrived."""

    def __init__(self, address: str, body: bytes, headers: dict[str, str], limit_s: float) -> None:
        super().__init__(name="webhook", daemon=True)
        self.problem: str | None = "no_connection"
        self._address, self._body, self._headers = address, body, headers
        self._limit_s = limit_s
        self._connection: HTTPConnection | None = None

    def run(self) -> None:
        try:
            status = self._asked()
        except TimeoutError:
            self.problem = "timeout"
        except (OSError, HTTPException, ValueError):
            self.problem = "no_connection"
        else:
            self.problem = None if SUCCESS <= status < REDIRECTED else f"http_{status}"

    def end(self) -> None:
        """Nobody waits for it any more: what it waits for ends too."""
        opened = self._connection and self._connection.sock
        if opened:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _asked(self) -> int:
        """The status of the answer."""
        where = urlsplit(self._address)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        self._connection = kind(where.hostname or "", where.port, timeout=self._limit_s)
        try:
            target = (where.path or "/") + (f"?{where.query}" if where.query else "")
            self._connection.request("POST", target, self._body, self._headers)
            return self._connection.getresponse().status
        finally:
            self._connection.close()


class Webhooks:
    """`send` is `post`; tests hand in the same and a server of their own."""

    def __init__(self, store: Store, clock: Callable[[], int], send: Post = post) -> None:
        self._store, self._clock, self._send = store, clock, send

    def start(self) -> None:
        Thread(target=self._run, name="webhooks", daemon=True).start()

    def send_one(self) -> bool:
        """Tries the message longest due; False when there is none."""
        with self._store.glancing() as db:  # most looks find nothing, and must lock nothing
            if not webhooks.any_due(db, self._clock()):
                return False
        with self._store.writing() as db:
            call = webhooks.lease(db, self._clock())
            row = offices.for_verb(db, call.office_id) if call else None
        if call is None or row is None:
            return False
        self._try(call, Settings.read(row.settings), row.secret)
        return True

    def _try(self, call: Call, settings: Settings, secret: str) -> None:
        rule = settings.settings.satisfaction.alerting
        if not is_address(rule.webhook):  # taken away meanwhile
            with self._store.writing() as db:
                webhooks.give_up(db, call, NO_ADDRESS)
            return
        body = call.body.encode()
        key = key_of(secret, rule.webhook_key)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Khiu",
            DELIVERY: str(call.id),  # the same at every try: who got it twice can tell
            SIGNATURE: signature(key, self._clock() // 1000, body),
        }
        try:
            self._send(rule.webhook, body, headers)
        except Failed as error:
            log.warning("webhook %s, try %s: %s", call.id, call.tries, error.problem)
            with self._store.writing() as db:
                webhooks.failed(db, call, self._clock(), error.problem)
            return
        with self._store.writing() as db:
            webhooks.told(db, call, self._clock())

    def _run(self) -> None:
        while True:
            try:
                while self.send_one():
                    pass
            except Exception:  # one message's trouble must not end the sending of all others
                log.exception("a webhook was not sent")
            sleep(LOOK_S)
