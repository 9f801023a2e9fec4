"""First reception: find the service, check the papers, give the number; print again, cancel."""

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from server.domain import roles
from server.domain.refusals import KeyReused, NotAllowed
from server.reception import forms, intake
from server.web import admit, desk, reads, rooms, say, who, worded

face = Blueprint(
    "reception",
    __name__,
    url_prefix="/reception",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.RECEPTION)

TICKET = f"/tickets/<int(max={forms.LARGEST_ID}):ticket_id>"


@face.context_processor
def who_needs_help() -> dict[str, object]:
    return {"troubled": intake.troubled}


@face.get("/")
def home() -> Response:
    show = intake.intake()
    answer = make_response(
        render_template("reception/intake.html", show=show, settings=show.settings)
    )
    answer.headers["Cache-Control"] = "no-store"  # Back must not bring an old press's key again
    return answer


@face.post("/tickets")
def issue() -> AnyResponse:
    wish = forms.wish_from(request.form, reads().settings().settings.reasons.override)
    seen = desk().issue(wish, who().actor, forms.pressed())
    return redirect(url_for("reception.ticket", ticket_id=seen.ticket.id), 303)


@face.get("/tickets")
def tickets() -> str:
    asked = request.args.get("q", "")[:20]
    return render_template(
        "reception/tickets.html",
        settings=reads().settings(),
        asked=asked,
        found=intake.todays(asked),
        names=intake.names(),
    )


@face.get(TICKET)
def ticket(ticket_id: int) -> str:
    return render_template(
        "reception/ticket.html",
        settings=reads().settings(),
        seen=reads().ticket(ticket_id),
        events=reads().events(ticket_id),
        names=intake.names(),
        counters={counter.id: counter.number for counter in reads().counters()},
        prints=intake.prints(),
        outcomes=forms.OUTCOMES,
        key=forms.fresh_key(),
    )


@face.post(TICKET + "/reprint")
def reprint(ticket_id: int) -> AnyResponse:
    rooms().paper.reprint(ticket_id, who().actor, forms.pressed())
    return _ticket(ticket_id)


@face.post(TICKET + "/printed")
def was_printed(ticket_id: int) -> AnyResponse:
    rooms().paper.was_printed(ticket_id, who().actor)
    return _ticket(ticket_id)


@face.post(TICKET + "/cancel")
def cancel(ticket_id: int) -> AnyResponse:
    known = reads().settings().settings.reasons.cancel
    reason, outcome = forms.reason(request.form, known), forms.outcome(request.form)
    desk().cancel(ticket_id, reason, who().actor, outcome, forms.pressed())
    return _ticket(ticket_id)


@face.errorhandler(NotAllowed)
@face.errorhandler(KeyReused)
def missed(error: NotAllowed | KeyReused) -> AnyResponse:
    """Said on the page the press came from, with nothing of it lost."""
    code = "form_used" if isinstance(error, KeyReused) else error.code
    flash(say(f"refusal.{code}", **worded(error)), "warn")
    ticket_id = (request.view_args or {}).get("ticket_id")
    if ticket_id is not None:
        return _ticket(ticket_id)
    wanted = {name: request.form.getlist(name) for name in ("s", "priority", "language", "large")}
    wanted["refused"] = [error.code]
    return redirect(url_for("reception.home", **wanted), 303)  # type: ignore[arg-type]


def _ticket(ticket_id: int) -> AnyResponse:
    return redirect(url_for("reception.ticket", ticket_id=ticket_id), 303)
