"""Typesets an office's own layout in a process of its own, which may die of it.

The parent half is `Workshop`; `python -m printers.apart` is the other one. A job is a line of JSON,
its answer a line of JSON and, where the layout gave an image, its dots.
"""

import json
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from PIL import Image
from typst import TypstError

from printers.own import Unusable, check_text
from printers.press import NotOnePage, press_of

JOB_S = 5.0
"""What one image may take before the process ends itself."""

MOST_MEMORY = 1024**3  # bytes of address space; a warm compiler has some 230 MB of it
MOST_ROWS = 4000  # half a metre of paper, far more than the wire takes

# Nothing of the server's own environment; a package could only be fetched through a proxy that is
# not there.
_SURROUNDINGS = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "MALLOC_ARENA_MAX": "2",
    "RAYON_NUM_THREADS": "2",
    **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
}
_PLACE = re.compile(r":(\d+):\d+$", re.M)
_PATHS = re.compile(r" \(searched (?:at|for) [^)]*\)")


@dataclass(frozen=True, slots=True)
class Printed:
    """`cpu_ms`: processor time it took, whatever else the machine was doing."""

    image: Image.Image
    cpu_ms: float


class Workshop:
    """One such process, started when first needed and again after it died.

    `job_s`: what one image may take.
    """

    def __init__(self, job_s: float = JOB_S) -> None:
        self._job_s = job_s
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process; the next job starts another."""
        with self._lock:
            self._end()

    def render(self, layout: str, data: str) -> Printed:
        """The page that this layout makes of the facts. Raises `Unusable`."""
        job = json.dumps({"layout": layout, "data": data, "seconds": self._job_s}).encode() + b"\n"
        with self._lock:
            head, dots = self._asked(job)
        if "code" in head:
            raise Unusable(head["code"], head["line"], head["facts"])
        return Printed(Image.frombytes("1", (head["width"], head["height"]), dots), head["cpu_ms"])

    def _asked(self, job: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._running()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(job)
            process.stdin.flush()
            head = json.loads(process.stdout.readline() or b"null")
            dots = process.stdout.read(head.get("bytes", 0)) if head else b""
        except (OSError, ValueError):  # ValueError: it died amid its line
            head = None
        if head is None or len(dots) < head.get("bytes", 0):
            raise self._died()
        return head, dots

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parent.parent,
                env=_SURROUNDINGS,
            )
        return self._process

    def _died(self) -> Unusable:
        process = self._process
        self._end()
        late = process is not None and process.returncode == -signal.SIGALRM
        return (
            Unusable("endless", facts={"seconds": round(self._job_s)})
            if late
            else Unusable("heavy")
        )

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()  # closes what was opened, and waits
        self._process = None


_warm = Workshop()


def renderer(layout: str) -> Callable[[str], Image.Image]:
    """Typesets with this layout in the process that printing keeps warm. Raises `Unusable`."""
    check_text(layout)
    return lambda data: _warm.render(layout, data).image


# ---------------------------------------------------------------- the other process


def work(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answers job after job until there are no more."""
    for line in jobs:
        job = json.loads(line)
        signal.setitimer(
            signal.ITIMER_REAL, job["seconds"]
        )  # nothing catches it: it ends the process
        head, dots = _printed(job["layout"], job["data"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(head).encode() + b"\n" + dots)
        answers.flush()


def _printed(layout: str, data: str) -> tuple[dict[str, Any], bytes]:
    begun = time.process_time()
    try:
        image = press_of(layout).image(data)
    except TypstError as error:
        place = _PLACE.search(error.diagnostic.partition("\n\n")[0])
        facts = {"told": _PATHS.sub("", error.message)}
        return {"code": "broken", "line": int(place[1]) if place else None, "facts": facts}, b""
    except NotOnePage:
        return {"code": "pages", "line": None, "facts": {}}, b""
    if image.height > MOST_ROWS:
        return {"code": "too_long", "line": None, "facts": {"mm": image.height // 8}}, b""
    dots = image.tobytes()
    cpu_ms = 1000 * (time.process_time() - begun)
    size = {"width": image.width, "height": image.height, "bytes": len(dots)}
    return {**size, "cpu_ms": cpu_ms}, dots


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit()
    work(sys.stdin.buffer, sys.stdout.buffer)
