"""Paper forms typed in by staff: a grid for many, a plain form a page where there is no script."""

from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.transcript import OLDEST_DAYS
from server.paper_forms import forms, showing
from server.sheet import Sheet, comes_back
from server.web import admit, rooms, say, settings, who

face = Blueprint(
    "paper_forms",
    __name__,
    url_prefix="/paper-forms",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.PAPER_FORMS)

BATCH = f"/batches/<int(max={2**63 - 1}):batch_id>"
FORM = f"{BATCH}/forms/<int(max={2**63 - 1}):form_id>"


@face.get("/")
def home() -> str:
    before = request.args.get("before", type=int)
    today = date.fromisoformat(rooms().reads.today())
    return _page(
        "home",
        today=today,
        oldest=today - timedelta(days=OLDEST_DAYS),
        batches=rooms().transcripts.recent(before if before and 0 < before < 2**63 else None),
        people=showing.people(),
    )


@face.post("/batches")
@comes_back(home)
def begin() -> Response:
    batch_id = rooms().transcripts.begin(forms.day_from(request.form), who().actor)
    return redirect(url_for("paper_forms.batch", batch_id=batch_id), 303)


@face.get(BATCH)
def batch(batch_id: int) -> str:
    found, typed = rooms().transcripts.batch(batch_id)
    names = {service.id: service.name for service in rooms().reads.services()}
    facts = {"forms": typed, "names": names, "mine": showing.adds_to(found)}
    return _page("batch", batch=found, **facts, **showing.columns(), **_fresh())


@face.post(f"{BATCH}/rows")
def keep_row(batch_id: int) -> Response:
    """One row of the grid, for its script."""
    kept = rooms().transcripts.keep(batch_id, *_sent(), who().actor, any_batch=showing.any_batch())
    alike = [{"number": one.number, "url": _url(one.batch_id, one.id)} for one in kept.alike]
    return jsonify({"number": kept.number, "url": _url(batch_id, kept.id), "alike": alike})


@face.post(f"{BATCH}/forms")
@comes_back(batch)
def keep(batch_id: int) -> Response:
    kept = rooms().transcripts.keep(batch_id, *_sent(), who().actor, any_batch=showing.any_batch())
    flash(say("paper_forms.said.kept", number=kept.number), "good")
    for one in kept.alike:
        flash(say("paper_forms.said.alike", number=one.number), "warn")
    return redirect(url_for("paper_forms.batch", batch_id=batch_id), 303)


@face.get(FORM)
def form(batch_id: int, form_id: int) -> str:
    found, asked, alike = rooms().transcripts.form(batch_id, form_id)
    columns = showing.columns((found.questionnaire_id, asked))
    of = rooms().transcripts.batch(batch_id)[0]
    facts = {"alike": alike, "day": of.day, "mine": showing.adds_to(of)}
    return _page("form", form=found, **facts, **columns, **_fresh())


@face.post(FORM)
@comes_back(form)
def correct(batch_id: int, form_id: int) -> Response:
    key, _, given = _sent()
    may = showing.any_batch()
    rooms().transcripts.correct(batch_id, form_id, key, given, who().actor, any_batch=may)
    flash(say("paper_forms.said.corrected"), "good")
    return redirect(_url(batch_id, form_id), 303)


@face.post(f"{FORM}/mark")
def mark(batch_id: int, form_id: int) -> Response:
    _mark(batch_id, form_id)
    return redirect(_url(batch_id, form_id), 303)


@face.post(f"{BATCH}/mark")
def mark_all(batch_id: int) -> Response:
    _mark(batch_id, None)
    return redirect(url_for("paper_forms.batch", batch_id=batch_id), 303)


# ---------------------------------------------------------------- what these share


def _sent() -> tuple[str, int, Any]:
    form = request.form
    return forms.key_from(form), forms.questionnaire_from(form), forms.transcript_from(form)


def _mark(batch_id: int, form_id: int | None) -> None:
    sheet = Sheet(request.form)
    note = sheet.text("note", most=300)
    sheet.done()
    room = rooms().transcripts
    wrong = request.form.get("then") != "counts"
    (room.typed_in_error if wrong else room.counts_again)(batch_id, form_id, note, who().actor)
    flash(say("paper_forms.said.wrong" if wrong else "paper_forms.said.counts"), "good")


def _url(batch_id: int, form_id: int) -> str:
    return url_for("paper_forms.form", batch_id=batch_id, form_id=form_id)


def _fresh() -> dict[str, Any]:
    """A key for the form on the page: sent twice it is one."""
    return {"key": token_urlsafe(16)}


def _page(name: str, **facts: Any) -> str:
    facts |= {"settings": settings(), "day_of": date.fromisoformat}
    return render_template(f"paper_forms/{name}.html", **facts)
