"""What staff do with comments and doubtful answers; only who reviews them may."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server.comments import forms, showing
from server.domain import roles
from server.domain.refusals import BadField, NotAllowed
from server.domain.review import tags_from
from server.web import admit, rooms, say, who, worded

face = Blueprint("reviewing", __name__, url_prefix="/comments")
admit(face, roles.REVIEW_COMMENTS)

ID = f"int(max={2**63 - 1})"


@face.post(f"/<{ID}:answer_id>/tags")
def tag(answer_id: int) -> Response:
    tags = tags_from(request.form.get("tags", ""))
    rooms().reviews.tag(answer_id, tags, who().actor)
    return _said("comments.said.tagged", answer_id)


@face.post(f"/<{ID}:answer_id>/publish")
def publish(answer_id: int) -> Response:
    hide = forms.hidden_from(request.form)
    rooms().reviews.publish(answer_id, hide, showing.marks(), who().actor)
    return _said("comments.said.published", answer_id)


@face.post(f"/<{ID}:answer_id>/keep-back")
def keep_back(answer_id: int) -> Response:
    rooms().reviews.keep_back(answer_id, who().actor)
    return _said("comments.said.kept_back", answer_id)


@face.post("/doubtful")
def flag() -> Response:
    on = request.form.get("then") != "counts"
    chosen, note = forms.chosen_from(request.form), request.form.get("note", "")
    n = rooms().reviews.flag(chosen, note, who().actor, on=on)
    flash(say("comments.said.flagged" if on else "comments.said.counts", n=n), "good")
    return redirect(_back(), 303)


@face.errorhandler(BadField)
def not_taken(error: BadField) -> Response:
    """Said on the page it came from."""
    for code in error.fields.values():
        flash(say(f"field.{code}"), "warn")
    return redirect(_back(), 303)


@face.errorhandler(NotAllowed)
def not_now(error: NotAllowed) -> Response:
    flash(say(f"refusal.{error.code}", **worded(error)), "warn")
    return redirect(_back(), 303)


def _said(words: str, answer_id: int) -> Response:
    flash(say(words), "good")
    return redirect(url_for("comments.comment", answer_id=answer_id), 303)


def _back() -> str:
    """The comment's page, or the list of doubtful ones as it was looked at."""
    comment_id = (request.view_args or {}).get("answer_id") or forms.id_from(
        request.form, "comment"
    )
    if comment_id:
        return url_for("comments.comment", answer_id=comment_id)
    month, day, page = (request.form.get(name) or None for name in ("month", "day", "page"))
    return url_for("comments.doubtful", month=month, day=day, page=page)
