"""The real `khiu-printer` in a process of its own, and a line to the server that can be cut."""

import os
import re
import select
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WITHIN_S = 60.0
TAKES, REPORTS = "POST /api/v1/printer/jobs ", "POST /api/v1/printer/jobs/"


def until(there: Callable[[], object], what: str = "") -> None:
    end = time.monotonic() + WITHIN_S
    while not there():
        assert time.monotonic() < end, f"it never came: {what}"
        time.sleep(0.01)


@dataclass
class RunningAgent:
    process: subprocess.Popen[str]
    errors: Path

    def kill(self) -> None:
        """kill -9, as a power cut does."""
        self.process.kill()
        self.process.wait(WITHIN_S)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WITHIN_S)

    def said(self) -> str:
        return self.errors.read_text()


@cache
def _known() -> tempfile.TemporaryDirectory[str]:
    """Where the printers' database is kept when it was read once: reading it takes a second."""
    return tempfile.TemporaryDirectory(prefix="khiu-escpos-")


@contextmanager
def agent(
    server: str, token: str, printer: str, journal: Path, **env: str
) -> Iterator[RunningAgent]:
    """Prints at `printer` for the time of the block."""
    words = ["--server", server, "--token", token, "--printer", printer, "--journal", str(journal)]
    errors = journal.with_suffix(".stderr")
    with errors.open("a") as heard:
        process = subprocess.Popen(
            [sys.executable, "-m", "printers.agent", *words],
            stderr=heard,
            text=True,
            env=os.environ | {"ESCPOS_CAPABILITIES_PICKLE_DIR": _known().name} | env,
        )
    try:
        yield RunningAgent(process, errors)
    finally:
        sys.stderr.write(errors.read_text())  # where a test fails, what the agent said tells why
        if process.poll() is None:
            process.kill()
            process.wait(WITHIN_S)


class Line(socketserver.ThreadingTCPServer):
    """Passes on what goes to and from the server, a request a connection, until told otherwise."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.port = port  # the server's
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}"
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.sockets = True  # also passes websockets
        self.cuts_answer_to: str | None = None  # a request's beginning; its answer is lost
        self.cuts: str | None = None  # a request's beginning; the server never hears of it
        self.open_sockets = 0
        self.lost: list[str] = []  # answers that were lost
        self.passed: list[str] = []  # requests, by their first line, that were answered


class _Passing(socketserver.BaseRequestHandler):
    server: Line
    request: socket.socket

    def handle(self) -> None:
        with suppress(OSError):
            self._pass(_message(self.request))

    def _pass(self, asked: bytes) -> None:
        line, first = self.server, asked.split(b"\r\n")[0].decode()
        if "/socket.io/" in first and not line.sockets:
            return
        if line.cuts is not None and first.startswith(line.cuts):
            line.lost.append(first)
            return
        with socket.create_connection(("127.0.0.1", line.port)) as other:
            other.sendall(asked)
            if "/socket.io/" in first:
                line.open_sockets += 1
                self._pass_on(other)
                return
            answer = _message(other)
            if line.cuts_answer_to is not None and first.startswith(line.cuts_answer_to):
                line.lost.append(answer.split(b"\r\n")[0].decode())
                return
            self.request.sendall(answer)
            line.passed.append(first)

    def _pass_on(self, other: socket.socket) -> None:
        ways = {self.request: other, other: self.request}
        while True:
            for one in select.select(list(ways), [], [])[0]:
                piece = one.recv(4096)
                if not piece:
                    return
                ways[one].sendall(piece)


def _message(line: socket.socket) -> bytes:
    """One whole request or answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65536)
        if not piece:
            raise ConnectionError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: *(\d+)", head)
    while len(body) < int(found[1] if found else 0):
        if not (piece := line.recv(65536)):
            raise ConnectionError
        body += piece
    return head + b"\r\n\r\n" + body


@contextmanager
def line_to(port: int, certificate: Path | None = None) -> Iterator[Line]:
    """`certificate`: a file with a key, too; the line then speaks https."""
    with Line(port, certificate) as line:
        threading.Thread(target=line.serve_forever, args=(0.01,), daemon=True).start()
        yield line
        line.shutdown()


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that nobody but itself vouches for."""
    file, key = folder / "server.pem", folder / "key.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    name = ["-subj", "/CN=khiu test", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", *words.split(), *name, "-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(key.read_text() + file.read_text())
    return file
