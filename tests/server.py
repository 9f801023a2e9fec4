"""The real program in a process of its own, as an office runs it; ended by its own id."""

import io
import json
import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.cli import run

KHIU = Path(sys.executable).with_name("khiu")
FILE = Path(__file__).parent.parent / "deploy" / "demo-office.toml"
STARTS_WITHIN_S = 120.0
ENDS_WITHIN_S = 30.0


def khiu(*words: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [str(KHIU), *map(str, words)],
        env=_clean(env),
        capture_output=True,
        text=True,
        timeout=STARTS_WITHIN_S,
        check=False,
    )


def init(data: Path, env: dict[str, str] | None = None, file: Path = FILE) -> None:
    """The demo office's file (or another), as a real office in `data`."""
    _made("init", "--data", data, "--office", file, env=env)


def token(
    data: Path, role: str = "integration", *more: str, env: dict[str, str] | None = None
) -> str:
    return _made("token", "test", "--data", data, "--role", role, *more, env=env).strip()


def _made(*words: str | Path, env: dict[str, str] | None) -> str:
    """A command that prepares, not the one under test: run here, without a start of Python."""
    before, said = dict(os.environ), io.StringIO()
    os.environ.clear()
    os.environ.update(_clean(env))
    try:
        with redirect_stdout(said):
            assert run([str(word) for word in words]) == 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    return said.getvalue()


@dataclass
class Running:
    """A server that answers. `links`: what `khiu demo` prints for each face."""

    process: subprocess.Popen[str]
    address: str
    errors: Path
    links: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def kill(self) -> None:
        """kill -9, as a power cut does; only the server itself, not its worker."""
        self.process.kill()
        self.process.wait(ENDS_WITHIN_S)

    def end(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN_S)

    def ask(
        self, method: str, path: str, token: str = "", body: object = None, **headers: str
    ) -> tuple[int, Any]:
        """Status and JSON of one request."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.address}{path}", data, method=method)
        if token:
            asked.add_header("Authorization", f"Bearer {token}")
        for name, value in headers.items():
            asked.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text[:1] in b"[{" and text else text
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


@contextmanager
def serving(
    data: Path,
    command: str = "serve",
    *more: str,
    port: int = 0,
    env: dict[str, str] | None = None,
    program: Sequence[str | Path] = (KHIU,),
) -> Iterator[Running]:
    """`khiu serve` (or `demo`) on a free port; it answers when the block begins."""
    data.parent.mkdir(parents=True, exist_ok=True)
    errors = data.parent / f"{data.name}.stderr"
    with errors.open("a") as heard:
        process = subprocess.Popen(
            [*program, command, "--data", data, "--listen", f"127.0.0.1:{port}", *more],
            env=_clean(env),
            stdout=subprocess.PIPE,
            stderr=heard,
            text=True,
        )
    try:
        running = Running(process, _line(process, errors).removeprefix("ready "), errors)
        if command == "demo":
            for _ in range(6):
                name, _, url = _line(process, errors).partition(" ")
                running.links[name] = url
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert process.stdout is not None
        process.stdout.close()


def _line(process: subprocess.Popen[str], errors: Path) -> str:
    """The next line of its output. Python reads no further ahead than the line we wait for."""
    assert process.stdout is not None
    text = b""
    while not text.endswith(b"\n"):
        readable, _, _ = select.select([process.stdout], [], [], STARTS_WITHIN_S)
        piece = os.read(process.stdout.fileno(), 1) if readable else b""
        if not piece:
            raise AssertionError(f"it did not start: {errors.read_text()[-2000:]}")
        text += piece
    return text.decode().strip()


def _clean(env: dict[str, str] | None) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KHIU_")}
    return ours | (env or {})
