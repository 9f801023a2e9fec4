"""What residents said between two office dates, counted by the database. Nothing of one person."""

import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, literal, select, text

from server.domain.cube import Tally
from server.domain.questionnaire import OVERALL
from server.domain.self_check import SELF_CHECK
from server.store.schema import answer_items, answers, presses, questionnaires, services

PAPER = "paper"  # typed in by staff: no survey was opened for it
# A respondent's score in an aspect is the mean of the items answered: so first by respondent.
VISITS = text("""
    SELECT service_id, counter_id, count(*) AS n FROM steps
    WHERE office_id = :office_id AND day BETWEEN :first AND :last AND outcome = 'served'
    GROUP BY service_id, counter_id""")
PEOPLE = text("""
    SELECT count(DISTINCT ticket_id) FROM steps
    WHERE office_id = :office_id AND day BETWEEN :first AND :last AND outcome = 'served'""")
BEGAN = text("""
    SELECT min(day) FROM steps
    WHERE office_id = :office_id AND day BETWEEN :first AND :last""")
ASKED = text("""
    SELECT service_id, counter_id, count(*) AS asked, count(answered_at) AS answered,
           sum(CASE WHEN closes_at < :now THEN 1 ELSE 0 END) AS closed,
           sum(CASE WHEN closes_at < :now AND answered_at IS NOT NULL THEN 1 ELSE 0 END)
               AS closed_answered
    FROM survey_tokens
    WHERE office_id = :office_id AND opened_at >= :begun AND opened_at < :ended
    GROUP BY service_id, counter_id""")


def tallies(db: Connection, office_id: int, first: date, last: date) -> list[Tally]:
    """Everything said, flagged too, but for the self-check, which is no satisfaction."""
    each = (
        select(
            answers.c.service_id,
            answers.c.channel,
            answers.c.counter_id,
            func.substr(answers.c.day, 1, 7).label("month"),
            answer_items.c.aspect,
            answers.c.flag.is_not(None).label("flagged"),
            func.sum(answer_items.c.score).label("sum"),
            func.count().label("items"),
        )
        .join(
            answer_items,
            (answer_items.c.office_id == answers.c.office_id)
            & (answer_items.c.answer_id == answers.c.id),
        )
        .where(_mine(answers, office_id, first, last), answer_items.c.aspect != SELF_CHECK)
        .group_by(
            answers.c.id,
            *(answers.c[name] for name in ("service_id", "channel", "counter_id", "day", "flag")),
            answer_items.c.aspect,
        )
        .subquery()
    )
    answered = select(*each.c, func.count().label("n")).group_by(*each.c)
    month, flagged = func.substr(presses.c.day, 1, 7), presses.c.flag.is_not(None)
    pressed = (
        select(
            presses.c.service_id,
            presses.c.channel,
            presses.c.counter_id,
            month,
            literal(OVERALL),
            flagged,
            presses.c.score,
            literal(1),
            func.count(),
        )
        .where(_mine(presses, office_id, first, last))
        .group_by(
            *(presses.c[name] for name in ("service_id", "channel", "counter_id", "score")),
            # By place: PostgreSQL takes two parameters of one value for two different ones.
            text("4"),
            text("6"),
        )
    )
    return [
        Tally(*row[:5], bool(row[5]), int(row[6]), int(row[7]), int(row[8]))
        for query in (answered, pressed)
        for row in db.execute(query)
    ]


def self_check_points(
    db: Connection, office_id: int, first: date, last: date
) -> dict[tuple[str, int], list[int]]:
    """The points (0–100) given to each item as each questionnaire (by id) asked it; flagged ones
    are left out."""
    rows = db.execute(
        select(answer_items.c.item, answers.c.questionnaire_id, answer_items.c.score)
        .join(
            answers,
            (answer_items.c.office_id == answers.c.office_id)
            & (answer_items.c.answer_id == answers.c.id),
        )
        .where(
            _mine(answers, office_id, first, last),
            answers.c.flag.is_(None),
            answer_items.c.aspect == SELF_CHECK,
        )
    )
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in rows:
        found[row.item, row.questionnaire_id].append(row.score)
    return found


def reasons(db: Connection, office_id: int, first: date, last: date) -> Counter[str]:
    """How often each reason was given; flagged ones are left out. Protected ones are not here."""
    found: Counter[str] = Counter()
    for table in (answers, presses):
        query = (
            select(table.c.reasons, func.count())
            .where(
                _mine(table, office_id, first, last),
                table.c.flag.is_(None),
                table.c.reasons != "[]",
            )
            .group_by(table.c.reasons)
        )
        for codes, n in db.execute(query):
            for code in json.loads(codes):
                found[code] += n
    return found


def flags(db: Connection, office_id: int, first: date, last: date) -> Counter[str]:
    """How many answers and presses were left out, by why."""
    found: Counter[str] = Counter()
    for table in (answers, presses):
        query = (
            select(table.c.flag, func.count())
            .where(_mine(table, office_id, first, last), table.c.flag.is_not(None))
            .group_by(table.c.flag)
        )
        for flag, n in db.execute(query):
            found[flag] += n
    return found


def given(db: Connection, office_id: int, first: date, last: date) -> tuple[int, int]:
    """How many answers and how many presses count."""
    counts = [
        db.scalar(
            select(func.count()).where(_mine(table, office_id, first, last), table.c.flag.is_(None))
        )
        for table in (answers, presses)
    ]
    return counts[0] or 0, counts[1] or 0


def survey_channels(db: Connection, office_id: int, first: date, last: date) -> set[str]:
    """The channels by which residents themselves answered a survey."""
    mine = _mine(answers, office_id, first, last) & (answers.c.channel != PAPER)
    return set(db.scalars(select(answers.c.channel).distinct().where(mine)))


def visits(db: Connection, office_id: int, first: date, last: date) -> list[Row[Any]]:
    """Rows (service_id, counter_id, n): steps served."""
    return list(db.execute(VISITS, _days(office_id, first, last)))


def people(db: Connection, office_id: int, first: date, last: date) -> int:
    """How many tickets had a step served."""
    return db.scalar(PEOPLE, _days(office_id, first, last)) or 0


def began(db: Connection, office_id: int, first: date, last: date) -> date | None:
    """The first of these days on which somebody came."""
    found = db.scalar(BEGAN, _days(office_id, first, last))
    return date.fromisoformat(found) if found else None


def asked(db: Connection, office_id: int, begun: int, ended: int, now: int) -> list[Row[Any]]:
    """Rows (service_id, counter_id, asked, answered, closed, closed_answered) of surveys opened
    then (ms)."""
    times = {"begun": begun, "ended": ended, "now": now}
    return list(db.execute(ASKED, {"office_id": office_id, **times}))


def versions(db: Connection, office_id: int) -> list[Row[Any]]:
    """Rows (id, code, version, asked_from, body) of all that was ever asked, oldest first."""
    names = ("id", "code", "version", "asked_from", "body")
    return list(
        db.execute(
            select(*(questionnaires.c[name] for name in names))
            .where(
                questionnaires.c.office_id == office_id,
                questionnaires.c.active | questionnaires.c.asked_from.is_not(None),
            )
            .order_by(questionnaires.c.version, questionnaires.c.id)
        )
    )


def answers_by_version(db: Connection, office_id: int, first: date, last: date) -> dict[int, int]:
    """How many answers that count each questionnaire (by id) got."""
    query = (
        select(answers.c.questionnaire_id, func.count())
        .where(_mine(answers, office_id, first, last), answers.c.flag.is_(None))
        .group_by(answers.c.questionnaire_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def divisions_of(db: Connection, office_id: int) -> dict[int, set[int]]:
    """The services' ids by their division's."""
    found: dict[int, set[int]] = defaultdict(set)
    query = select(services.c.id, services.c.division_id).where(services.c.office_id == office_id)
    for row in db.execute(query):
        found[row.division_id].add(row.id)
    return found


def _mine(table: Table, office_id: int, first: date, last: date) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = table.c.office_id == office_id
    return mine & table.c.day.between(first.isoformat(), last.isoformat())


def _days(office_id: int, first: date, last: date) -> dict[str, object]:
    return {"office_id": office_id, "first": first.isoformat(), "last": last.isoformat()}
