"""What residents wrote, to be read and found again, and what is in doubt of it."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from server.comments import forms, showing
from server.days import days_offered
from server.domain import roles
from server.domain.asked_days import days_of_month, month_asked, months
from server.domain.masking import masked, perhaps_names
from server.domain.refusals import BadField
from server.reviews import PAGE
from server.web import admit, only, rooms, settings, who

face = Blueprint(
    "comments",
    __name__,
    url_prefix="/comments",
    template_folder="templates",
    static_folder="static",
)
admit(face, roles.SEE_OPINIONS)

ID = f"int(max={2**63 - 1})"
LISTED = 100  # doubtful ones on a page


@face.get("/")
def home() -> str:
    asked = forms.asked(request.args, _today())
    first, last = (day.isoformat() for day in asked.days)
    found = rooms().reviews.comments(asked.wanted, (first, last), asked.page)
    pages = -(-found.total // PAGE)
    return _page("list", asked=asked, found=found, pages=pages, times=days_offered(_today()))


@face.get(f"/<{ID}:answer_id>")
def comment(answer_id: int) -> str:
    found = rooms().reviews.comment(answer_id)
    return _page(
        "one",
        comment=found,
        marks=showing.marks(),
        masked=masked(found.text, (), showing.marks()),
        perhaps=perhaps_names(found.text),
        people=showing.people(),
    )


@face.get("/doubtful")
@only(roles.DOUBTFUL)
def doubtful() -> str:
    month, day = month_asked(request.args), forms.day_of(request.args)
    month = month or (day or _today().isoformat())[:7]
    first, last = (one.isoformat() for one in days_of_month(month))
    room = rooms().reviews
    found = room.said_on(day) if day else room.doubtful((first, last))
    page, total = forms.page_of(request.args), len(found)
    found, pages = found[(page - 1) * LISTED : page * LISTED], -(-total // LISTED)
    facts = {"months": months(_today()), "month": month, "day": day, "total": total}
    return _page("doubtful", found=found, page=page, pages=pages, people=showing.people(), **facts)


@face.errorhandler(BadField)
def not_understood(error: BadField) -> tuple[str, int]:
    """What was asked for is none of what the lists offer: said, with the way back."""
    return _page("refused", problems=error.fields), 422


def _today() -> date:
    return date.fromisoformat(rooms().reads.today())


def _page(name: str, **facts: Any) -> str:
    may = who().role in roles.REVIEW_COMMENTS
    doubts = who().role in roles.DOUBTFUL
    shared = {"settings": settings(), "may": may, "doubts": doubts, **showing.shared()}
    return render_template(f"comments/{name}.html", **shared, **facts)
