"""Which edition of its page a screen should show; static/edition.js takes up a newer one.

It is the fingerprint of the very page that the screen would be given now, before anybody is
called: so a new module, style, word, setting or option of the screen makes another one, whatever
the page comes to be made of. Only what the screen is told anyway is left out.
"""

from hashlib import sha256

from flask import Response, jsonify

from display.face import face
from display.page import rendered
from server.assets import SHORT
from server.domain.shown import Board
from server.web import settings


@face.get("/edition")
def tell() -> Response:
    answer = jsonify(edition=edition())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def edition() -> str:
    """Of the caller's page at the caller's address."""
    page = rendered(_nobody(), edition="", nonce=str)  # the real nonce is another each time
    return sha256(page.encode()).hexdigest()[:SHORT]


def _nobody() -> Board:
    ours = settings()
    return Board(
        office=ours.office.slug,
        name=ours.office.name,
        demo=ours.settings.demo,
        version=0,
        at=0,
        calls=(),
        recent=(),
        waiting=(),
        notices=(),
    )
