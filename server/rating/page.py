"""The tablet's page: all that it ever shows stands on it, so that it needs no server to go on."""

from hashlib import sha256

from flask import g, render_template

from server.assets import SHORT
from server.rating.stand import Stand, open_reasons
from server.web import settings


def rendered(showing: str, stand: Stand, **facts: object) -> str:
    """`showing`: asleep, ask, reasons or done; the others are there too, hidden."""
    g.first_language = settings().settings.default_language
    return render_template(
        "tablet/stand.html",
        **{"once": "", "edition": "", **facts},
        showing=showing,
        stand=stand,
        asked=stand.asked,
        reasons=[one for one in stand.asked.reason if one.code in open_reasons(stand.asked)],
        settings=settings(),
    )


def edition(stand: Stand) -> str:
    """The fingerprint of this page but for who may press now: a tablet that shows an older one
    takes up the new one while nobody stands before it."""
    nobody = Stand(stand.place, stand.counter, 0, stand.asked)
    page = rendered("asleep", nobody, nonce=str, csrf_token=str)
    return sha256(page.encode()).hexdigest()[:SHORT]
