"""Ids that nobody has to be asked for."""

from server.store.ids import REMEMBERED, new_id

HOUR_AT = 1_790_816_400_000


def test_of_one_moment_no_id_comes_twice_whatever_else_is_made_meanwhile() -> None:
    """Answers go by their hour: thousands of one moment, each with other rows around it."""
    of_the_hour, others = [], set()
    for nth in range(5 * REMEMBERED):
        of_the_hour.append(new_id(HOUR_AT))
        others.add(new_id(HOUR_AT + nth + 1))
    assert of_the_hour == sorted(set(of_the_hour))
    assert len(others) == 5 * REMEMBERED
    assert others.isdisjoint(of_the_hour)
