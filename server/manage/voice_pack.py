"""One voice pack: its recordings, phrase by phrase, and the zip that carries it."""

import io

from flask import jsonify, request, send_file, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.refusals import NotFound
from server.domain.voice import LANGUAGES
from server.manage import voice_forms as forms
from server.manage.face import actor, done, face, page, setup
from server.manage.voice import AROUND
from server.manage.voice_rows import (
    complete,
    prefixes,
    progress_words,
    rows,
    rules,
    signs,
    state_words,
    voices,
)
from server.sheet import comes_back
from server.voices import LARGEST, Pack, packed
from server.web import larger_body, reads, wants_json

PACK = "/voice/pack/<pack_id>"
PHRASE = f"{PACK}/<any({','.join(LANGUAGES)}):language>/<phrase>"


@face.get(PACK)
def voice_pack(pack_id: str) -> str:
    pack, known = voices().one(pack_id), signs()
    return page(
        "voice_pack",
        pack=pack,
        rows={language: rows(pack, language, known) for language in LANGUAGES},
        complete=complete(pack, known),
        progress_words=progress_words,
        state_words=state_words,
        speakers=list(forms.Speaker),
        in_use=pack.id == rules().pack,
        number=f"{min(prefixes(), default='A')}012",
        counter=next((one.number for one in reads().counters()), "1"),
        more_styles=["voice"],
    )


@face.post(PACK)
@comes_back(voice_pack)
def change_pack(pack_id: str) -> Response:
    _heard(voices().describe(pack_id, *forms.pack(request.form)))
    return done("saved", "voice_pack", pack_id=pack_id)


@face.post(f"{PACK}/remove")
def remove_pack(pack_id: str) -> Response:
    setup().voice.pack_removed(pack_id, voices().one(pack_id).name, actor())
    voices().remove(pack_id)
    return done("removed", "voice")


@face.get(f"{PACK}/export")
def export_pack(pack_id: str) -> Response:
    whole = io.BytesIO(packed(voices().one(pack_id)))
    name = f"khiu-voice-{pack_id}.zip"
    return send_file(whole, "application/zip", as_attachment=True, download_name=name)


# ---------------------------------------------------------------- one phrase


@face.get(PHRASE)
def phrase_file(pack_id: str, language: str, phrase: str) -> Response:
    file = voices().one(pack_id).file(language, phrase)
    if file is None:
        raise NotFound("no_such_recording")
    return send_file(file, conditional=True)


def _again(pack_id: str, language: str, phrase: str) -> str:  # noqa: ARG001 # as the post has them
    return voice_pack(pack_id)


@comes_back(_again)
def _keep_by_form(pack_id: str, language: str, phrase: str) -> Response:
    _heard(voices().keep(pack_id, language, phrase, forms.upload("recording")))
    return done("voice_kept", "voice_pack", pack_id=pack_id, _anchor=f"phrase-{language}-{phrase}")


@face.post(PHRASE)
@larger_body(LARGEST + AROUND, roles.CHANGE_SETUP)
def keep_phrase(pack_id: str, language: str, phrase: str) -> Response:
    """From the page's script it is answered with what the row shows now."""
    if not wants_json():
        return _keep_by_form(pack_id, language, phrase)
    pack = voices().keep(pack_id, language, phrase, forms.upload("recording"))
    _heard(pack)
    known = signs()
    (row,) = (one for one in rows(pack, language, known) if one.phrase == phrase)
    recorded = complete(pack, known)[language]
    return jsonify(
        state=state_words(row),
        file=url_for("manage.phrase_file", pack_id=pack_id, language=language, phrase=phrase),
        progress={"words": progress_words(recorded), "all": recorded[0] == recorded[1]},
    )


@face.post(f"{PHRASE}/remove")
def drop_phrase(pack_id: str, language: str, phrase: str) -> Response:
    _heard(voices().drop(pack_id, language, phrase))
    return done("removed", "voice_pack", pack_id=pack_id, _anchor=f"phrase-{language}-{phrase}")


def _heard(pack: Pack) -> None:
    """A change of the pack that speaks now is one of the set-up; the others nobody hears yet."""
    if pack.id == rules().pack:
        setup().voice.pack_changed(pack.name, actor())
