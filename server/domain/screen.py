"""What one display in the hall shows and speaks; its services stand with the device."""

from enum import StrEnum
from functools import lru_cache

from server.domain.settings import Part


class Layout(StrEnum):
    AUTO = "auto"  # as the screen hangs
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Sound(StrEnum):
    VOICE = "voice"
    CHIME = "chime"
    SILENT = "silent"


class Screen(Part):
    """`sound`: of several screens in one hall one speaks."""

    layout: Layout = Layout.AUTO
    sound: Sound = Sound.VOICE
    media: bool = True  # pictures and videos beside the calls, where the office has any

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "Screen":
        """From a row."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


PLAIN = Screen()
