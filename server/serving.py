"""Runs the house under gunicorn: one port, one lock on the data, ended by SIGTERM."""

import ctypes
import fcntl
import logging
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from printers.delivery import check
from printers.send import send
from server.app import make_app
from server.config import Config
from server.spool import Spool
from server.store import offices
from server.store.engine import Store
from server.timer import Timer
from server.watching import Watching
from server.webhooks import Webhooks

PR_SET_PDEATHSIG = 1
LOCK_WAIT_S = 3.0  # a server that was just killed needs a moment to be gone
READY_WAIT_S = 60.0
SWITCH_S = 0.0005


class CannotServe(Exception):
    """The server cannot start; the message says why, in one line."""


def unix_ms() -> int:
    return time.time_ns() // 1_000_000


def lock(data: Path) -> Any:
    """Keeps a second server off the same SQLite data. Raises `CannotServe`."""
    file = (data / "khiu.lock").open("w")
    until = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() > until:
                raise CannotServe(f"another server is running on the data in {data}") from None
            time.sleep(0.1)


def listening(address: str) -> socket.socket:
    """A socket bound to HOST:PORT (port 0: any free one). Raises `CannotServe`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        raise CannotServe(f"--listen takes HOST:PORT, not {address}")
    try:
        found = socket.create_server((host.strip("[]"), int(port)), backlog=2048)
    except (OSError, OverflowError) as error:
        raise CannotServe(f"cannot listen on {address}: {error}") from None
    found.set_inheritable(True)
    return found


def own_address(bound: socket.socket) -> str:
    """http://HOST:PORT as others in the building reach it."""
    host, port = bound.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # everywhere: say the address that leads out of this machine
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 9))  # sends nothing; only picks a route
                host = probe.getsockname()[0]
            except OSError:
                host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """gunicorn, told everything here and nothing by files of its own."""

    def __init__(
        self,
        make: Callable[[], Flask],
        bound: socket.socket,
        config: Config,
        begin: Callable[[Flask], None] = lambda _app: None,
        tell: Callable[[str], None] = lambda _address: None,
    ) -> None:
        """`begin` starts what runs beside the requests, in each worker; `tell` hears the address
        once it answers."""
        self._make, self._bound, self._config = make, bound, config
        self._begin, self._tell, self._address = begin, tell, own_address(bound)
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._bound.fileno()}",
            "workers": self._config.workers,
            "worker_class": "gthread",
            "threads": self._config.threads,
            "graceful_timeout": 3,
            "timeout": 120,
            "keepalive": 30,
            "loglevel": "warning",
            "post_fork": _die_with_parent,
            "post_worker_init": self._work,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)

    def _work(self, worker: Any) -> None:
        self._begin(worker.app.callable)
        # Here, not in the master: it forks, and a thread of its own could hold a lock just then.
        if worker.age == 1:
            ready = (self._address, self._tell)
            Thread(target=_wait_until_ready, args=ready, daemon=True).start()

    def load(self) -> Flask:
        return self._make()


def _die_with_parent(_server: Any, worker: Any) -> None:
    # A killed master must not leave workers that hold the port and the lock.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != worker.ppid:  # it was killed before it could be asked for
            os.kill(os.getpid(), signal.SIGKILL)


def start_work(app: Flask) -> None:
    """Starts what runs beside the requests of this process: pushes, slips, the timer."""
    # A verb hands the interpreter over at every statement; the default of 5 ms, waited for each
    # time while other threads compute, would make one verb last a hundred.
    sys.setswitchinterval(SWITCH_S)
    house = app.extensions["khiu"]
    spool = Spool(house.store, house.clock, send, lambda: str(app.config["BASE_URL"]))
    app.extensions["spool"] = spool
    house.when_slips_are_ordered(spool.wake)
    app.extensions["push"].start()
    if app.extensions["bus"] is not None:
        app.extensions["bus"].start()
    spool.start()
    app.extensions["agents"].start()
    Timer(house).start()
    Watching(house, check).start()
    Webhooks(house.store, house.clock).start()


def serve(
    data: Path,
    config: Config,
    bound: socket.socket,
    when_ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serves until SIGTERM. `when_ready` is called once it answers, with its address."""
    file = config.sqlite_file(data)
    held = None if file is None else lock(file.parent)
    address = own_address(bound)
    store = Store(config.store_url(data))
    with store.writing() as db:  # `khiu staff` starts its links with it
        offices.remember(db, "address", address)
    store.close()

    def make() -> Flask:
        store = Store(config.store_url(data), config.connections)
        return make_app(store, unix_ms, data=data, config=config, base_url=address)

    logging.basicConfig(level=logging.WARNING)
    try:
        Server(make, bound, config, start_work, when_ready).run()
    finally:
        if held is not None:
            held.close()


def _wait_until_ready(address: str, when_ready: Callable[[str], None]) -> None:
    until = time.monotonic() + READY_WAIT_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                when_ready(address)
                return
        except OSError:
            time.sleep(0.05)
