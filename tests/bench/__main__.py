"""`make bench`: every figure against a bare floor of the same run, as a table for README."""

import platform

from tests.bench import (
    answering,
    calling,
    estimating,
    faults,
    healing,
    issuing,
    offline,
    painting,
    printing,
    scaling,
    simulating,
    slow_phone,
    sockets,
)

PARTS = (
    *(issuing, scaling, calling, sockets, painting, healing),
    *(printing, faults, estimating, simulating, answering, offline, slow_phone),
)


def main() -> None:
    rows = [row for part in PARTS for row in part.measure()]
    print(f"\nPython {platform.python_version()}, {platform.machine()}\n")
    print("| what | Khiu | floor | ratio |\n|---|---:|---:|---:|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
