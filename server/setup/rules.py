"""What one service has of its own: hours, lunch, how many a day, head starts."""

from server.domain.order import Priority
from server.domain.refusals import BadField
from server.domain.settings import ServiceRules
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed
from server.store import schema, setup


class Rules(Part):
    def change(self, service_id: int, rules: ServiceRules, actor: Actor) -> None:
        """Raises `NotFound`, `BadField`."""
        for one in rules.hours:
            if not one.open < one.close:
                raise BadField(**{f"close_{one.days[0]}": "closes_before_opening"})
        table = schema.services
        with self._changing(board=True) as turn:
            row = setup.find(turn.db, table, turn.office_id, service_id)
            setup.change(turn.db, table, turn.office_id, service_id, {"rules": rules.text()})
            facts = _facts(ServiceRules.read(row.rules)), _facts(rules)
            changed(turn, actor, "service.rules", row.name_th, *facts)


def _facts(rules: ServiceRules) -> Facts:
    head_starts = {
        f"head_start_{one}": rules.head_start_minutes.get(one)
        for one in Priority
        if one is not Priority.NONE
    }
    return {
        "hours": [f"{' '.join(one.days)} {one.open}–{one.close}" for one in rules.hours],
        "at_lunch": rules.at_lunch,
        "day_limit": rules.day_limit,
        **head_starts,
    }
