"""The office itself: names, head starts, when one may return, notices."""

from flask import request
from werkzeug.wrappers import Response

from server.domain.order import LONGEST_HEAD_START_MIN
from server.manage import forms
from server.manage.face import actor, done, face, page, setup
from server.setup.office import RULES
from server.sheet import comes_back


@face.get("/office")
def office() -> str:
    return page(
        "office",
        rules_by_name=RULES,
        priorities=forms.PRIORITIES,
        longest=LONGEST_HEAD_START_MIN,
        spare_notices=forms.SPARE_NOTICES,
    )


@face.post("/office")
@comes_back(office)
def change_office() -> Response:
    setup().office.change(forms.office(request.form), actor())
    return done("saved", "office")
