"""What the faces on a resident's own phone share."""

from flask import Blueprint, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from server.catalogue import LANGUAGES
from server.domain.settings import Words
from server.domain.tongues import TONGUES, told
from server.web import LANGUAGE_COOKIE, YEAR_S, language, tongue


def on_a_phone(face: Blueprint) -> None:
    """Pages of the face keep the language chosen on that phone, and leave nothing else there."""

    def speak_as_last_time() -> None:
        g.keeps_language = True

    def keep_nothing(answer: Response) -> Response:
        if request.endpoint == f"{face.name}.static":
            return answer
        answer.headers["Cache-Control"] = "no-store"
        if request.args.get("lang") in (*LANGUAGES, *TONGUES):
            answer.set_cookie(
                LANGUAGE_COOKIE,
                request.args["lang"],
                max_age=YEAR_S,
                samesite="Lax",
                secure=request.is_secure,
            )
        return answer

    def in_its_language(words: Words) -> str:
        """The office's words as markup that says which language they are in, for who hears it."""
        text, spoken = told(words, tongue())
        if not text or spoken == language():
            return text
        return Markup('<span lang="{}">{}</span>').format(spoken, text)

    face.add_app_template_filter(in_its_language, "told")
    face.before_request(speak_as_last_time)
    face.after_request(keep_nothing)
