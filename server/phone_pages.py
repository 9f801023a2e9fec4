"""What the faces on a resident's own phone share."""

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from server.catalogue import LANGUAGES
from server.web import LANGUAGE_COOKIE, YEAR_S


def on_a_phone(face: Blueprint) -> None:
    """Pages of the face keep the language chosen on that phone, and leave nothing else there."""

    def speak_as_last_time() -> None:
        g.keeps_language = True

    def keep_nothing(answer: Response) -> Response:
        if request.endpoint == f"{face.name}.static":
            return answer
        answer.headers["Cache-Control"] = "no-store"
        if request.args.get("lang") in LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE,
                request.args["lang"],
                max_age=YEAR_S,
                samesite="Lax",
                secure=request.is_secure,
            )
        return answer

    face.before_request(speak_as_last_time)
    face.after_request(keep_nothing)
