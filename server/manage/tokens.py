"""API tokens: shown once, revoked for good."""

from flask import request
from werkzeug.wrappers import Response

from server.domain.roles import TokenRole
from server.manage import forms
from server.manage.face import ID, actor, done, face, page, setup, show_once
from server.sheet import comes_back


@face.get("/tokens")
def tokens() -> str:
    return page("tokens", tokens=setup().tokens.all(), roles=list(TokenRole))


@face.post("/tokens")
@comes_back(tokens)
def add_token() -> Response:
    show_once("token", setup().tokens.add(*forms.token(request.form), actor()))
    return done("added", "tokens")


@face.post(f"/tokens/<{ID}:token_id>/revoke")
def revoke_token(token_id: int) -> Response:
    setup().tokens.revoke(token_id, actor())
    return done("revoked", "tokens")
