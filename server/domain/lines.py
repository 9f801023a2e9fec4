"""Who waits, a line a service: who stands first, and who of them came earlier."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping

from server.domain.order import seen_from
from server.domain.ticket import Step


class Lines:
    """Each line is kept in order of place and in order of arrival; its ends are found at once."""

    def __init__(self) -> None:
        self._by_place: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._by_arrival: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._steps: set[int] = set()

    def __contains__(self, step_id: int) -> bool:
        return step_id in self._steps

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._steps))

    def add(self, step: Step) -> None:
        """`step` waits from now on; one that returns is in its old place again."""
        self._steps.add(step.id)
        insort(self._by_place[step.service_id], (step.queue_at, step.id))
        insort(self._by_arrival[step.service_id], (step.issued_at or 0, step.id))

    def remove(self, step: Step) -> None:
        """Nothing happens when it did not wait."""
        if step.id in self._steps:
            self._steps.remove(step.id)
            _take(self._by_place[step.service_id], (step.queue_at, step.id))
            _take(self._by_arrival[step.service_id], (step.issued_at or 0, step.id))

    def first(self, penalties: Mapping[int, int]) -> int | None:
        """The step that stands first for a counter with these penalties (s, by service)."""
        heads = [
            (seen_from(line[0][0], penalty_s), line[0][1])
            for service_id, penalty_s in penalties.items()
            if (line := self._by_place.get(service_id))
        ]
        return min(heads)[1] if heads else None

    def earlier(self, penalties: Mapping[int, int], arrived_at: int, bound: int) -> Iterator[int]:
        """Who came before `arrived_at` (Unix ms) for these services, up to `bound` of each."""
        for service_id in penalties:
            for since, step_id in self._by_arrival.get(service_id, ())[:bound]:
                if since < arrived_at:
                    yield step_id


def _take(line: list[tuple[int, int]], entry: tuple[int, int]) -> None:
    del line[bisect_left(line, entry)]
