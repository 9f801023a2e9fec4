"""Puts the parts together. The only place that knows them all."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, g, request
from flask_socketio import SocketIO
from flask_wtf.csrf import CSRFError, CSRFProtect
from gunicorn.http.errors import InvalidChunkSize, NoMoreData
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

import display.views
import kiosk.views
import server.alarms.views
import server.api.health
import server.api.opinions
import server.api.printing
import server.api.tickets
import server.api.views
import server.cases.protected
import server.cases.views
import server.comments.reviewing
import server.comments.views
import server.counter.views
import server.manage.policy
import server.manage.views
import server.measuring.views
import server.paper_forms.views
import server.printing.views
import server.rating.views
import server.reception.views
import server.reports.views
import server.resident.views
import server.sign_in.views
import server.survey.rate
import server.survey.views
import server.wall.views
from server import assets, ways, web, wording
from server.agents import Agents
from server.bus import Bus
from server.catalogue import Catalogue
from server.config import Config
from server.domain.refusals import NotSignedIn
from server.house import House
from server.push import Push
from server.sign_in.sessions import Sessions
from server.store import offices
from server.store.engine import Store

FACES = [
    kiosk.views.face,
    display.views.face,
    server.rating.views.face,
    server.counter.views.face,
    server.reception.views.face,
    server.printing.views.face,
    server.resident.views.face,
    server.survey.views.face,
    server.survey.rate.face,
    server.paper_forms.views.face,
    server.comments.views.face,
    server.comments.reviewing.face,
    server.reports.views.face,
    server.wall.views.face,
    server.alarms.views.face,
    server.measuring.views.face,
    server.cases.views.face,
    server.cases.protected.face,
    server.manage.views.face,
    server.manage.policy.face,
    server.sign_in.views.face,
    server.api.health.face,
    server.api.views.face,
]
LARGEST_BODY = 64 * 1024  # contract section 3


def make_app(
    store: Store,
    clock: Callable[[], int],
    *,
    data: Path,
    config: Config | None = None,
    base_url: str = "",
) -> Flask:
    """The whole server over one store. `clock` gives Unix ms; `data` is the data directory;
    `base_url` starts residents' links where an office sets none.
    `app.extensions["khiu"]` is the `House`."""
    config = config or Config()
    app = Flask("server", static_folder="static", static_url_path="/static")
    with store.writing() as db:
        app.secret_key = offices.server_secret(db, "sessions")
    app.session_interface = Sessions()
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="khiu",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # a kiosk's page stays open for months
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
        BASE_URL=base_url,
    )
    app.url_map.merge_slashes = False  # an address is what it is: another one is not found
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    socketio = SocketIO(
        app,
        async_mode="threading",
        transports=["websocket"],
        cors_allowed_origins=None,
        ping_interval=10,
        ping_timeout=10,
        max_http_buffer_size=LARGEST_BODY,
    )
    push = Push(socketio, most_sockets=max(1, config.threads - 100))
    bus = Bus(config.redis_url, push.announce) if config.redis_url else None
    house = House(store, clock, bus.announce if bus else push.announce, data)
    push.bind(house)
    app.extensions |= {"khiu": house, "words": Catalogue(), "push": push, "socketio": socketio}
    app.extensions["bus"] = bus
    agents = Agents(store, clock, lambda: str(app.config["BASE_URL"]))
    app.extensions["agents"] = agents
    house.when_slips_are_ordered(agents.wake)
    web.answer_refusals(app)
    _protect(app)
    _give_templates_words(app)
    for face in FACES:
        app.register_blueprint(face)
    assets.register(app)
    return app


def _protect(app: Flask) -> None:
    @app.before_request
    def make_nonce() -> None:  # before the CSRF check: the page that answers it needs one too
        g.nonce = secrets.token_urlsafe(16)

    app.before_request(web.allow_larger_body)  # before the CSRF check, which reads the form
    csrf = CSRFProtect(app)
    csrf.exempt(server.api.views.face)  # programs send a token of their own, never a cookie
    csrf.exempt(server.api.health.face)

    @app.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> Response:
        return app.make_response(app.handle_user_exception(NotSignedIn("page_too_old")))

    @app.errorhandler(InvalidChunkSize)
    @app.errorhandler(NoMoreData)
    def torn(_error: Exception) -> Response:  # a body in pieces that do not fit together
        return app.make_response(app.handle_user_exception(BadRequest()))

    @app.after_request
    def harden(answer: Response) -> Response:
        answer.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; style-src 'self'; "
            f"script-src 'self' 'nonce-{g.get('nonce', '')}'; connect-src 'self'; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "no-referrer")
        if request.endpoint and request.endpoint.split(".")[-1] == "static":
            if "v" in request.args:
                answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            answer.headers.setdefault("Cache-Control", "no-cache")
        return answer


def _give_templates_words(app: Flask) -> None:
    catalogue: Catalogue = app.extensions["words"]
    jinja = app.jinja_env
    jinja.trim_blocks = jinja.lstrip_blocks = True
    jinja.globals |= {
        "_": web.say,
        "say": web.say,
        "language": web.language,
        "tongue": web.tongue,
        "other_language": lambda: "th" if web.language() == "en" else "en",
        "caller": web.caller,
        "ways": ways.ways,
        "open_alarms": ways.open_alarms,
        "catalogue": catalogue,
        "now": lambda: web.house().clock(),
        "nonce": lambda: g.nonce,
    }
    jinja.filters |= {
        "local": lambda words: wording.local(words, web.tongue()),
        "wait": lambda wait: wording.wait_words(catalogue, wait, web.language()),
        "clock": _with_zone(wording.clock),
        "date": lambda day: wording.date_words(day, web.language()),
        "place": lambda place: wording.place_words(catalogue, place, web.language()),
        "moment": lambda moment: wording.moment_words(catalogue, moment, web.language()),
        "day": _with_zone(lambda at, zone: wording.day_words(at, zone, web.language())),
        "why": _with_zone(lambda why, zone: wording.why_text(catalogue, why, zone, web.language())),
    }


def _with_zone(worded: Callable[..., str]) -> Callable[..., str]:
    """A filter that knows the office's time zone: the page hands in `settings`."""

    @pass_context
    def filter_(context: Context, value: object) -> str:
        return worded(value, context["settings"].zone)

    return filter_
