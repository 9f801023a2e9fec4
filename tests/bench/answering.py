"""How many answers a second are kept, and whether "next" feels it while they are."""

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from server.domain.rating import Answer
from server.links import token_hash
from server.satisfaction import Satisfaction
from server.serving import unix_ms
from server.store import schema
from tests.bench.calling import DAY_MS, Hall

PER_S = 300  # what must be kept
SLOWER = 1.2  # than without them, at most
PHONES = 8
FLAT_OUT = 3000  # answers, as fast as they can be kept
ROUNDS, ROUND_S = 6, 2.0
CALL_EVERY_S = 0.025
ANSWER = Answer({"overall": 5}, reasons=(), channel="slip_qr")


class Phones:
    """Residents with an open survey each."""

    def __init__(self, hall: Hall) -> None:
        self._hall, self._nth = hall, 0
        self._room: Satisfaction = hall.rooms.satisfaction

    def opened(self, n: int) -> list[str]:
        """Tokens of so many visits that were just served."""
        tokens = [f"phone-{self._nth + at}" for at in range(n)]
        self._nth += n
        now = unix_ms()
        rows = [
            {
                "office_id": self._hall.office_id,
                "token_hash": token_hash(token),
                "service_id": self._hall.service_id,
                "opened_at": now,
                "closes_at": now + DAY_MS,
            }
            for token in tokens
        ]
        with self._hall.store.writing() as db:
            db.execute(schema.survey_tokens.insert(), rows)
        return tokens

    def answer(self, token: str) -> None:
        self._room.answer(token, ANSWER)

    def flat_out(self) -> float:
        """Answers a second, all phones at once."""
        tokens = self.opened(FLAT_OUT)
        begun = time.perf_counter()
        with ThreadPoolExecutor(PHONES) as pool:
            list(pool.map(self.answer, tokens))
        return FLAT_OUT / (time.perf_counter() - begun)

    def keep_answering(self, over: threading.Event, per_s: int) -> int:
        """Answers at an even pace until it is over; how many were given."""
        tokens = iter(self.opened(round(per_s * ROUND_S * 2)))
        begun, lock = time.perf_counter(), threading.Lock()
        due = (begun + nth / per_s for nth in range(10**9))

        def one_phone(_: int) -> int:
            given = 0
            while not over.is_set():
                with lock:
                    at, token = next(due), next(tokens)
                time.sleep(max(0.0, at - time.perf_counter()))
                self.answer(token)
                given += 1
            return given

        with ThreadPoolExecutor(PHONES) as pool:
            return sum(pool.map(one_phone, range(PHONES)))


def measure() -> list[tuple[str, str, str, str]]:
    """Rows of the table: what, ours, the other, ratio."""
    with TemporaryDirectory() as folder:
        hall = Hall(Path(folder) / "hall.db", 10, 0)
        phones = Phones(hall)
        per_s = phones.flat_out()
        quiet, busy = list[float](), list[float]()
        paces = []
        for _ in range(ROUNDS):
            quiet += _calls(hall)
            over = threading.Event()
            with ThreadPoolExecutor(1) as crowd:
                given = crowd.submit(phones.keep_answering, over, PER_S)
                begun = time.perf_counter()
                busy += _calls(hall)
                over.set()
                paces.append(given.result() / (time.perf_counter() - begun))
        hall.store.close()
    pace = round(statistics.median(paces))
    one, two = statistics.median(busy), statistics.median(quiet)
    what = f'"next" in ms: {pace} answers a second meanwhile / none (wanted: ratio ≤ {SLOWER})'
    kept = "answers kept a second, SQLite / wanted (ratio ≥ 1)"
    return [
        (kept, f"{per_s:.0f}", str(PER_S), f"{per_s / PER_S:.2f}"),
        (what, f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}"),
    ]


def _calls(hall: Hall) -> Iterator[float]:
    """How long each "next" took (ms), now and then for one round."""
    until = time.perf_counter() + ROUND_S
    while time.perf_counter() < until:
        hall.issue()
        begun = time.perf_counter()
        hall.call()
        yield (time.perf_counter() - begun) * 1000
        time.sleep(CALL_EVERY_S)
