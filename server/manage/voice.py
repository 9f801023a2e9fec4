"""The voice in the hall: its rules, and the packs there are."""

from flask import request
from werkzeug.wrappers import Response

from server.domain import roles
from server.manage import voice_forms as forms
from server.manage.face import actor, done, face, page, setup
from server.manage.voice_rows import complete, signs, voices
from server.sheet import comes_back
from server.voices import LARGEST_ZIP
from server.web import larger_body

AROUND = 16 * 1024  # what a form with a file adds to it


@face.get("/voice")
def voice() -> str:
    return _voice()


@face.get("/voice/new")
def new_pack() -> str:
    return _voice(new=True)


def _voice(*, new: bool = False) -> str:
    packs, known = voices().all(), signs()
    return page(
        "voice",
        new=new,
        packs={pack.id: pack for pack in packs},
        complete={pack.id: complete(pack, known) for pack in packs},
        speakers=list(forms.Speaker),
        quiet_rows=forms.QUIET_ROWS,
        largest_zip=LARGEST_ZIP,
        more_styles=["voice"],
    )


@face.post("/voice")
@comes_back(voice)
def change_voice() -> Response:
    wish = forms.voice(request.form, {pack.id for pack in voices().all()})
    setup().voice.change(wish, actor())
    return done("saved", "voice")


@face.post("/voice/add")
@comes_back(new_pack)
def add_pack() -> Response:
    pack = voices().add(*forms.pack(request.form))
    setup().voice.pack_added(pack.name, actor())
    return done("voice_added", "voice_pack", pack_id=pack.id)


@face.post("/voice/bring")
@larger_body(LARGEST_ZIP + AROUND, roles.CHANGE_SETUP)
@comes_back(new_pack)
def bring_pack() -> Response:
    pack = voices().bring(forms.upload("zip"))
    setup().voice.pack_added(pack.name, actor())
    return done("voice_brought", "voice_pack", pack_id=pack.id)
