"""Who changed what, newest first."""

from flask import request

from server.manage import forms
from server.manage.face import face, page, setup
from server.manage.wording import change_words


@face.get("/history")
def history() -> str:
    lines, older = setup().history.page(forms.before(request.args))
    return page("history", lines=lines, older=older, change_words=change_words)
