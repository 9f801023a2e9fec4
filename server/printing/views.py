"""The printers as staff look after them: how each is, what it printed, what to do about it."""

from dataclasses import replace
from hashlib import sha256
from secrets import token_urlsafe

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.refusals import BadField, KeyReused, NotAllowed, NotFound
from server.domain.wish import RequestKey
from server.printing.cards import cards
from server.sheet import Sheet
from server.store import printers
from server.web import admit, house, reads, rooms, say, who, worded

face = Blueprint(
    "printing",
    __name__,
    url_prefix="/printers",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.PRINTING)

ID = f"int(max={2**63 - 1})"
LONGEST_KEY = 64


@face.get("/")
def home() -> str:
    return _page("printing/page.html")


@face.get("/state")
def state() -> str:
    """What of the page changes by itself."""
    return _page("printing/cards.html")


@face.get("/trouble")
def trouble() -> str:
    """The alert that reception's pages show, as things are now."""
    with house().store.reading() as db:
        found = printers.troubled(db, who().office_id)
    return render_template("trouble.html", troubled=found)


@face.post(f"/<{ID}:printer_id>/test")
def print_test(printer_id: int) -> Response:
    rooms().setup.printers.test(printer_id, who().actor)
    return _done("printing.said.test")


@face.post(f"/<{ID}:printer_id>/move")
def move(printer_id: int) -> Response:
    sheet = Sheet(request.form)
    target = sheet.id("to")
    sheet.done()
    moved = rooms().paper.move(printer_id, target or 0, who().actor)
    return _done("printing.said.moved", n=moved)


@face.post(f"/tickets/<{ID}:ticket_id>/reprint")
def reprint(ticket_id: int) -> Response:
    """Where the last one came out, or should have."""
    sheet = Sheet(request.form)
    at = replace(who().actor, printer_id=sheet.id("printer"))
    sheet.done()
    rooms().paper.reprint(ticket_id, at, _pressed(), unsettled=True)
    return _done("printing.said.reprint", number=_number(ticket_id))


@face.post(f"/tickets/<{ID}:ticket_id>/printed")
def was_printed(ticket_id: int) -> Response:
    rooms().paper.was_printed(ticket_id, who().actor)
    return _done("printing.said.printed", number=_number(ticket_id))


@face.errorhandler(NotAllowed)
@face.errorhandler(NotFound)
@face.errorhandler(KeyReused)
def missed(error: NotAllowed | NotFound | KeyReused) -> Response:
    """A colleague was quicker, or the page was old: said where things stand."""
    code = "form_used" if isinstance(error, KeyReused) else error.code
    flash(say(f"refusal.{code}", **worded(error)), "warn")
    return redirect(url_for("printing.home"), 303)


def _page(template: str) -> str:
    facts = {"cards": cards(), "settings": reads().settings(), "faces": _faces()}
    return render_template(template, fresh_key=lambda: token_urlsafe(16), **facts)


def _faces() -> list[tuple[str, str, bool]]:
    """The bar's links: where else this member of staff works."""
    ways = (
        (roles.PRINTING, "printing.home", "printing.title"),
        (roles.COUNTER, "counter.home", "counter.title"),
        (roles.RECEPTION, "reception.home", "reception.title"),
        (roles.CHANGE_SETUP, "manage.printers", "manage.brand"),
    )
    return [
        (url_for(endpoint), say(words), endpoint == "printing.home")
        for who_may, endpoint, words in ways
        if who().role in who_may
    ]


def _pressed() -> RequestKey:
    """The press this form is: the same again orders nothing again. Raises `BadField`."""
    key = request.form.get("request_key", "")
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
        raise BadField(request_key="invalid")
    body = sha256(request.form.get("printer", "").encode()).hexdigest()
    return RequestKey(f"{who().actor}", request.method, request.path, key, body)


def _number(ticket_id: int) -> str:
    return reads().ticket(ticket_id).ticket.number


def _done(said: str, **facts: object) -> Response:
    flash(say(said, **facts), "good")
    return redirect(url_for("printing.home"), 303)
