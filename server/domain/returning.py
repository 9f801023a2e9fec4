"""How long and how often a no-show may come back to the old place."""

from server.domain.refusals import NotAllowed
from server.domain.settings import Rules
from server.domain.ticket import Step

MINUTE_MS = 60_000


def returns_until(rules: Rules, step: Step) -> int | None:
    """Until when this no-show may come back (Unix ms); None: not any more, it did so often."""
    if step.ended_at is None or step.returns >= rules.return_limit:
        return None
    return step.ended_at + rules.return_within_minutes * MINUTE_MS


def may_return(rules: Rules, step: Step, now: int) -> None:
    """Raises `NotAllowed` when the office's rule has no return any more."""
    until = returns_until(rules, step)
    if until is None:
        raise NotAllowed("returned_too_often", times=rules.return_limit)
    if now > until:
        raise NotAllowed("return_too_late", minutes=rules.return_within_minutes)
