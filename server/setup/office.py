"""The office itself: its names, its hours, how far ahead priority stands, its notices."""

from dataclasses import dataclass

from sqlalchemy import update

from server.domain.order import Priority
from server.domain.refusals import BadField
from server.domain.settings import Settings, Weekday, Words
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed
from server.store import schema


@dataclass(frozen=True, slots=True)
class OfficeWish:
    """Clock times as HH:MM; `head_starts` in minutes."""

    name: Words
    public_url: str
    days: tuple[Weekday, ...]
    kiosk_from: str
    open: str
    close: str
    head_starts: dict[Priority, int]
    priority_at_kiosk: bool
    notices: tuple[Words, ...]


class OfficeSettings(Part):
    def change(self, wish: OfficeWish, actor: Actor) -> None:
        """Raises `BadField`. What the page does not show stays as it is."""
        if not wish.open < wish.close:
            raise BadField(close="closes_before_opening")
        if wish.kiosk_from > wish.open:
            raise BadField(kiosk_from="kiosk_after_opening")
        with self._changing(board=True) as turn:
            old = turn.settings
            new = _settings(old, wish)
            table = schema.offices
            turn.db.execute(
                update(table)
                .where(table.c.id == turn.office_id)
                .values(name_th=wish.name.th, name_en=wish.name.en, settings=new.text())
            )
            subject = old.office.name.th
            changed(turn, actor, "office.changed", subject, _facts(old), _facts(new))


def _settings(old: Settings, wish: OfficeWish) -> Settings:
    hours = {
        "days": wish.days,
        "kiosk_from": wish.kiosk_from,
        "open": wish.open,
        "close": wish.close,
    }
    rules = {
        "public_url": "",  # one address, one place: the office's
        "priority_at_kiosk": wish.priority_at_kiosk,
        "priority_head_start_minutes": {
            **old.settings.priority_head_start_minutes,
            **wish.head_starts,
        },
    }
    new = old.model_copy(
        update={
            "office": old.office.model_copy(
                update={"name": wish.name, "public_url": wish.public_url}
            ),
            "hours": old.hours.model_copy(update=hours),
            "settings": old.settings.model_copy(update=rules),
            "notices": wish.notices,
        }
    )
    return Settings.model_validate_json(new.text())  # copies are not checked; this is


def _facts(settings: Settings) -> Facts:
    hours, rules = settings.hours, settings.settings
    head_starts = {
        f"head_start_{priority}": rules.head_start_min(priority)
        for priority in Priority
        if priority is not Priority.NONE
    }
    return {
        "name_th": settings.office.name.th,
        "name_en": settings.office.name.en,
        "public_url": settings.public_url,
        "days": list(hours.days),
        "kiosk_from": hours.kiosk_from,
        "open": hours.open,
        "close": hours.close,
        **head_starts,
        "priority_at_kiosk": rules.priority_at_kiosk,
        "notices_th": [notice.th for notice in settings.notices],
        "notices_en": [notice.en for notice in settings.notices],
    }
