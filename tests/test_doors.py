"""Every door of the house: who gets in, who does not, and that looking changes nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Table
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.wish import Wish
from server.links import TRACK, link_token
from server.store import offices, schema
from server.web import DEVICE_COOKIE
from tests.office import MINUTE, PROGRAM, Office, demo_file
from tests.test_measures import one_step

OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}  # not the machine itself, which may read the metrics
LOOKS = ("GET", "HEAD", "OPTIONS")

# The doors that a stranger finds open, and why.
OPEN = {
    "sign_in.start": "leads to the page where one signs in",
    "sign_in.ask": "here strangers become known",
    "sign_in.leave": "who is not signed in leaves nothing",
    "sign_in.pair": "a screen shows its code here",
    "sign_in.ask_code": "and asks for it here; the code alone opens nothing",
    "sign_in.pair_state": "and looks here whether it was confirmed",
    "sign_in.collect": "needs the waiting screen's own cookie, else leads back",
    "health.healthz": "says only that the process answers",
    "health.readyz": "says only that the database answers",
    "api.openapi_json": "the description of the API is public by contract",
}
# A page whose links let people in says 404 to unknown ones; here the body is read first.
BODY_FIRST = {"api.answer_survey": 422, "api.add_to_survey": 422}


@dataclass(frozen=True)
class Door:
    """One method of one rule, with the address filled in."""

    method: str
    url: str
    rule: Rule

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def face(self) -> str:
        return self.endpoint.partition(".")[0]

    def knock(self, client: FlaskClient) -> TestResponse:
        return client.open(self.url, method=self.method, environ_base=OUTSIDE)


def doors(office: Office, known: dict[str, Any] | None = None) -> Iterator[Door]:
    """Every door but the static files. `known`: real values for the gaps in addresses."""
    adapter = office.app.url_map.bind("khiu.test")
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint.split(".")[-1] == "static":
            continue
        values = {name: _value(rule, name, known or {}) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(method, adapter.build(rule.endpoint, values, method), rule)


def _value(rule: Rule, name: str, known: dict[str, Any]) -> Any:
    if name in known:
        return known[name]
    if name == "kind":
        return "kiosk"
    items = getattr(rule._converters[name], "items", None)  # <any('recall', …):verb>
    if items:
        return sorted(items)[0]
    return 1 if name.endswith("_id") else "unknown"


def refused(answer: TestResponse) -> bool:
    """Told to sign in, sent to sign in or to be paired, or told that there is no such link."""
    goal = answer.headers.get("Location", "")
    sent_away = answer.status_code == 303 and goal.startswith(("/sign-in", "/pair/"))
    return sent_away or answer.status_code in (401, 404)


@pytest.fixture
def open_forms(small_office: Office) -> Office:
    """CSRF apart, so that the door itself is tried."""
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    return small_office


@pytest.fixture
def known(small_office: Office) -> dict[str, Any]:
    """Something real for each gap in an address, so that the page behind it is reached."""
    seen = small_office.serve("birth")
    small_office.device_token(DeviceKind.KIOSK)
    small_office.token(TokenRole.MONITOR)
    contents = small_office.contents()
    secret = cast(Any, contents["offices"][0]).secret
    finding_id, measure_id, step_id = one_step(small_office)
    person = cast(Any, contents["staff"][0]).id
    return {
        "ticket_id": seen.ticket.id,
        "service_id": small_office.service("birth").id,
        "counter_id": small_office.counter("1").id,
        "staff_id": person,
        "printer_id": cast(Any, contents["printers"][0]).id,
        "device_id": cast(Any, contents["devices"][0]).id,
        "finding_id": finding_id,
        "measure_id": measure_id,
        "step_id": step_id,
        "token_id": cast(Any, contents["tokens"][0]).id,
        "token": link_token(secret, TRACK, seen.ticket.id),
        "code": small_office.house.access.invite(
            small_office.id, "password", staff_id=person, valid_ms=MINUTE
        ),
    }


def caller_of(office: Office, role: Role | DeviceKind) -> FlaskClient:
    return office.device(role) if isinstance(role, DeviceKind) else office.signed_in(role)


def rights(office: Office) -> dict[str, frozenset[Role | DeviceKind] | str]:
    """What each face says of whom it admits."""
    return {name: face.admitted for name, face in office.app.blueprints.items()}  # type: ignore[attr-defined]


# ---------------------------------------------------------------- who gets in


def test_a_stranger_is_refused_at_every_door_but_a_few_listed_ones(open_forms: Office) -> None:
    through = {
        f"{door.method} {door.url} {answer.status}"
        for door in doors(open_forms)
        if not refused(answer := door.knock(open_forms.app.test_client()))
        and door.endpoint not in OPEN
        and BODY_FIRST.get(door.endpoint) != answer.status_code
    }
    assert through == set()


def test_the_doors_listed_as_open_are_there(small_office: Office) -> None:
    assert set(OPEN) | set(BODY_FIRST) <= {door.endpoint for door in doors(small_office)}


def test_an_open_door_changes_nothing_but_who_waits_to_be_paired(open_forms: Office) -> None:
    before = open_forms.contents()
    for door in doors(open_forms):
        door.knock(open_forms.app.test_client())
    after = open_forms.contents()
    assert {name for name in after if after[name] != before[name]} == {"pairings"}


def test_every_face_says_whom_it_admits(small_office: Office) -> None:
    silent = [
        name for name, face in small_office.app.blueprints.items() if not hasattr(face, "admitted")
    ]
    assert silent == []


@pytest.mark.parametrize("role", [*Role, *DeviceKind])
def test_each_role_meets_the_doors_of_its_faces_and_no_other(
    open_forms: Office, role: Role | DeviceKind
) -> None:
    client = caller_of(open_forms, role)
    admitted = rights(open_forms)
    wrong = set()
    for door in doors(open_forms):
        faces = admitted[door.face]
        if isinstance(faces, str):
            continue
        view = open_forms.app.view_functions[door.endpoint]
        faces = getattr(view, "only", faces)  # a door may let in fewer than its face
        answer = door.knock(client)
        kept_out = answer.status_code in (401, 403) or "/pair/" in answer.headers.get(
            "Location", ""
        )
        looks_on = role is Role.AUDITOR and door.face == "manage" and door.method == "POST"
        if kept_out != (role not in faces or looks_on):
            wrong.add(f"{door.method} {door.url} {answer.status}")
    assert wrong == set()


def test_an_auditor_changes_nothing_by_any_form(open_forms: Office, known: dict[str, Any]) -> None:
    auditor = open_forms.signed_in(Role.AUDITOR)
    before = open_forms.contents()
    for door in doors(open_forms, known):
        if door.face == "manage" and door.method == "POST":
            assert door.knock(auditor).status_code == 403, door.url
    assert open_forms.contents() == before


def test_a_program_needs_its_token_and_the_right_to_what_it_asks(small_office: Office) -> None:
    client = small_office.app.test_client()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        assert client.get("/api/v1/services", headers=headers).status_code == 401
    assert client.get("/api/v1/services", headers=small_office.bearer()).status_code == 200
    monitor = small_office.bearer(TokenRole.MONITOR)
    assert client.get("/api/v1/services", headers=monitor).status_code == 403


def test_a_sign_in_opens_no_door_of_the_api(open_forms: Office) -> None:
    admin = open_forms.signed_in(Role.ADMIN)
    for door in doors(open_forms):
        if door.face == "api" and door.endpoint not in {*OPEN, *BODY_FIRST, "api.get_survey"}:
            assert door.knock(admin).status_code == 401, door.url


# ---------------------------------------------------------------- looking


@pytest.mark.parametrize("role", [*Role, DeviceKind.KIOSK, DeviceKind.DISPLAY])
def test_looking_changes_no_row(
    open_forms: Office, known: dict[str, Any], role: Role | DeviceKind
) -> None:
    client = caller_of(open_forms, role)
    bearer = open_forms.bearer()
    before = open_forms.contents()
    seen = 0
    for door in doors(open_forms, known):
        if door.method == "GET":
            headers = bearer if door.face == "api" else {}
            answer = client.get(door.url, headers=headers, environ_base=OUTSIDE)
            assert answer.status_code < 500, door.url
            seen += answer.status_code == 200
            client.head(door.url, headers=headers, environ_base=OUTSIDE)
    assert open_forms.contents() == before
    assert seen > 10  # it was not turned away everywhere


def test_a_look_at_a_link_that_signs_in_does_not_use_it_up(small_office: Office) -> None:
    code = small_office.house.access.invite(small_office.id, "kiosk", valid_ms=MINUTE)
    client = small_office.app.test_client()
    before = small_office.contents()
    assert client.head(f"/enter/{code}").status_code == 200
    assert small_office.contents() == before
    assert client.get(f"/enter/{code}").headers["Location"] == "/kiosk/"


# ---------------------------------------------------------------- forms


def test_no_form_is_taken_without_its_own_page(small_office: Office, known: dict[str, Any]) -> None:
    """CSRF: another site can make a browser post, with the cookies of whoever sits there."""
    admin = small_office.signed_in(Role.ADMIN)
    admin.set_cookie(DEVICE_COOKIE, small_office.device_token(DeviceKind.KIOSK))
    small_office.app.config["WTF_CSRF_ENABLED"] = True
    before = small_office.contents()
    taken = {
        f"{door.method} {door.url} {answer.status}"
        for door in doors(small_office, known)
        if door.method not in LOOKS
        and door.face != "api"
        and (answer := door.knock(admin)).status_code not in (400, 401)
    }
    assert taken == set()
    assert small_office.contents() == before


def test_only_the_api_is_spared_the_check_of_forms(small_office: Office) -> None:
    exempt = small_office.app.extensions["csrf"]
    assert {face.name for face in exempt._exempt_blueprints} == {"api", "health"}
    assert exempt._exempt_views == set()


# ---------------------------------------------------------------- pages and cookies


class Inline(HTMLParser):
    """Finds what a strict content policy forbids."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        map_of_ours = given.get("type") == "importmap" and given.get("nonce") == self.nonce
        if tag == "script" and "src" not in given and not map_of_ours:
            self.found.append("script")
        if tag == "style" or "style" in given:
            self.found.append(f"{tag} style")
        self.found += [name for name in given if name.startswith("on")]
        link = given.get("href") or given.get("src") or given.get("action") or ""
        if link.startswith(("javascript:", "data:text")):
            self.found.append(link)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, *DeviceKind])
def test_every_page_has_a_strict_content_policy_and_keeps_it(
    open_forms: Office, known: dict[str, Any], role: Role | DeviceKind
) -> None:
    client = caller_of(open_forms, role)
    pages = 0
    for door in doors(open_forms, known):
        answer = door.knock(client) if door.method == "GET" else None
        if answer is None or answer.mimetype != "text/html":
            continue
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'self'" in policy, door.url
        assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy, door.url
        assert answer.headers["X-Content-Type-Options"] == "nosniff", door.url
        nonce = re.search(r"'nonce-([^']+)'", policy)
        inline = Inline(nonce[1] if nonce else "")
        inline.feed(answer.text)
        assert inline.found == [], door.url
        pages += "<h1" in answer.text
    assert pages > 5


def test_a_nonce_is_never_used_twice(small_office: Office) -> None:
    client = small_office.app.test_client()
    policies = [client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(2)]
    assert policies[0] != policies[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_that_let_in_are_hidden_from_scripts_and_secure_where_they_can_be(
    small_office: Office, scheme: str
) -> None:
    base = f"{scheme}://khiu.test"
    access, client = small_office.house.access, small_office.app.test_client()
    staff_id = cast(Any, small_office.contents()["staff"][0]).id
    face = access.invite(small_office.id, "manage", staff_id=staff_id, valid_ms=MINUTE)
    kiosk = access.invite(small_office.id, "kiosk", valid_ms=MINUTE)
    small_office.app.config["WTF_CSRF_ENABLED"] = False
    set_cookies = [
        *client.get(f"/enter/{face}", base_url=base).headers.getlist("Set-Cookie"),
        *client.get(f"/enter/{kiosk}", base_url=base).headers.getlist("Set-Cookie"),
        *small_office.app.test_client()
        .post("/pair/kiosk", base_url=base)
        .headers.getlist("Set-Cookie"),
    ]
    names = {cookie.partition("=")[0] for cookie in set_cookies}
    assert names == {"khiu", DEVICE_COOKIE, "khiu_pairing"}
    for cookie in set_cookies:
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie
        assert ("Secure" in cookie) == (scheme == "https"), cookie


# ---------------------------------------------------------------- two offices


def test_no_office_reaches_what_belongs_to_another(open_forms: Office) -> None:
    theirs = _another_office(open_forms)
    admin = open_forms.signed_in(Role.ADMIN)
    before = open_forms.contents()
    tried = 0
    for door in doors(open_forms, theirs):
        if door.rule.arguments & set(theirs) and door.face in ("manage", "reception", "counter"):
            # The console answers a press in vain with itself; reception reads the form first.
            vain = {"counter": {303}, "reception": {404, 422}}.get(door.face, {404})
            assert door.knock(admin).status_code in vain, f"{door.method} {door.url}"
            tried += 1
    assert tried > 15
    assert open_forms.contents() == before


def _another_office(office: Office) -> dict[str, int]:
    """An id of each kind of thing in a second office of the same database."""
    file = demo_file()
    named = file.model_copy(update={"office": file.office.model_copy(update={"slug": "other"})})
    with office.store.writing() as db:
        other = offices.add(db, named, office.clock(), demo=True)
    rooms = office.house.rooms(other)
    office.house.access.add_device(other, DeviceKind.KIOSK, "theirs")
    office.house.access.add_token(other, "theirs", TokenRole.REPORTS)
    first = {f"{name}_id": _first(office, table, other).id for name, table in SET_UP.items()}
    wish = Wish(first["service_id"])
    return {**first, "ticket_id": rooms.desk.issue(wish, PROGRAM).ticket.id}


SET_UP = {
    "service": schema.services,
    "counter": schema.counters,
    "staff": schema.staff,
    "printer": schema.printers,
    "device": schema.devices,
    "token": schema.tokens,
}


def _first(office: Office, table: Table, office_id: int) -> Any:
    with office.store.reading() as db:
        return db.execute(table.select().where(table.c.office_id == office_id)).first()
