"""What one display in the hall shows and speaks; its services stand with the device."""

from functools import lru_cache
from typing import Literal

from server.domain.settings import Part


class Screen(Part):
    """`layout` auto: as the screen hangs. `sound`: of several screens in one hall one speaks."""

    layout: Literal["auto", "landscape", "portrait"] = "auto"
    sound: Literal["voice", "chime", "silent"] = "voice"
    media: bool = True  # pictures and videos beside the calls, where the office has any

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, text: str) -> "Screen":
        """From a row."""
        return cls.model_validate_json(text)

    def text(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


PLAIN = Screen()
