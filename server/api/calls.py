"""One call of the API: who may make it, what it takes and gives. `openapi` reads the same."""

import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from server.access import Who
from server.api.fields import known_id
from server.domain.refusals import BadField, NotPermitted, NotSignedIn
from server.domain.roles import TokenRole
from server.domain.wish import RequestKey
from server.web import house

INTEGRATION = frozenset({TokenRole.INTEGRATION})
FIGURES = frozenset({TokenRole.INTEGRATION, TokenRole.REPORTS})
LONGEST_KEY = 64
WRONG = {  # pydantic's kinds of error → our sentences; others are "invalid"
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "int_parsing": "not_a_number",
    "int_type": "not_a_number",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What a call is, for its description. `roles` empty: no bearer token is asked for."""

    method: str
    path: str
    name: str
    summary: str
    answer: Any
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    roles: frozenset[TokenRole]
    may_be_empty: bool


CALLS: list[Call] = []


def call(
    face: Blueprint,
    method: str,
    path: str,
    summary: str,
    *,
    answer: Any,
    status: int = 200,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    roles: frozenset[TokenRole] = INTEGRATION,
    may_be_empty: bool = False,
    checks_itself: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a function a call: it gets checked values and returns a shape (None: 204).

    `{ticket_id}` in the path arrives as a whole number, `{token}` as text.
    """

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(act)
        def view(**parts: str) -> Response:
            if roles and not checks_itself:
                admit_bearer(roles)
            given: dict[str, Any] = {
                name: text if name == "token" else known_id(text, f"no_such_{name[:-3]}")
                for name, text in parts.items()
            }
            if body is not None:
                given["body"] = _read_body(body)
            if query is not None:
                given["query"] = _checked(query, json.dumps(request.args.to_dict()).encode())
            return _respond(act(**given), status)

        rule = path.replace("{", "<").replace("}", ">")
        face.add_url_rule(rule, act.__name__, view, methods=[method])
        CALLS.append(
            Call(
                method,
                path,
                act.__name__,
                summary,
                answer,
                status,
                body,
                query,
                roles,
                may_be_empty,
            )
        )
        return act

    return register


def bearer() -> Who | None:
    """Who the bearer token stands for; None without one. Raises `NotSignedIn` for a bad one."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if not header:
        return None
    found = house().access.by_api_token(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise NotSignedIn("bad_token")
    return found


def admit_bearer(roles: Collection[TokenRole]) -> None:
    """Raises `NotSignedIn`, `NotPermitted`."""
    found = bearer()
    if found is None:
        raise NotSignedIn("bad_token")
    if found.role not in roles:
        raise NotPermitted("not_your_role")
    g.caller = found


def request_key(caller: str) -> RequestKey | None:
    """The request's idempotency key, bound to its caller, method, path and body.

    Raises `BadField` for one that is empty, too long or not plain.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadField(**{"Idempotency-Key": "invalid"})
    raw = request.get_data()
    with suppress(ValueError, RecursionError):  # the same body, however it is spaced
        raw = json.dumps(json.loads(raw), sort_keys=True).encode() if raw.strip() else b"{}"
    return RequestKey(caller, request.method, request.path, key, sha256(raw).hexdigest())


def _read_body(shape: type[BaseModel]) -> BaseModel:
    raw = request.get_data()
    # A body that comes in pieces, without a length, is silently cut at the limit.
    cut = request.content_length is None and len(raw) == request.max_content_length
    if cut and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge
    return _checked(shape, raw if raw.strip() else b"{}")


def _checked(shape: type[BaseModel], raw: bytes) -> BaseModel:
    """Raises `BadField`, naming every field that is not right."""
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        fields: dict[str, str] = {}
        for one in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in one["loc"]) or "body"
            code = WRONG.get(one["type"], "invalid")
            if "control_characters" in one["msg"]:
                code = "control_characters"
            fields.setdefault(name, code)
        raise BadField(**fields) from None


def _respond(result: Any, status: int) -> Response:
    if result is None:
        empty = Response(status=204)
        del empty.headers["Content-Type"]
        return empty
    if isinstance(result, BaseModel):
        text = result.model_dump_json(by_alias=True)
    else:
        text = json.dumps(
            [one.model_dump(mode="json") for one in result] if isinstance(result, list) else result,
            ensure_ascii=False,
        )
    return Response(text, status, mimetype="application/json")
