"""A PostgreSQL cluster of the tests' own: started once, on a free port, mostly without fsync."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_someone_else() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """SQLAlchemy's address of the cluster, without a database: add `/NAME`.

    `durable`: every commit waits for the disk, as an office's does; the tests need not.
    """
    (programs,) = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
    folder = Path(mkdtemp(prefix="khiu-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    port, data = free_port(), folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
    init = ["-D", str(data), "-U", "khiu", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    subprocess.run([*_as_someone_else(), str(programs / "initdb"), *init], check=True, **quiet)  # type: ignore[call-overload]
    settings = f"-p {port} -k {folder} -h 127.0.0.1"
    settings += "" if durable else " -c fsync=off -c full_page_writes=off"
    control = [*_as_someone_else(), str(programs / "pg_ctl"), "-D", str(data), "-w"]
    log = ["-l", str(folder / "log"), "-o", f"{settings} -c max_connections=200"]
    subprocess.run([*control, *log, "start"], check=True, **quiet)  # type: ignore[call-overload]
    try:
        yield f"postgresql+psycopg://khiu@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)
