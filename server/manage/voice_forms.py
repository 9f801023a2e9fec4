"""What the forms about the voice say. Each raises `BadField` with everything that is wrong."""

from enum import StrEnum
from typing import Literal

from flask import request
from werkzeug.datastructures import ImmutableMultiDict

from server.domain.refusals import BadField
from server.domain.settings import QuietHours
from server.setup.voice import VoiceWish
from server.sheet import Sheet
from server.voices import LONGEST_NAME

Form = ImmutableMultiDict[str, str]
QUIET_ROWS = 4
MOST_REPEATS = 3


class Speaker(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Spoken(StrEnum):
    """The languages of a call, as the form names them."""

    THAI = "th"
    BOTH = "th+en"


def voice(form: Form, packs: set[str]) -> VoiceWish:
    """`packs`: the ids that may be chosen."""
    sheet = Sheet(form)
    pack = form.get("pack", "")
    if pack and pack not in packs:
        sheet.wrong["pack"] = "invalid"
    wish = VoiceWish(
        enabled=sheet.yes("enabled"),
        pack=pack,
        gender=_speaker(sheet, "gender"),
        languages=tuple(sheet.one_of("languages", Spoken).split("+")),
        volume=sheet.number("volume", 0, 100),
        repeat=sheet.number("repeat", 1, MOST_REPEATS),
        quiet=tuple(hours for at in range(QUIET_ROWS) if (hours := _quiet(sheet, form, at))),
    )
    sheet.done()
    return wish


def _quiet(sheet: Sheet, form: Form, at: int) -> QuietHours | None:
    """None: the row is empty."""
    names = f"quiet_from_{at}", f"quiet_to_{at}"
    if not any(form.get(name, "").strip() for name in names):
        return None
    start, end = (sheet.clock(name) for name in names)
    if start == end and not sheet.wrong.keys() & set(names):
        sheet.wrong[names[1]] = "voice_no_time"
    return QuietHours(from_=start, to=end)


def pack(form: Form) -> tuple[str, Literal["female", "male"]]:
    """Name and speaker of a pack."""
    sheet = Sheet(form)
    found = sheet.text("name", most=LONGEST_NAME), _speaker(sheet, "speaker")
    sheet.done()
    return found


def _speaker(sheet: Sheet, name: str) -> Literal["female", "male"]:
    return "male" if sheet.one_of(name, Speaker) is Speaker.MALE else "female"


def upload(field: str) -> bytes:
    """The file that came as this field."""
    file = request.files.get(field)
    data = file.read() if file else b""
    if not data:
        raise BadField(**{field: "voice_no_file"})
    return data
