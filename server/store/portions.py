"""Many ids, a portion in each question: databases take only so many values at once."""

from collections.abc import Collection, Iterator, Sequence

MOST = 500


def portions(ids: Collection[int]) -> Iterator[Sequence[int]]:
    every = list(ids)
    for at in range(0, len(every), MOST):
        yield every[at : at + MOST]
