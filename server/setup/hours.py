"""When the office is open: its weekdays, lunch, hours in season, and how a day ends."""

from server.domain.refusals import BadField
from server.domain.settings import Closing, ExtraHours, Hours, Settings
from server.domain.wish import Actor
from server.office import Turn
from server.setup.ground import Facts, Part, changed, keep_settings, settings_now
from server.store import schema, setup


class OfficeHours(Part):
    def change(self, hours: Hours, closing: Closing, actor: Actor) -> None:
        """Raises `BadField`."""
        _check(hours)
        with self._changing(board=True) as turn:
            _check_counters(turn, hours)
            old = settings_now(turn)
            new = keep_settings(turn, old.model_copy(update={"hours": hours, "closing": closing}))
            subject = old.office.name.th
            changed(turn, actor, "hours.changed", subject, _facts(old), _facts(new))


def _check(hours: Hours) -> None:
    wrong = {}
    if not hours.open < hours.close:
        wrong["close"] = "closes_before_opening"
    if hours.kiosk_from > hours.open:
        wrong["kiosk_from"] = "kiosk_after_opening"
    if hours.lunch is not None and not hours.lunch.from_ < hours.lunch.to:
        wrong["lunch_to"] = "closes_before_opening"
    for at, extra in enumerate(hours.extra):
        if not extra.open < extra.close:
            wrong[f"extra_close_{at}"] = "closes_before_opening"
    if wrong:
        raise BadField(**wrong)


def _check_counters(turn: Turn, hours: Hours) -> None:
    known = {row.number for row in setup.rows(turn.db, schema.counters, turn.office_id)}
    if hours.lunch is not None and not set(hours.lunch.counters) <= known:
        raise BadField(lunch_counters="invalid")
    for at, extra in enumerate(hours.extra):
        if not set(extra.counters) <= known:
            raise BadField(**{f"extra_counters_{at}": "invalid"})


def _facts(settings: Settings) -> Facts:
    hours, closing = settings.hours, settings.closing
    lunch = hours.lunch
    return {
        "days": list(hours.days),
        "kiosk_from": hours.kiosk_from,
        "open": hours.open,
        "close": hours.close,
        "lunch": f"{lunch.from_}–{lunch.to}" if lunch else None,
        "lunch_served": lunch.served if lunch else None,
        "lunch_counters": list(lunch.counters) if lunch else [],
        "extra": [_extra(one) for one in hours.extra],
        "last_ticket_minutes": closing.last_ticket_before_close_minutes,
        "serve_after_minutes": closing.serve_waiting_after_close_minutes,
    }


def _extra(one: ExtraHours) -> str:
    parts = [one.name.th, f"{one.open}–{one.close}", " ".join(one.days)]
    parts += [" ".join(map(str, one.months))] if one.months else []
    return " · ".join([*parts, *one.counters])
