"""A load: so many connections, each asking so many times; run as a process of its own.

Prints one JSON line: requests a second, and the median and 99th percentile in ms.
"""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit


def run(url: str, connections: int, each: int, body: str, token: str) -> dict[str, float]:
    at = urlsplit(url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def one(_: int) -> list[float]:
        line = HTTPConnection(at.hostname or "", at.port, timeout=60)
        took = []
        for _ in range(each):
            begun = time.perf_counter()
            line.request("POST", at.path, body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{url} answered {answer.status}")
            took.append(time.perf_counter() - begun)
        return took

    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        took = sorted(t for times in pool.map(one, range(connections)) for t in times)
    passed = time.perf_counter() - begun
    return {
        "per_s": len(took) / passed,
        "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
    }


if __name__ == "__main__":
    url, connections, each, body, token = sys.argv[1:]
    print(json.dumps(run(url, int(connections), int(each), body, token)))
