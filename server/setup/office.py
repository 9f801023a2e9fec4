"""The office itself: its names, how far ahead priority stands, when one may return, its notices."""

from dataclasses import dataclass

from server.domain.order import Priority
from server.domain.settings import Settings, Words
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed, keep_settings, settings_now


@dataclass(frozen=True, slots=True)
class OfficeWish:
    """`head_starts` in minutes; the last four are the office's rules by the same name."""

    name: Words
    public_url: str
    head_starts: dict[Priority, int]
    priority_at_kiosk: bool
    notices: tuple[Words, ...]
    return_within_minutes: int
    return_limit: int
    recall_limit: int
    hold_limit_minutes: int


RULES = ("return_within_minutes", "return_limit", "recall_limit", "hold_limit_minutes")


class OfficeSettings(Part):
    def change(self, wish: OfficeWish, actor: Actor) -> None:
        """What the page does not show stays as it is."""
        with self._changing(board=True) as turn:
            old = settings_now(turn)
            new = keep_settings(turn, _settings(old, wish))
            subject = old.office.name.th
            changed(turn, actor, "office.changed", subject, _facts(old), _facts(new))


def _settings(old: Settings, wish: OfficeWish) -> Settings:
    rules = {
        "public_url": "",  # one address, one place: the office's
        "priority_at_kiosk": wish.priority_at_kiosk,
        "priority_head_start_minutes": {
            **old.settings.priority_head_start_minutes,
            **wish.head_starts,
        },
        **{name: getattr(wish, name) for name in RULES},
    }
    office = {"name": wish.name, "public_url": wish.public_url}
    return old.model_copy(
        update={
            "office": old.office.model_copy(update=office),
            "settings": old.settings.model_copy(update=rules),
            "notices": wish.notices,
        }
    )


def _facts(settings: Settings) -> Facts:
    rules = settings.settings
    head_starts = {
        f"head_start_{priority}": rules.head_start_min(priority)
        for priority in Priority
        if priority is not Priority.NONE
    }
    return {
        "name_th": settings.office.name.th,
        "name_en": settings.office.name.en,
        "public_url": settings.public_url,
        **head_starts,
        "priority_at_kiosk": rules.priority_at_kiosk,
        **{name: getattr(rules, name) for name in RULES},
        "notices_th": [notice.th for notice in settings.notices],
        "notices_en": [notice.en for notice in settings.notices],
    }
