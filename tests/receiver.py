"""Another office's system: a real HTTP server that takes webhooks and checks who sent them."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Receiver:
    """`answers`: the status of each message to come; 200 when there are none left."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def believes(self, key: str, at: int = -1) -> bool:
        """As the manage page tells its makers to check: written apart from our own code."""
        parts = dict(part.split("=") for part in self.headers[at]["Khiu-Signature"].split(","))
        message = parts["t"].encode() + b"." + self.bodies[at]
        return hmac.new(key.encode(), message, "sha256").hexdigest() == parts["v1"]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One on a free port of this machine."""
    found = Receiver()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            found.headers.append(dict(self.headers))
            status = found.answers.pop(0) if found.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{found.address}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    found.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
