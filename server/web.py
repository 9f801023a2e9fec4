"""What every face needs of Flask: the rooms, who may come in, and how a refusal is answered."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session, url_for
from flask import render_template as page
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from server.access import Who
from server.catalogue import FIRST, LANGUAGES, Catalogue
from server.desk import Desk
from server.domain.refusals import (
    BadField,
    Expired,
    KeyReused,
    NotAllowed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Refusal,
    TooOften,
)
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.settings import Settings
from server.domain.tongues import ENGLISH, TONGUES
from server.house import House, Rooms
from server.reads import Reads
from server.voices import Voices
from server.wording import fact_words

DATABASE_BACK_S = 5
STATUS: dict[type[Refusal], int] = {
    NotSignedIn: 401,
    NotPermitted: 403,
    NotFound: 404,
    NotAllowed: 409,
    KeyReused: 409,
    Expired: 410,
    BadField: 422,
    TooOften: 429,
}
DEVICE_COOKIE = "khiu_device"
LANGUAGE_COOKIE = "khiu_language"
YEAR_S = 365 * 24 * 3600
AnyRole = Role | DeviceKind | TokenRole
View = TypeVar("View", bound=Callable[..., Any])


def house() -> House:
    return cast(House, current_app.extensions["khiu"])


def rooms() -> Rooms:
    """The rooms of the caller's office."""
    return house().rooms(who().office_id)


def desk() -> Desk:
    return rooms().desk


def reads() -> Reads:
    return rooms().reads


def settings() -> Settings:
    """The caller's office's settings, as they stand at this request."""
    return settings_of(who().office_id)


def settings_of(office_id: int) -> Settings:
    """An office's settings, read once a request."""
    kept: dict[int, Settings] = g.setdefault("settings", {})
    known = g.get("caller")
    if known is not None and known.office_id == office_id and known.settings_text:
        return Settings.read(known.settings_text)
    if office_id not in kept:
        kept[office_id] = house().rooms(office_id).reads.settings()
    return kept[office_id]


def voices_of(office_id: int) -> Voices:
    """The office's voice packs: a folder each, below the data directory."""
    return Voices(house().data / "voices" / settings_of(office_id).office.slug)


def who() -> Who:
    """The caller. Raises `NotSignedIn`."""
    found = caller()
    if found is None:
        raise NotSignedIn("sign_in_first")
    return found


def caller() -> Who | None:
    """The caller, by sign-in or by the device's cookie; None for a stranger."""
    if "caller" not in g:
        g.caller = None
        if token := session.get("sign_in"):
            g.caller = house().access.by_sign_in(token)
        g.caller = g.caller or device()
    return cast("Who | None", g.caller)


def device() -> Who | None:
    """The paired device this browser is, whoever is signed in on it besides."""
    token = request.cookies.get(DEVICE_COOKIE)
    return house().access.by_device(token) if token else None


def admit(face: Blueprint, roles: Collection[AnyRole]) -> None:
    """Lets only these roles through any door of the face: staff sign in, devices are paired."""
    for_devices = any(isinstance(role, DeviceKind) for role in roles)

    def check() -> AnyResponse | None:
        found = _caller_for(for_devices=for_devices)
        if found is not None and found.role in roles:
            return None
        if found is not None and not for_devices:
            raise NotPermitted("not_your_role")
        if request.method not in ("GET", "HEAD"):
            raise NotSignedIn("sign_in_first")
        if for_devices:
            return redirect(url_for("sign_in.pair", kind=face.name), 303)
        return redirect(url_for("sign_in.ask", next=request.path), 303)

    face.before_request(check)
    face.admitted = frozenset(roles)  # type: ignore[attr-defined] # a test asks every face for it


def only(roles: Collection[Role]) -> Callable[[View], View]:
    """For a door that lets in fewer than its face does. Raises `NotPermitted` behind it."""

    def mark(view: View) -> View:
        @wraps(view)
        def narrower(*args: Any, **kwargs: Any) -> Any:
            if who().role not in roles:
                raise NotPermitted("not_your_role")
            return view(*args, **kwargs)

        narrower.only = frozenset(roles)  # type: ignore[attr-defined] # a test asks for it
        return cast(View, narrower)

    return mark


def larger_body(most: int, roles: Collection[AnyRole]) -> Callable[[View], View]:
    """For a view that takes files: bodies of up to `most` bytes, from callers of these roles."""

    def mark(view: View) -> View:
        view.larger_body = (most, frozenset(roles))  # type: ignore[attr-defined]
        return view

    return mark


def allow_larger_body() -> None:
    """Before anything reads the body of this request."""
    view = current_app.view_functions.get(request.endpoint or "")
    most, roles = getattr(view, "larger_body", (0, frozenset()))
    if most and (found := caller()) is not None and found.role in roles:
        request.max_content_length = most


def open_to_all(face: Blueprint, why: str) -> None:
    """A face without sign-in says so, and why; the test of all doors reads it."""
    face.admitted = why  # type: ignore[attr-defined]


def _caller_for(*, for_devices: bool) -> Who | None:
    """On one browser a device's cookie and a sign-in may live side by side (the demo's do)."""
    if for_devices and (found := device()):
        g.caller = found
    return caller()


# ---------------------------------------------------------------- language


def language() -> str:
    """The page's language: asked for in the address, else remembered, else the face's own.

    English where the office's own words are asked for in one that the catalogues lack.
    """
    if "language" not in g:
        chosen = _chosen_language()
        g.language = chosen if chosen in LANGUAGES else ENGLISH if chosen in TONGUES else FIRST
    return cast(str, g.language)


def tongue() -> str:
    """The language in which the office's own words are told, where they are there in it."""
    chosen = _chosen_language()
    return chosen if chosen in TONGUES else language()


def _chosen_language() -> str:
    asked = request.args.get("lang", "")
    kept = request.cookies.get(LANGUAGE_COOKIE, "") if g.get("keeps_language") else ""
    return asked or kept or str(g.get("first_language", FIRST))


def words() -> Catalogue:
    return cast(Catalogue, current_app.extensions["words"])


def say(message: str, **facts: object) -> str:
    """The sentence in the page's language."""
    return words().say(message, language(), **facts)


# ---------------------------------------------------------------- answers to refusals


def answer_refusals(app: Flask) -> None:
    """The one place where an error becomes a response."""

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> AnyResponse:
        status = STATUS[type(error)]
        answer = _answer(status, f"refusal.{error.code}", error)
        if isinstance(error, TooOften):
            answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> AnyResponse:
        if error.response is not None:
            return cast(AnyResponse, error.response)
        status = error.code or 500
        answer = _answer(status, f"http.{status}", None)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(OperationalError)
    @app.errorhandler(DatabaseBusy)
    def kept_nothing(error: Exception) -> AnyResponse:
        """The database is away or its disk is full: nothing was written, and it may come back."""
        app.logger.error("the database did not answer", exc_info=error)
        answer = _answer(503, "http.503", None)
        answer.headers["Retry-After"] = str(DATABASE_BACK_S)
        return answer

    @app.errorhandler(Exception)
    def broke(error: Exception) -> AnyResponse:
        app.logger.error("unexpected", exc_info=error)
        return _answer(500, "http.500", None)


def _answer(status: int, message: str, error: Refusal | None) -> AnyResponse:
    facts = worded(error) if error else {}
    if request.path.startswith(("/api/", "/metrics", "/readyz")) or wants_json():
        return problem(status, message, error, facts)
    body = page("problem.html", status=status, message=message, facts=facts, error=error)
    return Response(body, status)


def worded(error: Refusal) -> dict[str, object]:
    """The refusal's facts, with states, verbs, services and times in the page's language."""
    return _worded_in(error, language())


def problem(
    status: int, message: str, error: Refusal | None, facts: dict[str, object]
) -> AnyResponse:
    """RFC 9457, in both languages; `detail` is the one the caller prefers."""
    catalogue = words()
    if error is not None:
        detail = {
            tongue: catalogue.say(message, tongue, **_worded_in(error, tongue))
            for tongue in LANGUAGES
        }
    else:
        detail = catalogue.both(message, **facts)
    preferred = request.accept_languages.best_match(LANGUAGES) or FIRST
    code = error.code if error else f"http-{status}"
    body: dict[str, Any] = {
        "type": f"urn:khiu:problem:{code.replace('_', '-')}",
        "title": catalogue.say(f"http.{status}", "en"),
        "status": status,
        "detail": detail[preferred],
        "detail_th": detail["th"],
        "detail_en": detail["en"],
    }
    if isinstance(error, BadField):
        body["errors"] = [
            {"field": name, "message": catalogue.say(f"field.{code}", preferred)}
            for name, code in error.fields.items()
        ]
    answer = current_app.json.response(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    if isinstance(error, NotSignedIn):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return cast(AnyResponse, answer)


def _worded_in(error: Refusal, tongue: str) -> dict[str, object]:
    return {name: fact_words(words(), name, value, tongue) for name, value in error.facts.items()}


def wants_json() -> bool:
    """Whether a program asks, not somebody who would read a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and "text/html" not in request.headers.get("Accept", "")
