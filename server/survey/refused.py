"""What a phone shows when its link opens no survey, or not now: a page like the others, not an
error."""

from flask import Blueprint, render_template

from server.domain.refusals import Expired, NotAllowed, NotFound, Refusal, TooOften
from server.web import STATUS, worded

EARLY = ("survey_not_open", "point_not_yet")


def says_so_on_a_phone(face: Blueprint) -> None:
    """Refusals of another kind are answered as everywhere."""

    def refused(error: Refusal) -> tuple[str, int, dict[str, str]]:
        page = render_template(
            "survey/refused.html",
            why=_why(error),
            message=f"refusal.{error.code}",
            facts=worded(error),
            error=error,
        )
        later = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooOften) else {}
        return page, STATUS[type(error)], later

    for kind in (NotFound, NotAllowed, Expired, TooOften):
        face.register_error_handler(kind, refused)


def _why(error: Refusal) -> str:
    if error.code in EARLY:
        return "early"
    if isinstance(error, TooOften):
        return "often"
    if isinstance(error, NotAllowed):
        return "already"
    return "over" if isinstance(error, Expired) else "unknown"
