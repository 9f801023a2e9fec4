"""What a screen says of a call, and in whose voice: the rules as JSON, the recordings as files.

    GET /display/voice
    {"version": "3f…", "enabled": true, "sound": "voice", "volume": 80, "repeat": 1,
     "quiet": [["12:00", "13:00"]], "chime_ms": 1000, "gap_ms": 60,
     "languages": [{"language": "th", "words": {"invite": "…"}, "phrases": {"invite": "/…"}}]}

`version` changes with what must be loaded again. `phrases` is null where the chosen pack lacks a
phrase that this office's calls need: half a sentence is worse than a chime. `words` are for a
browser's own voice. `sound` is the screen's own: of several in one hall one speaks.
"""

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from flask import Response, jsonify, request, send_file, url_for
from werkzeug.exceptions import NotFound

from display.face import face
from server.assets import SHORT, fingerprint
from server.domain.screen import Screen
from server.domain.settings import Voice
from server.domain.voice import LANGUAGES, phrases
from server.voices import Pack
from server.web import YEAR_S, reads, settings, voices_of, who

SOUNDS = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "audio/webm",
}


@face.get("/voice")
def voice() -> Response:
    rules = settings().settings.voice
    pack = voices_of(who().office_id).find(rules.pack) if rules.pack else None
    signs = {service.prefix for service in reads().services()}
    signs = set("".join(signs | {counter.number for counter in reads().counters()}))
    languages = [_spoken(one, signs, rules, pack) for one in rules.languages if one in LANGUAGES]
    told = {
        "version": sha256(json.dumps([rules.gap_ms, languages]).encode()).hexdigest()[:SHORT],
        "sound": Screen.read(who().options).sound,
        "quiet": [[hours.from_, hours.to] for hours in rules.quiet],
        "languages": languages,
    }
    told |= rules.model_dump(include={"enabled", "volume", "repeat", "chime_ms", "gap_ms"})
    answer = jsonify(told)
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@face.get("/voice/<pack_id>/<path:path>")
def voice_file(pack_id: str, path: str) -> Response:
    """A recording: only what the pack's manifest names, and only as sound."""
    pack = voices_of(who().office_id).find(pack_id)
    if pack is None or not any(path in named.values() for named in pack.files.values()):
        raise NotFound
    file = _within(pack, path)
    mimetype = SOUNDS.get(file.suffix.lower(), "application/octet-stream")
    answer = send_file(file, mimetype=mimetype, conditional=True)
    if request.args.get("v") == fingerprint(file):
        answer.headers["Cache-Control"] = f"private, max-age={YEAR_S}, immutable"
    return answer


def _spoken(language: str, signs: set[str], rules: Voice, pack: Pack | None) -> dict[str, object]:
    words = phrases(language, signs, rules)
    files = None
    if pack is not None and not pack.missing(language, signs, rules):
        with suppress(OSError):  # somebody is changing the pack just now: asked again in a minute
            files = {one: _address(pack, pack.files[language][one]) for one in words}
    return {"language": language, "words": dict(words), "phrases": files}


def _address(pack: Pack, path: str) -> str:
    mark = fingerprint(pack.folder / path)
    return url_for("display.voice_file", pack_id=pack.id, path=path, v=mark)


def _within(pack: Pack, path: str) -> Path:
    """The file, wherever its folder lies. Raises `NotFound`: a manifest may name anything."""
    file = (pack.folder / path).resolve()
    if not file.is_file() or not file.is_relative_to(pack.folder.resolve()):
        raise NotFound
    return file
