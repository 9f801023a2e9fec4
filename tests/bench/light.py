"""A load that costs little itself: one thread, ready-made requests, answers hardly looked at.

Prints one JSON line, as `tests.bench.client` does; the client's share of the machine with it.
"""

import json
import selectors
import socket
import statistics
import sys
import time
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import urlsplit

from tests.workers import children, worker_of

ENOUGH_TRIES = 200


@dataclass(slots=True)
class Line:
    """One connection: what came of the answer so far, when it was asked, and how often still."""

    connection: socket.socket
    left: int
    begun: float = 0.0
    got: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes) -> None:
        self.begun = time.perf_counter()
        self.connection.sendall(request)

    def answered(self) -> bool:
        """Reads what is there; whether the answer is whole. Raises `RuntimeError` for no 201."""
        piece = self.connection.recv(65536)
        self.got += piece
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not piece or (found and not head.startswith(b"HTTP/1.1 201")):
            raise RuntimeError(f"answered {bytes(self.got[:300])!r}")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if not found or len(body) < int(length):
            return False
        self.got.clear()
        return True


def lines(server: int, host: str, port: int, wanted: int, each: int) -> list[Line]:
    """`wanted` connections, the same number at every worker: whichever accepts first gets one,
    so more are opened than are kept."""
    workers, waited = children(server), Event()
    share = {pid: wanted // len(workers) for pid in workers}
    kept: list[Line] = []
    for _ in range(ENOUGH_TRIES):
        if not any(share.values()):
            return kept
        connection = socket.create_connection((host, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        own, pid = connection.getsockname()[1], None
        while pid is None:
            pid = worker_of(server, port, own)
            waited.wait(0.001)
        if share[pid]:
            share[pid] -= 1
            kept.append(Line(connection, each))
        else:
            connection.close()
    raise RuntimeError(f"one worker accepts everything: {share}")


def run(
    url: str, server: int, connections: int, each: int, body: str, token: str
) -> dict[str, float]:
    at = urlsplit(url)
    request = (
        f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    watch, took = selectors.DefaultSelector(), []
    open_lines = lines(server, at.hostname or "", at.port or 80, connections, each)
    begun, own = time.perf_counter(), time.process_time()
    for line in open_lines:
        watch.register(line.connection, selectors.EVENT_READ, line)
        line.ask(request)
    busy = len(open_lines)
    while busy:
        for key, _ in watch.select():
            line = key.data
            if not line.answered():
                continue
            took.append(time.perf_counter() - line.begun)
            line.left -= 1
            if line.left:
                line.ask(request)
            else:
                busy -= 1
    passed = time.perf_counter() - begun
    own = time.process_time() - own
    took.sort()
    return {
        "per_s": len(took) / passed,
        "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
        "client": own / passed,
    }


if __name__ == "__main__":
    url, server, connections, each, body, token = sys.argv[1:]
    print(json.dumps(run(url, int(server), int(connections), int(each), body, token)))
