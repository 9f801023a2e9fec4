"""What the forms of this face say. Each raises `BadField` with everything that is wrong."""

import re
from datetime import date
from hashlib import sha256
from secrets import token_urlsafe

from flask import request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from server.domain.asked_days import Half
from server.domain.finding import About, Kind
from server.domain.measure import LONGEST, MeasureWish, State, half_of_key
from server.domain.refusals import BadField
from server.domain.settings import Words
from server.domain.thai_date import day_of
from server.domain.wish import RequestKey
from server.measures import LARGEST_FILE, Targets, Upload
from server.sheet import Sheet
from server.web import who

Form = ImmutableMultiDict[str, str]
KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
NOT_MEANT = ("csrf_token", "request_key")
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
NEEDS = {Kind.STANDARD: "service", Kind.ASPECT: "aspect", Kind.REASON: "reason"}
MOST_VERSIONS = 2**31 - 1


def half_asked(offered: list[Half]) -> Half:
    """The half-year in the address; the one under way where none is. Raises `BadField`."""
    key = request.args.get("half", "")
    return half_of_key(key) if key else offered[0]


def finding(form: Form, names: dict[str, dict[str, Words]]) -> tuple[Half, About, str]:
    """`names`: the codes that may be chosen."""
    sheet = Sheet(form)
    half = half_of_key(form.get("half", ""))
    kind = sheet.one_of("kind", Kind)
    codes = {}
    for name in ("service", "aspect", "reason"):
        codes[name] = form.get(name, "")
        if codes[name] and codes[name] not in names[name]:
            sheet.wrong[name] = "invalid"
    needed = NEEDS.get(kind)
    if needed and not codes[needed]:
        sheet.wrong[needed] = "missing"
    text = body(sheet, "body")
    sheet.done()
    return half, About(kind, **codes), text


def body(sheet: Sheet, name: str, *, needed: bool = True) -> str:
    """Several lines."""
    found = "\n".join(sheet.lines(name, most=100, longest=LONGEST.get(name, LONGEST["body"])))
    if len(found) > LONGEST.get(name, LONGEST["body"]):
        sheet.wrong[name] = "too_long"
    elif needed and not found:
        sheet.wrong.setdefault(name, "missing")
    return found


def version(form: Form) -> int:
    """As the form was opened."""
    sheet = Sheet(form)
    found = sheet.number("version", 1, MOST_VERSIONS)
    sheet.done()
    return found


def measure(form: Form) -> MeasureWish:
    sheet = Sheet(form)
    state = sheet.one_of("state", State) if "state" in form else State.PLANNED
    wish = MeasureWish(
        what=body(sheet, "what"),
        method=body(sheet, "method", needed=False),
        responsible=sheet.text("responsible", most=LONGEST["responsible"], needed=False),
        due=day(sheet, "due", needed=False),
        due_words=sheet.text("due_words", most=LONGEST["due_words"], needed=False),
        state=state,
        why=body(sheet, "why", needed=state is State.DROPPED),
    )
    sheet.done()
    return wish


def day(sheet: Sheet, name: str, *, needed: bool = True) -> date | None:
    """A day as people write it: 31 มี.ค. 69, 31/3/2569."""
    text = sheet.text(name, most=60, needed=needed)
    found = day_of(text) if text else None
    if text and found is None:
        sheet.wrong[name] = "not_a_date"
    return found


def targets(form: Form) -> Targets:
    sheet = Sheet(form)
    found = Targets(_share(sheet, form, "within_standard"), _share(sheet, form, "top2"))
    sheet.done()
    return found


def _share(sheet: Sheet, form: Form, name: str) -> float:
    text = form.get(name, "").strip()
    if not PERCENT.fullmatch(text):
        sheet.wrong[name] = "not_a_number" if text else "missing"
    elif float(text) > 100:  # noqa: PLR2004
        sheet.wrong[name] = "out_of_range"
    else:
        return float(text) / 100
    return 0.0


def why(form: Form) -> str:
    sheet = Sheet(form)
    found = body(sheet, "why")
    sheet.done()
    return found


def upload(name: str = "file", most: int = LARGEST_FILE) -> Upload | None:
    """The file that came with the form, if any. Raises `BadField`."""
    came: FileStorage | None = request.files.get(name)
    if came is None or not came.filename:
        return None
    data = came.stream.read(most + 1)
    if len(data) > most:
        raise BadField(**{name: "file_too_large"})
    if not data:
        raise BadField(**{name: "file_empty"})
    came.stream.seek(0)
    return Upload(came.filename, data)


def pressed() -> RequestKey:
    """The press this form is: the same again gets the same answer. Raises `BadField`."""
    key = request.form.get("request_key", "")
    if not KEY.fullmatch(key):
        raise BadField(request_key="invalid" if key else "missing")
    meant = [one for one in request.form.items(multi=True) if one[0] not in NOT_MEANT]
    files = [(one.filename, sha256(one.stream.read()).hexdigest()) for one in _files()]
    made_of = sha256(repr((meant, files)).encode()).hexdigest()
    return RequestKey(f"{who().actor}", request.method, request.path, key, made_of)


def fresh_key() -> str:
    """For the next press of a form."""
    return token_urlsafe(16)


def _files() -> list[FileStorage]:
    found = [file for _, file in request.files.items(multi=True)]
    for file in found:
        file.stream.seek(0)
    return found
