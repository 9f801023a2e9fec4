"""Offices: made from a file, read with every verb."""

import json
import secrets as random

from sqlalchemy import Connection, Row, insert, select, text

from server.domain.office_file import OfficeFile, ServicePapers, ServiceProfile
from server.domain.refusals import NotAllowed, NotFound
from server.domain.settings import ServiceRules
from server.store import schema
from server.store.ids import new_id
from server.store.plain import Plain

# The office's row, and when its newest event was: a clock set back makes no earlier event.
FOR_VERB = Plain("""
    SELECT settings, secret,
           (SELECT max(at) FROM ticket_events WHERE office_id = :office_id) AS last_at
    FROM offices WHERE id = :office_id""")


MAKE_SECRET = text("""
    INSERT INTO secrets (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING""")
REMEMBER = text("""
    INSERT INTO secrets (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value""")


def for_verb(db: Connection, office_id: int) -> Row[tuple[str, str, int | None]]:
    """`settings` (JSON), `secret` (hex) and `last_at` (Unix ms or None)."""
    found: Row[tuple[str, str, int | None]] = FOR_VERB.first(db, {"office_id": office_id})
    return found


def ids(db: Connection) -> list[int]:
    return list(db.scalars(select(schema.offices.c.id).order_by(schema.offices.c.created_at)))


def find(db: Connection, slug: str | None) -> int:
    """The office of this slug; without one, the only office there is.

    Raises `NotFound` (no such office), `NotAllowed` (several, and none was named).
    """
    rows = db.execute(
        select(schema.offices.c.id, schema.offices.c.slug).order_by(schema.offices.c.created_at)
    ).all()
    if slug is not None:
        rows = [row for row in rows if row.slug == slug]
    if not rows:
        raise NotFound("no_such_office", slug=slug or "")
    if len(rows) > 1:
        raise NotAllowed("which_office", slugs=", ".join(row.slug for row in rows))
    office_id: int = rows[0].id
    return office_id


def server_secret(db: Connection, name: str) -> str:
    """A random value of this installation, made the first time it is asked for (hex)."""
    if (found := recall(db, name)) is None:
        db.execute(MAKE_SECRET, {"name": name, "value": random.token_hex(32)})
        found = recall(db, name)  # another worker that starts just now may have been quicker
    return str(found)


def recall(db: Connection, name: str) -> str | None:
    """What `remember` wrote under this name."""
    table = schema.secrets
    found: str | None = db.scalar(select(table.c.value).where(table.c.name == name))
    return found


def remember(db: Connection, name: str, value: str) -> None:
    """Keeps one fact about the installation, such as the address it last served at."""
    db.execute(REMEMBER, {"name": name, "value": value})


def add(db: Connection, file: OfficeFile, now: int, *, demo: bool = False) -> int:
    """Writes a new office with all the file names; returns its id.

    `demo`: marks it so and lets it serve at any hour. Raises `NotAllowed` when the slug is taken.
    """
    slug = file.office.slug
    if db.scalar(select(schema.offices.c.id).where(schema.offices.c.slug == slug)) is not None:
        raise NotAllowed("office_exists", slug=slug)
    kept = file.kept()
    rules = kept.settings.model_copy(
        update={"demo": demo, "always_open": demo or kept.settings.always_open}
    )
    kept = kept.model_copy(update={"settings": rules})
    office = {"office_id": new_id(now)}
    db.execute(
        insert(schema.offices).values(
            id=office["office_id"],
            slug=slug,
            name_th=kept.office.name.th,
            name_en=kept.office.name.en,
            settings=kept.text(),
            secret=random.token_hex(32),
            demo=demo,
            created_at=now,
        )
    )
    db.execute(insert(schema.board_versions).values(**office, version=now))
    _add_rows(db, file, office, now)
    return office["office_id"]


def _add_rows(db: Connection, file: OfficeFile, office: dict[str, int], now: int) -> None:
    divisions = {part.code: new_id(now) for part in file.division}
    rows: list[dict[str, object]] = [
        {
            **office,
            "id": divisions[part.code],
            "code": part.code,
            **_names(part.name),
            "head_th": part.head.th,
            "head_en": part.head.en,
            "position": at,
        }
        for at, part in enumerate(file.division)
    ]
    db.execute(insert(schema.divisions), rows)
    named = {part.prefix: part.name for part in file.pool}
    for service in file.service:  # a pool that the file does not name takes its service's name
        named.setdefault(service.prefix, service.name)
    rows = [
        {**office, "prefix": prefix, **_names(name), "position": at}
        for at, (prefix, name) in enumerate(named.items())
    ]
    db.execute(insert(schema.pools), rows)
    services = {part.code: new_id(now) for part in file.service}
    rows = [
        {
            **office,
            "id": services[part.code],
            "code": part.code,
            "prefix": part.prefix,
            "division_id": divisions[part.division],
            "icon": part.icon,
            **_names(part.name),
            "standard_minutes": part.standard_minutes,
            "case_days": part.case_days,
            "papers": part.model_dump_json(include=set(ServicePapers.model_fields)),
            "profile": part.model_dump_json(include=set(ServiceProfile.model_fields)),
            "rules": part.model_dump_json(
                include=set(ServiceRules.model_fields), exclude_defaults=True
            ),
            "position": at,
        }
        for at, part in enumerate(file.service)
    ]
    db.execute(insert(schema.services), rows)
    counters = {part.number: new_id(now) for part in file.counter}
    rows = [
        {
            **office,
            "id": counters[part.number],
            "number": part.number,
            **_names(part.name),
            "division_id": divisions[part.division] if part.division else None,
            "state": "closed",
        }
        for part in file.counter
    ]
    db.execute(insert(schema.counters), rows)
    rows = [
        {
            **office,
            "counter_id": counters[part.number],
            "service_id": services[code],
            "penalty_s": penalty,
        }
        for part in file.counter
        for code, penalty in part.services.items()
    ]
    db.execute(insert(schema.counter_services), rows)
    rows = [
        {
            **office,
            "id": new_id(now),
            "username": part.username,
            **_names(part.name),
            "role": part.role,
        }
        for part in file.staff
    ]
    if rows:
        db.execute(insert(schema.staff), rows)
    rows = [
        {
            **office,
            "id": new_id(now),
            "code": part.code,
            **_names(part.name),
            "url": part.url,
            "is_default": part.default,
        }
        for part in file.printer
    ]
    if rows:
        db.execute(insert(schema.printers), rows)
    db.execute(
        insert(schema.questionnaires).values(
            **office,
            id=new_id(now),
            code=file.questionnaire.code,
            version=file.questionnaire.version,
            body=file.questionnaire.model_dump_json(),
        )
    )


def _names(words: object) -> dict[str, object]:
    return {"name_th": getattr(words, "th", ""), "name_en": getattr(words, "en", "")}


def as_json(value: object) -> str:
    """How JSON columns are written: Thai stays readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
