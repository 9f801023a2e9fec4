"""Writing and changing findings and measures. Who comes second is told, and nothing is lost."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from server.domain.asked_days import Half
from server.domain.finding import About, Stood
from server.domain.measure import (
    LONGEST,
    SOON,
    By,
    Change,
    Finding,
    Measure,
    MeasureWish,
    Reminder,
    Standing,
    State,
)
from server.domain.refusals import BadField
from server.domain.typed import typed
from server.domain.wish import RequestKey
from server.office import Office, Turn
from server.store import measures as kept
from server.store import schema

AN_ID = TypeAdapter(int)


class Register:
    """Bound to one office. No verb here changes what the hall's screens show."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # ------------------------------------------------------------ looking

    def of_half(self, half: Half) -> list[Finding]:
        """Every finding of a half-year with its measures and their steps, oldest first."""
        with self._office.store.reading() as db:
            return kept.of_half(db, self._office.id, half)

    def one(self, finding_id: int) -> Finding:
        """Raises `NotFound`."""
        with self._office.store.reading() as db:
            return kept.one(db, self._office.id, finding_id)

    def measure(self, measure_id: int) -> tuple[Finding, Measure]:
        """A measure and what it answers. Raises `NotFound`."""
        with self._office.store.reading() as db:
            row = kept.find(db, schema.measures, self._office.id, measure_id)
            found = kept.one(db, self._office.id, row.finding_id)
        return found, next(one for one in found.measures if one.id == measure_id)

    def of_step(self, step_id: int) -> tuple[Finding, Measure]:
        """The measure that a step was done for, and what it answers. Raises `NotFound`."""
        with self._office.store.reading() as db:
            row = kept.find(db, schema.measure_steps, self._office.id, step_id)
        return self.measure(row.measure_id)

    def history(self, finding_id: int) -> list[Change]:
        """Who changed what of a finding and its measures, oldest first."""
        with self._office.store.reading() as db:
            return kept.history(db, self._office.id, finding_id)

    def reminder(self, today: date) -> Reminder:
        """Of all half-years."""
        with self._office.store.reading() as db:
            found = kept.due_until(db, self._office.id, today + SOON)
        return Reminder(
            overdue=tuple(one for one in found if one.overdue(today)),
            soon=tuple(one for one in found if one.due_soon(today)),
        )

    # ------------------------------------------------------------ findings

    def add_finding(
        self,
        half: Half,
        about: About,
        body: str,
        stood: Stood | None,
        by: By,
        key: RequestKey | None = None,
    ) -> int:
        """Written by hand; returns its id, the same again for the same press. Raises `BadField`."""
        body = needed("body", body)

        def act(turn: Turn) -> int:
            return add_finding(turn, half, about, body, stood, by)

        return self._office.once(key, AN_ID, act, board=False)

    def change_finding(self, finding_id: int, version: int, body: str, by: By) -> None:
        """Other words for it. Raises `BadField`, also when a colleague was quicker; `NotFound`."""
        body = needed("body", body)
        with self._office.verb(board=False) as turn:
            row = self._finding(turn, finding_id, version)
            self._say(turn, row, {"body": body}, "finding_changed", by)

    def take(self, finding_id: int, version: int, by: By) -> None:
        """A proposed or dismissed finding is one of the office's. Raises as `change_finding`."""
        with self._office.verb(board=False) as turn:
            row = self._finding(turn, finding_id, version)
            self._say(turn, row, {"state": Standing.TAKEN, "why": None}, "finding_taken", by)

    def dismiss(self, finding_id: int, version: int, why: str, by: By) -> None:
        """It stays in the list, with why. Raises as `change_finding`; one with measures stays."""
        why = needed("why", why)
        with self._office.verb(board=False) as turn:
            row = self._finding(turn, finding_id, version)
            if kept.one(turn.db, turn.office_id, finding_id).measures:
                raise BadField(why="finding_has_measures")
            now = {"state": Standing.DISMISSED, "why": why}
            self._say(turn, row, now, "finding_dismissed", by)

    # ------------------------------------------------------------ measures

    def add_measure(
        self, finding_id: int, wish: MeasureWish, by: By, key: RequestKey | None = None
    ) -> int:
        """Returns its id; a proposed finding is taken with it. Raises `BadField`, `NotFound`."""
        wish = checked(wish)

        def act(turn: Turn) -> int:
            row = kept.find(turn.db, schema.findings, turn.office_id, finding_id)
            if row.state != Standing.TAKEN:
                taken = {"state": Standing.TAKEN, "why": None}
                self._say(turn, row, taken, "finding_taken", by)
            return add_measure(turn, finding_id, wish, by)

        return self._office.once(key, AN_ID, act, board=False)

    def change_measure(self, measure_id: int, version: int, wish: MeasureWish, by: By) -> None:
        """Raises `BadField`, also when a colleague was quicker; `NotFound`."""
        wish = checked(wish)
        with self._office.verb(board=False) as turn:
            row = kept.find(turn.db, schema.measures, turn.office_id, measure_id)
            same_version(row, version)
            say_measure(turn, row, wish, by)

    def _finding(self, turn: Turn, finding_id: int, version: int) -> Any:
        row = kept.find(turn.db, schema.findings, turn.office_id, finding_id)
        same_version(row, version)
        return row

    def _say(self, turn: Turn, row: Any, values: dict[str, Any], action: str, by: By) -> None:
        before, after = differing(row._mapping, values)
        if not after:
            return
        more = values | {"version": row.version + 1}
        kept.change(turn.db, schema.findings, turn.office_id, row.id, more)
        note(turn, by, (row.id, None), action, before, after)


# ---------------------------------------------------------------- inside a transaction


def add_finding(
    turn: Turn,
    half: Half,
    about: About,
    body: str,
    stood: Stood | None,
    by: By,
    *,
    state: Standing = Standing.TAKEN,
    drawn: str | None = None,
    action: str = "finding_added",
) -> int:
    values = {
        "fiscal_year": half.year,
        "half": half.number,
        "kind": about.kind,
        "service": about.service or None,
        "aspect": about.aspect or None,
        "reason": about.reason or None,
        "body": body,
        "stood": None if stood is None else stood.text(),
        "state": state,
        "drawn": drawn,
        "version": 1,
        "created_at": turn.now,
    }
    finding_id = kept.add(turn.db, schema.findings, turn.office_id, turn.now, values)
    note(turn, by, (finding_id, None), action, {}, {"body": body})
    return finding_id


def add_measure(turn: Turn, finding_id: int, wish: MeasureWish, by: By) -> int:
    values = columns(wish) | {
        "finding_id": finding_id,
        "version": 1,
        "created_at": turn.now,
    }
    measure_id = kept.add(turn.db, schema.measures, turn.office_id, turn.now, values)
    told = {name: value for name, value in columns(wish).items() if value}
    note(turn, by, (finding_id, measure_id), "measure_added", {}, told)
    return measure_id


def say_measure(turn: Turn, row: Any, wish: MeasureWish, by: By) -> None:
    before, after = differing(row._mapping, columns(wish))
    if not after:
        return
    more = columns(wish) | {"version": row.version + 1}
    kept.change(turn.db, schema.measures, turn.office_id, row.id, more)
    note(turn, by, (row.finding_id, row.id), "measure_changed", before, after)


def note(
    turn: Turn,
    by: By,
    about: tuple[int, int | None],
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    who = (str(by.actor), by.role)
    kept.note(turn.db, turn.office_id, turn.now, who, about, action, dict(before), dict(after))


def same_version(row: Any, version: int) -> None:
    """Raises `BadField`: a colleague changed it since the form was opened."""
    if row.version != version:
        raise BadField(version="changed_meanwhile")


def differing(
    row: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name, value in values.items() if row[name] != value]
    return {n: row[n] or "" for n in names}, {n: values[n] or "" for n in names}


def columns(wish: MeasureWish) -> dict[str, Any]:
    return {
        "what": wish.what,
        "method": wish.method,
        "responsible": wish.responsible,
        "due": None if wish.due is None else wish.due.isoformat(),
        "due_words": wish.due_words,
        "state": wish.state,
        "why": wish.why or None,
    }


def checked(wish: MeasureWish) -> MeasureWish:
    """As it is kept. Raises `BadField`; a dropped measure needs its reason, no other keeps one."""
    return MeasureWish(
        what=needed("what", wish.what),
        method=typed("method", wish.method, LONGEST["method"]),
        responsible=typed("responsible", wish.responsible, LONGEST["responsible"]),
        due=wish.due,
        due_words=typed("due_words", wish.due_words, LONGEST["due_words"]),
        state=wish.state,
        why=needed("why", wish.why) if wish.state is State.DROPPED else "",
    )


def needed(field: str, text: str) -> str:
    """As it is kept. Raises `BadField`, also where nothing is said."""
    found = typed(field, text, LONGEST[field])
    if not found:
        raise BadField(**{field: "missing"})
    return found


def share_done(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many of the measures that were not dropped are done, and of how many."""
    found = [one.wish.state for finding in findings for one in finding.measures]
    return found.count(State.DONE), len(found) - found.count(State.DROPPED)
