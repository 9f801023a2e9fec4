"""Where a name is in the network, known in time or not at all."""

import ipaddress
import socket
from threading import Lock, Thread
from typing import Any

Place = tuple[int, int, int, str, Any]
"""As `socket.getaddrinfo` gives it."""


def places(host: str, port: int, seconds: float) -> list[Place]:
    """Where TCP finds `host`; `seconds` is the longest wait. Raises `OSError`, `UnicodeError`.

    A resolver may take half a minute to say that nobody answers it, and cannot be interrupted.
    """
    if _is_numeric(host):
        return _found(host, port)
    with _lock:
        lookup = _under_way.get((host, port))
        if lookup is None:  # one that hangs is waited for, not asked once more
            lookup = _under_way[host, port] = _Lookup(host, port)
            lookup.start()
    lookup.join(seconds)
    if lookup.is_alive():
        raise TimeoutError(f"its address is not known within {seconds:g} s")
    if lookup.error is not None:
        raise lookup.error
    return lookup.places


class _Lookup(Thread):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(name=f"resolving {host}", daemon=True)
        self._host, self._port = host, port
        self.places: list[Place] = []
        self.error: OSError | UnicodeError | None = None

    def run(self) -> None:
        try:
            self.places = _found(self._host, self._port)
        except (OSError, UnicodeError) as error:
            self.error = error
        finally:
            with _lock:
                del _under_way[self._host, self._port]


_lock = Lock()
_under_way: dict[tuple[str, int], _Lookup] = {}


def _found(host: str, port: int) -> list[Place]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
