"""An office's own table of measures: brought, looked at, taken whole or not at all."""

from flask import request
from werkzeug.wrappers import Response

from server.domain import roles
from server.domain.measure import half_of_key, offered
from server.domain.measure_table import Column, Table, guessed, read_rows
from server.domain.refusals import BadField
from server.measures.table import LARGEST_TABLE, read_table
from server.measuring import forms
from server.measuring.face import by, done, face, page, room, today
from server.sheet import comes_back
from server.web import larger_body, only

AROUND = 64 * 1024  # the form around a file, or around a table's text
LARGEST_TEXT = 480 * 1024
CHECK = "check"  # the button that only looks again


@face.get("/import")
@only(roles.MEASURES_WRITE)
def ask_for_table() -> str:
    halves = offered(today())
    return page("import", halves=halves, half=forms.half_asked(halves))


@face.post("/import")
@larger_body(LARGEST_TABLE + AROUND, roles.MEASURES_WRITE)
@comes_back(ask_for_table)
@only(roles.MEASURES_WRITE)
def show_table() -> Response:
    """What the file says, to be looked at: nothing is kept yet."""
    upload = forms.upload("table", LARGEST_TABLE)
    if upload is None:
        raise BadField(table="missing")
    table = read_table(upload.data)
    return Response(_preview(table, guessed(table.headings)), mimetype="text/html")


def _again() -> str:
    try:
        table = Table.read(request.form.get("table", ""))
        return _preview(table, _columns(table, strict=False))
    except BadField:
        return ask_for_table()


@face.post("/import/take")
@larger_body(LARGEST_TEXT + AROUND, roles.MEASURES_WRITE)
@comes_back(_again)
@only(roles.MEASURES_WRITE)
def take_table() -> Response:
    table = Table.read(request.form.get("table", ""))
    columns, half = _columns(table), half_of_key(request.form.get("half", ""))
    found = read_rows(table, columns)
    if request.form.get("do") == CHECK:
        return Response(_preview(table, columns), mimetype="text/html")
    room().bring(half, found, by(), forms.pressed())
    return done("imported", "home", half=half.key)


def _columns(table: Table, *, strict: bool = True) -> dict[Column, int]:
    """Which column is what, as chosen. Raises `BadField` where `strict` and two are the same."""
    found: dict[Column, int] = {}
    for at in range(len(table.headings)):
        chosen = request.form.get(f"column_{at}", "")
        if chosen in set(Column):
            if strict and Column(chosen) in found:
                raise BadField(table="column_twice")
            found.setdefault(Column(chosen), at)
    return found


def _preview(table: Table, columns: dict[Column, int]) -> str:
    try:
        found = read_rows(table, columns)
    except BadField:
        found = []
    return page(
        "table",
        table=table,
        half=half_of_key(request.form.get("half", "")),
        chosen={at: column for column, at in columns.items()},
        columns=list(Column),
        findings=len(found),
        measures=sum(len(one.measures) for one in found),
        request_key=forms.fresh_key(),
    )
