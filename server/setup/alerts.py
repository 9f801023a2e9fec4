"""When low ratings call somebody, and which other system is told."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server import alerting
from server.domain.refusals import NotAllowed
from server.domain.settings import Alerting, Settings
from server.domain.webhook import key_of
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed, did, keep_settings, settings_now
from server.store import webhooks

SHOWN = 20
RULES = ("low_up_to", "presses", "minutes")


@dataclass(frozen=True, slots=True)
class AlertingWish:
    """`webhook` empty: nobody else is told. The others are the rule's, by the same name."""

    low_up_to: int
    presses: int
    minutes: int
    webhook: str


class OfficeAlerts(Part):
    def calls(self) -> list[Row[Any]]:
        """The newest rows of `webhook_calls`."""
        with self._looking() as db:
            return webhooks.newest(db, self._office.id, SHOWN)

    def change(self, wish: AlertingWish, actor: Actor) -> str | None:
        """The key that signs, when another address is told from now on: nobody sees it again."""
        with self._changing() as turn:
            old = settings_now(turn)
            rule = _rule(old)
            fresh = bool(wish.webhook) and wish.webhook != rule.webhook
            new = rule.model_copy(
                update={
                    **{name: getattr(wish, name) for name in (*RULES, "webhook")},
                    "webhook_key": rule.webhook_key + fresh,
                }
            )
            keep_settings(turn, _with(old, new))
            changed(turn, actor, "alerts.changed", "", _facts(rule), _facts(new))
            return key_of(turn.secret, new.webhook_key) if fresh else None

    def new_key(self, actor: Actor) -> str:
        """Another key from now on; the old one signs nothing any more."""
        with self._changing() as turn:
            old = settings_now(turn)
            new = _rule(old).model_copy(update={"webhook_key": _rule(old).webhook_key + 1})
            keep_settings(turn, _with(old, new))
            did(turn, actor, "alerts.new_key", "")
            return key_of(turn.secret, new.webhook_key)

    def try_out(self, actor: Actor) -> None:
        """Sends a message that says only that it is a try. Raises `NotAllowed` (to nobody)."""
        with self._changing() as turn:
            if not _rule(settings_now(turn)).webhook:
                raise NotAllowed("no_webhook")
            alerting.tell(turn, alerting.TEST, {})
            did(turn, actor, "alerts.tried", "")


def _rule(settings: Settings) -> Alerting:
    return settings.settings.satisfaction.alerting


def _with(settings: Settings, rule: Alerting) -> Settings:
    rules = settings.settings
    asking = rules.satisfaction.model_copy(update={"alerting": rule})
    return settings.model_copy(
        update={"settings": rules.model_copy(update={"satisfaction": asking})}
    )


def _facts(rule: Alerting) -> Facts:
    return {
        **{f"alerts_{name}": getattr(rule, name) for name in RULES},
        "webhook": rule.webhook,
    }
