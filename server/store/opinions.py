"""What residents said: answers, presses, and reports for the protected complaint list.

Nothing here leads to a ticket or an officer. An answer's row knows its hour and no more: neither
its time nor its id tells which visit it was.
"""

import json
from collections.abc import Collection
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.questionnaire import Questionnaire
from server.domain.rating import Pressed
from server.domain.refusals import NotFound
from server.domain.searching import plain
from server.store import line, setup
from server.store.ids import new_id
from server.store.offices import as_json
from server.store.schema import (
    answer_items,
    answers,
    devices,
    presses,
    protected_reports,
    services,
    staff,
    tokens,
)

SOURCES = {"device": devices, "token": tokens, "staff": staff}

# After its half hour nothing is left of a key. (Found by its time: thousands may still be good.)
FORGET = text("""
    UPDATE answers SET continue_hash = NULL, continue_until = NULL
    WHERE office_id = :office_id AND continue_until <= :now""")
# The call that stood there, else the last step that was called there that day.
SERVICE_NOW = text("""
    SELECT service_id FROM current_calls
    WHERE office_id = :office_id AND counter_id = :counter_id AND at <= :at""")
SERVICE_THEN = text("""
    SELECT service_id FROM steps
    WHERE office_id = :office_id AND day = :day AND counter_id = :counter_id AND called_at <= :at
    ORDER BY called_at DESC LIMIT 1""")


def add_answer(
    db: Connection,
    office_id: int,
    *,
    questionnaire_id: int,
    service_id: int,
    channel: str,
    hour_at: int,
    day: str,
    reasons: list[str],
    comment: str | None,
    continue_hash: str,
    continue_until: int,
    counter_id: int | None = None,
) -> int:
    """Writes an answer without its items; returns its id. `hour_at`: its hour's begin (Unix ms)."""
    row = {
        "office_id": office_id,
        "id": new_id(hour_at),
        "questionnaire_id": questionnaire_id,
        "service_id": service_id,
        "counter_id": counter_id,
        "channel": channel,
        "at": hour_at,
        "day": day,
        "reasons": as_json(reasons),
        "comment": comment,
        "comment_plain": comment and plain(comment),
        "continue_hash": continue_hash,
        "continue_until": continue_until,
    }
    db.execute(insert(answers), row)
    answer_id: int = row["id"]  # type: ignore[assignment]
    return answer_id


def add_items(
    db: Connection,
    office_id: int,
    answer_id: int,
    asked: Questionnaire,
    items: dict[str, int],
) -> None:
    rows = [
        {
            "office_id": office_id,
            "answer_id": answer_id,
            "item": item,
            "aspect": asked.aspect_of(item),
            "score": score,
        }
        for item, score in items.items()
    ]
    if rows:
        db.execute(insert(answer_items), rows)


def continued(db: Connection, office_id: int, continue_hash: str, now: int) -> Row[Any] | None:
    """The answer that may be added to with this key, locked where the transaction writes."""
    query = select(answers).where(
        answers.c.office_id == office_id,
        answers.c.continue_hash == continue_hash,
        answers.c.continue_until > now,
    )
    if db.get_execution_options().get("writes", False):
        query = query.with_for_update()
    return db.execute(query).first()


def items_of(db: Connection, office_id: int, answer_id: int) -> dict[str, int]:
    rows = db.execute(
        select(answer_items.c.item, answer_items.c.score).where(
            answer_items.c.office_id == office_id, answer_items.c.answer_id == answer_id
        )
    )
    return {row.item: row.score for row in rows}


def add_to_answer(
    db: Connection,
    office_id: int,
    answer_id: int,
    reasons: list[str],
    comment: str | None,
    about: dict[str, str],
) -> None:
    """Writes all reasons, the comment and what the person said of itself, as they are now."""
    db.execute(
        update(answers)
        .where(answers.c.office_id == office_id, answers.c.id == answer_id)
        .values(
            reasons=as_json(reasons),
            comment=comment,
            comment_plain=comment and plain(comment),
            about=as_json(about),
        )
    )


def forget_keys(db: Connection, office_id: int, now: int) -> None:
    """Answers whose time to be added to is over keep nothing of it."""
    db.execute(FORGET, {"office_id": office_id, "now": now})


def report(
    db: Connection,
    office_id: int,
    reports: Collection[tuple[int, str, str | None]],
    day: str,
) -> None:
    """Puts (id, reason, message) on the protected list; one that is there stays the only one.

    A message may follow; the first one stays.
    """
    rows = [
        {
            "office_id": office_id,
            "id": report_id,
            "day": day,
            "reason": code,
            "message": message,
        }
        for report_id, code, message in reports
    ]
    if rows:
        new = _insert(db, protected_reports)
        first = func.coalesce(protected_reports.c.message, new.excluded.message)
        key = ["office_id", "id"]
        db.execute(new.on_conflict_do_update(index_elements=key, set_={"message": first}), rows)


def lock_source(db: Connection, office_id: int, kind: str, source_id: int) -> None:
    """Two presses of one source come one after the other; those of a source that is no row, such
    as the office's poster, by the office's own. Raises `NotFound` for a counter."""
    if kind == "counter":
        line.lock_counter(db, office_id, source_id)
    elif kind in SOURCES:
        table = SOURCES[kind]
        mine = (table.c.office_id == office_id) & (table.c.id == source_id)
        db.execute(select(table.c.id).where(mine).with_for_update())
    else:
        setup.lock(db, office_id)


def press_of(db: Connection, office_id: int, press_id: str | None) -> Pressed | None:
    """The press that came with this id, if it had one and it came."""
    if press_id is None:
        return None
    row = db.execute(
        select(presses).where(
            presses.c.office_id == office_id, presses.c.press_id == _hidden(press_id)
        )
    ).first()
    if row is None:
        return None
    return Pressed(
        id=row.id,
        at=row.at,
        score=row.score,
        channel=row.channel,
        counter_id=row.counter_id,
        service_id=row.service_id,
        reasons=tuple(json.loads(row.reasons)),
        flag=row.flag,
    )


def add_press(
    db: Connection,
    office_id: int,
    press: Pressed,
    day: str,
    source: str,
    press_id: str | None,
    received_at: int | None = None,
) -> bool:
    """Writes the press; False when its `press_id` is there already. `received_at`: when it came,
    if its device kept it first."""
    row = {
        "office_id": office_id,
        "id": press.id,
        "at": press.at,
        "day": day,
        "score": press.score,
        "channel": press.channel,
        "counter_id": press.counter_id,
        "service_id": press.service_id,
        "source": source,
        "reasons": as_json(list(press.reasons)),
        "press_id": None if press_id is None else _hidden(press_id),
        "flag": press.flag,
        "received_at": received_at,
    }
    once = _insert(db, presses).on_conflict_do_nothing(index_elements=["office_id", "press_id"])
    return db.execute(once.returning(presses.c.id), row).first() is not None


def add_press_reasons(db: Connection, office_id: int, press_id: int, reasons: list[str]) -> None:
    """Reasons given a moment after the press."""
    db.execute(
        update(presses)
        .where(presses.c.office_id == office_id, presses.c.id == press_id)
        .values(reasons=as_json(reasons))
    )


def counted_near(
    db: Connection,
    office_id: int,
    source: str,
    at: int,
    within_ms: int,
    *,
    but_channels: Collection[str] = (),
) -> list[int]:
    """When presses of this source counted, around `at` (all Unix ms), but for these channels'."""
    query = select(presses.c.at).where(
        *_near(office_id, source, at, within_ms), presses.c.flag.is_(None)
    )
    if but_channels:
        query = query.where(presses.c.channel.not_in(but_channels))
    return list(db.scalars(query))


def near(
    db: Connection,
    office_id: int,
    source: str,
    at: int,
    within_ms: int,
    channels: Collection[str] = (),
) -> list[tuple[int, str | None]]:
    """Each press of this source around `at`: when (Unix ms), and its flag. Of these channels, or
    all."""
    query = select(presses.c.at, presses.c.flag).where(*_near(office_id, source, at, within_ms))
    if channels:
        query = query.where(presses.c.channel.in_(channels))
    return [(row.at, row.flag) for row in db.execute(query)]


def flag_near(
    db: Connection,
    office_id: int,
    source: str,
    at: int,
    within_ms: int,
    channels: Collection[str],
    flag: str,
) -> None:
    """Flags what counted of this source and these channels, around `at`."""
    counts = (presses.c.flag.is_(None), presses.c.channel.in_(channels))
    db.execute(
        update(presses)
        .where(*_near(office_id, source, at, within_ms), *counts)
        .values(flag=str(flag))
    )


def pressed_since(db: Connection, office_id: int, counter_id: int, channel: str, at: int) -> bool:
    """Whether anybody pressed at the counter on a device of this channel, at `at` or later."""
    mine = (presses.c.office_id == office_id) & (presses.c.source == f"counter:{counter_id}")
    later = mine & (presses.c.at >= at) & (presses.c.channel == channel)
    return db.scalar(select(presses.c.id).where(later).limit(1)) is not None


def _near(
    office_id: int, source: str, at: int, within_ms: int
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    return (
        presses.c.office_id == office_id,
        presses.c.source == source,
        presses.c.at.between(at - within_ms, at + within_ms),
    )


def service_at(db: Connection, office_id: int, counter_id: int, at: int, day: str) -> int | None:
    """The service of who was called to the counter last before `at` (Unix ms, on `day`)."""
    key = {"office_id": office_id, "counter_id": counter_id, "at": at, "day": day}
    found: int | None = db.scalar(SERVICE_NOW, key) or db.scalar(SERVICE_THEN, key)
    return found


def check_service(db: Connection, office_id: int, service_id: int) -> int:
    """The same id. Raises `NotFound`."""
    mine = (services.c.office_id == office_id) & (services.c.id == service_id)
    if db.scalar(select(services.c.id).where(mine)) is None:
        raise NotFound("no_such_service")
    return service_id


def _insert(db: Connection, table: Any) -> Any:
    """Both databases know ON CONFLICT; SQLAlchemy has it in each dialect."""
    return (sqlite if db.dialect.name == "sqlite" else postgresql).insert(table)


def _hidden(press_id: str) -> str:
    """What is kept of it: enough to know it again, and not what a protected report's id is made
    of, so that no report leads to its press."""
    return sha256(f"press {press_id}".encode()).hexdigest()
