"""What the set-up's forms say. Each raises `BadField` with everything that is wrong."""

import re
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from printers.address import with_model
from server.access import USERNAME
from server.domain.order import LONGEST_HEAD_START_MIN, Priority
from server.domain.rating_place import Place, RatingPlace
from server.domain.roles import DeviceKind, Role, TokenRole
from server.domain.screen import PLAIN, Layout, Screen, Sound
from server.domain.settings import Words
from server.setup.counters import CounterWish
from server.setup.devices import DeviceWish
from server.setup.office import OfficeWish
from server.setup.printers import PrinterWish
from server.setup.services import ServiceWish
from server.setup.staff import PersonWish
from server.sheet import LARGEST_ID, Sheet

Form = ImmutableMultiDict[str, str]
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
PREFIX = re.compile(r"[A-Z]{1,2}")
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
MOST_PENALTY_MIN = 120
LONGEST_STANDARD_MIN = 480
MOST_RETURN_MIN = 480
MOST_TIMES = 20
SPARE_NOTICES = 2  # empty rows below those there are
MOST_NOTICES = 12
PRIORITIES = tuple(one for one in Priority if one is not Priority.NONE)
ICONS = (
    *("document", "house", "move", "coin", "elderly", "wheelchair", "infant", "shop", "bin"),
    *("drop", "sign", "scales", "speech", "plan", "leaf", "transfer", "people", "more"),
)


def new_service(form: Form) -> tuple[str, ServiceWish]:
    sheet = Sheet(form)
    code = sheet.text("code", most=40)
    if code and not CODE.fullmatch(code):
        sheet.wrong["code"] = "not_a_code"
    return code, _service(sheet)


def service(form: Form) -> ServiceWish:
    return _service(Sheet(form))


def _service(sheet: Sheet) -> ServiceWish:
    prefix = sheet.text("prefix", most=2).upper()
    if prefix and not PREFIX.fullmatch(prefix):
        sheet.wrong["prefix"] = "not_a_prefix"
    icon = sheet.text("icon", most=40)
    if icon and not CODE.fullmatch(icon):  # an office's file may name others than we offer
        sheet.wrong["icon"] = "invalid"
    division_id = sheet.id("division_id")
    if division_id is None:
        sheet.wrong["division_id"] = "missing"
    wish = ServiceWish(
        name=_name(sheet),
        prefix=prefix,
        division_id=division_id or 0,
        icon=icon,
        standard_minutes=sheet.number("standard_minutes", 1, LONGEST_STANDARD_MIN),
        documents_th=sheet.lines("documents_th"),
        documents_en=sheet.lines("documents_en"),
        active=sheet.yes("active"),
    )
    sheet.done()
    return wish


def switched_on(form: Form) -> bool:
    return form.get("active") == "yes"


def counter(form: Form) -> CounterWish:
    sheet = Sheet(form)
    number = sheet.text("number", most=4)
    if number and not (number.isascii() and number.isalnum()):
        sheet.wrong["number"] = "not_a_counter_number"
    takes = {
        service_id: sheet.minutes(f"minutes-{service_id}", MOST_PENALTY_MIN)
        for service_id in sheet.ids("takes")
    }
    wish = CounterWish(number, _name(sheet), takes, sheet.yes("active"))
    sheet.done()
    return wish


def person(form: Form) -> PersonWish:
    sheet = Sheet(form)
    username = sheet.text("username", most=40).lower()
    if username and not USERNAME.fullmatch(username):
        sheet.wrong["username"] = "not_a_username"
    wish = PersonWish(username, _name(sheet), sheet.one_of("role", Role), sheet.yes("active"))
    sheet.done()
    return wish


def pairable() -> list[DeviceKind]:
    """The kinds of device that have pages here."""
    return [kind for kind in DeviceKind if f"{kind}.home" in current_app.view_functions]


def pairing(form: Form) -> tuple[str, DeviceKind | None, DeviceWish]:
    """The code as on the screen, however it was typed; None: the kind that the screen asked for."""
    sheet = Sheet(form)
    code = re.sub(r"[\s-]", "", sheet.text("code", most=20)).upper()
    kind = sheet.one_of("kind", DeviceKind) if form.get("kind") else None
    return code, kind, _device(sheet)


def device(form: Form) -> DeviceWish:
    return _device(Sheet(form))


def _device(sheet: Sheet) -> DeviceWish:
    wish = DeviceWish(
        name=sheet.text("name", most=60),
        printer_id=sheet.id("printer_id"),
        service_ids=sheet.ids("service_ids"),
        screen=_screen(sheet),
    )
    sheet.done()
    return wish


def _screen(sheet: Sheet) -> Screen | RatingPlace:
    """What a display shows, or where a tablet stands; a form without these fields is of neither."""
    if sheet.yes("place"):
        place = sheet.one_of("place", Place)
        counter_id = sheet.id("counter_id") if place is Place.COUNTER else None
        of = sheet.id("service_id") if place is not Place.COUNTER else None
        return RatingPlace(place=place, counter_id=counter_id, service_id=of)
    if not sheet.yes("layout"):
        return PLAIN
    return Screen(
        layout=sheet.one_of("layout", Layout),
        sound=sheet.one_of("sound", Sound),
        media=sheet.yes("media"),
    )


def printer(form: Form) -> PrinterWish:
    sheet = Sheet(form)
    url, model = sheet.text("url", most=300), sheet.text("model", most=60, needed=False)
    wish = PrinterWish(_name(sheet), with_model(url, model), sheet.yes("default"))
    sheet.done()
    return wish


def token(form: Form) -> tuple[str, TokenRole]:
    sheet = Sheet(form)
    name, role = sheet.text("name", most=60), sheet.one_of("role", TokenRole)
    sheet.done()
    return name, role


def office(form: Form) -> OfficeWish:
    sheet = Sheet(form)
    public_url = sheet.text("public_url", most=200, needed=False).rstrip("/")
    if public_url and not _is_address(public_url):
        sheet.wrong["public_url"] = "not_an_address"
    wish = OfficeWish(
        name=_name(sheet),
        public_url=public_url,
        head_starts={
            one: sheet.number(f"head_start_{one}", 0, LONGEST_HEAD_START_MIN) for one in PRIORITIES
        },
        priority_at_kiosk=sheet.yes("priority_at_kiosk"),
        notices=_notices(sheet, form),
        return_within_minutes=sheet.number("return_within_minutes", 0, MOST_RETURN_MIN),
        return_limit=sheet.number("return_limit", 0, MOST_TIMES),
        recall_limit=sheet.number("recall_limit", 1, MOST_TIMES),
        hold_limit_minutes=sheet.number("hold_limit_minutes", 1, MOST_RETURN_MIN),
    )
    sheet.done()
    return wish


def before(query: MultiDict[str, str]) -> int | None:
    """Where the page of the audit list begins; None for the newest, as for anything unknown."""
    asked = query.get("before", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < len(str(LARGEST_ID)) + 1
    return min(int(asked), LARGEST_ID) if known else None


def _name(sheet: Sheet) -> Words:
    return Words(th=sheet.text("name_th"), en=sheet.text("name_en"))


def _notices(sheet: Sheet, form: Form) -> tuple[Words, ...]:
    """Rows of both languages; an empty row is no notice, English alone is half of one."""
    found = []
    for at in range(min(len(form.getlist("notice_th")), MOST_NOTICES)):
        th = sheet.one_line("notice_th", at)
        en = sheet.one_line("notice_en", at)
        if en and not th:
            sheet.wrong["notices"] = "notice_needs_thai"
        if th:
            found.append(Words(th=th, en=en))
    return tuple(found)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_is_good = parts.port != 0
    except ValueError:
        return False
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    plain = not parts.query and not parts.fragment and not re.search(r"\s", text)
    return (
        parts.scheme in ("http", "https") and plain and port_is_good and bool(HOST.fullmatch(host))
    )
