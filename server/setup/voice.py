"""The voice in the hall: what is said, by whom, how loud and when not."""

from dataclasses import dataclass
from typing import Literal

from server.domain.refusals import NotAllowed
from server.domain.settings import QuietHours, Voice
from server.domain.wish import Actor
from server.setup.ground import Facts, Part, changed, did, keep_settings, settings_now


@dataclass(frozen=True, slots=True)
class VoiceWish:
    """`pack`: a pack's id, or empty; `volume` in percent."""

    enabled: bool
    pack: str
    gender: Literal["female", "male"]
    languages: tuple[str, ...]
    volume: int
    repeat: int
    quiet: tuple[QuietHours, ...]


class OfficeVoice(Part):
    def change(self, wish: VoiceWish, actor: Actor) -> None:
        """What the page does not show stays as it is."""
        with self._changing(board=True) as turn:
            old = settings_now(turn)
            parts = {name: getattr(wish, name) for name in VoiceWish.__slots__}
            voice = old.settings.voice.model_copy(update=parts)
            rules = old.settings.model_copy(update={"voice": voice})
            new = keep_settings(turn, old.model_copy(update={"settings": rules}))
            facts = _facts(old.settings.voice), _facts(new.settings.voice)
            changed(turn, actor, "voice.changed", old.office.name.th, *facts)

    def pack_added(self, name: str, actor: Actor) -> None:
        with self._changing() as turn:
            did(turn, actor, "voice.pack_added", name)

    def pack_removed(self, pack_id: str, name: str, actor: Actor) -> None:
        """Before its recordings go. Raises `NotAllowed` while it is the one in use."""
        with self._changing() as turn:
            if settings_now(turn).settings.voice.pack == pack_id:
                raise NotAllowed("voice_in_use")
            did(turn, actor, "voice.pack_removed", name)

    def pack_changed(self, name: str, actor: Actor) -> None:
        """The pack in use sounds different: the screens are told, and the list of changes."""
        with self._changing(board=True) as turn:
            did(turn, actor, "voice.pack_changed", name)


def _facts(voice: Voice) -> Facts:
    return {
        "voice_enabled": voice.enabled,
        "voice_pack": voice.pack,
        "voice_gender": voice.gender,
        "voice_languages": list(voice.languages),
        "voice_volume": voice.volume,
        "voice_repeat": voice.repeat,
        "voice_quiet": [f"{one.from_}–{one.to}" for one in voice.quiet],
    }
