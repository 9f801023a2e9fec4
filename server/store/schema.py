"""The tables. Times are Unix ms, named `…_at`; durations are seconds, named `…_s`.

Every table carries `office_id` first in its keys and indexes, so that a large database can be
divided by office without a rewrite. Ids are the time-ordered numbers of `store.ids`.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite: rows lie in the order of their key. A table that is written with every ticket then has
# one tree less to write, and to bring to the disk before the ticket is acknowledged. Not `steps`:
# there SQLite would often rather look through the whole table than take a partial index.
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def _office() -> Column[int]:
    return Column("office_id", BigInteger, ForeignKey("offices.id"), nullable=False)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _yes(name: str, default: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text(default))


def _default(name: str, default: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text(default))


def _of(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["office_id", column], [f"{table}.office_id", f"{table}.id"])


def _key(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("office_id", *columns)


# ---------------------------------------------------------------- the set-up

offices = Table(
    "offices",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False, unique=True),
    _text("name_th"),
    _text("name_en"),
    _text("settings"),  # JSON of domain.settings.Settings
    _text("secret"),  # hex; residents' links are made from it
    _yes("demo", "false"),
    _number("created_at"),
)
secrets = Table(  # what belongs to the installation, not to one office
    "secrets", metadata, Column("name", Text, primary_key=True), _text("value")
)
divisions = Table(
    "divisions",
    metadata,
    _office(),
    _number("id"),
    _text("code"),
    _text("name_th"),
    _text("name_en"),
    _text("head_th"),
    _text("head_en"),
    Column("position", Integer, nullable=False),
    _key("id"),
    UniqueConstraint("office_id", "code"),
)
pools = Table(
    "pools",
    metadata,
    _office(),
    _text("prefix"),
    _text("name_th"),
    _text("name_en"),
    Column("position", Integer, nullable=False),
    _key("prefix"),
)
services = Table(
    "services",
    metadata,
    _office(),
    _number("id"),
    _text("code"),
    _text("prefix"),
    _number("division_id"),
    _text("icon"),
    _text("name_th"),
    _text("name_en"),
    Column("standard_minutes", Integer, nullable=False),
    Column("case_days", Integer, nullable=False),
    _text("papers"),  # JSON: documents, forms, steps, fee
    _text("profile"),  # JSON: what the simulator draws from, and the demand that orders tiles
    _default("rules", "'{}'"),  # JSON of domain.settings.ServiceRules
    _yes("active", "true"),
    Column("position", Integer, nullable=False),
    _key("id"),
    UniqueConstraint("office_id", "code"),
    _of("divisions", "division_id"),
    ForeignKeyConstraint(["office_id", "prefix"], ["pools.office_id", "pools.prefix"]),
)
counters = Table(
    "counters",
    metadata,
    _office(),
    _number("id"),
    _text("number"),
    _text("name_th"),
    _text("name_en"),
    _number("division_id", null=True),
    _text("state"),  # open, closed, paused
    _text("pause_reason", null=True),
    _number("staff_id", null=True),  # who sits there
    _number("since_at", null=True),
    _yes("active", "true"),
    _key("id"),
    UniqueConstraint("office_id", "number"),
)
counter_services = Table(
    "counter_services",
    metadata,
    _office(),
    _number("counter_id"),
    _number("service_id"),
    Column("penalty_s", Integer, nullable=False),
    _key("counter_id", "service_id"),
    _of("counters", "counter_id"),
    _of("services", "service_id"),
)
counter_events = Table(  # who sat where from when to when
    "counter_events",
    metadata,
    _office(),
    _number("id"),
    _number("counter_id"),
    _number("at"),
    _text("state"),  # open, closed, paused
    _text("reason", null=True),
    _number("staff_id", null=True),
    _text("actor"),
    _key("id"),
    _of("counters", "counter_id"),
    Index("ix_counter_events_counter", "office_id", "counter_id", "id"),
    Index("ix_counter_events_at", "office_id", "at"),
)
printers = Table(
    "printers",
    metadata,
    _office(),
    _number("id"),
    _text("code"),
    _text("name_th"),
    _text("name_en"),
    _text("url"),
    _yes("is_default", "false"),
    _text("problem", null=True),  # what the last conversation ended with; null: well
    _number("problem_at", null=True),
    _yes("near_end", "false"),
    _key("id"),
    UniqueConstraint("office_id", "code"),
)

# ---------------------------------------------------------------- who may come in

staff = Table(
    "staff",
    metadata,
    _office(),
    _number("id"),
    _text("username"),
    _text("name_th"),
    _text("name_en"),
    _text("role"),
    _text("password_hash", null=True),  # argon2; null until the one-time link was used
    _yes("active", "true"),
    _key("id"),
    UniqueConstraint("office_id", "username"),
)
sign_ins = Table(
    "sign_ins",
    metadata,
    _office(),
    _number("id"),
    Column("token_hash", Text, nullable=False, unique=True),
    _number("staff_id"),
    _number("counter_id", null=True),
    _number("seen_at"),
    _number("ended_at", null=True),
    _key("id"),
    _of("staff", "staff_id"),
)
devices = Table(
    "devices",
    metadata,
    _office(),
    _number("id"),
    _text("kind"),  # kiosk, display, tablet
    _text("name"),
    Column("token_hash", Text, nullable=False, unique=True),
    _number("printer_id", null=True),
    _text("service_ids"),  # JSON list; empty: all
    _yes("active", "true"),
    _number("created_at"),
    _key("id"),
)
pairings = Table(  # a device that shows its code and waits for an administrator
    "pairings",
    metadata,
    _office(),
    _number("id"),
    _text("code"),
    Column("token_hash", Text, nullable=False, unique=True),
    _text("kind"),
    _number("expires_at"),
    _number("device_id", null=True),
    _key("id"),
    UniqueConstraint("office_id", "code"),
)
tokens = Table(
    "tokens",
    metadata,
    _office(),
    _number("id"),
    _text("name"),
    _text("role"),
    Column("token_hash", Text, nullable=False, unique=True),
    _number("created_at"),
    _number("revoked_at", null=True),
    _key("id"),
)
invitations = Table(  # one-time links: to set a password, or (demo) to enter a face
    "invitations",
    metadata,
    _office(),
    _number("id"),
    Column("code_hash", Text, nullable=False, unique=True),
    _text("face"),  # password, or the face the link opens
    _number("staff_id", null=True),
    _number("counter_id", null=True),
    _number("expires_at"),
    _number("used_at", null=True),
    _key("id"),
)
audit = Table(
    "audit",
    metadata,
    _office(),
    _number("id"),
    _number("at"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    _text("before", null=True),  # JSON
    _text("after", null=True),
    _key("id"),
)

# ---------------------------------------------------------------- the queue

numbers = Table(
    "numbers",
    metadata,
    _office(),
    _text("day"),
    _text("prefix"),
    Column("last", Integer, nullable=False),
    _key("day", "prefix"),
    **CLUSTERED,
)
tickets = Table(
    "tickets",
    metadata,
    _office(),
    _number("id"),
    _text("day"),
    _text("prefix"),
    Column("number", Integer, nullable=False),
    _text("priority"),
    _text("channel"),
    _text("language"),
    _number("issued_at"),
    _text("slip_state"),
    _text("track_hash"),
    _key("id"),
    UniqueConstraint("office_id", "day", "prefix", "number"),
    Index("ix_tickets_track", "track_hash", unique=True),
    Index("ix_tickets_day", "office_id", "day", "id"),
    **CLUSTERED,
)
steps = Table(
    "steps",
    metadata,
    _office(),
    _number("id"),
    _number("ticket_id"),
    Column("position", Integer, nullable=False),
    _number("service_id"),
    _text("prefix"),  # its service's pool
    _number("counter_id", null=True),
    _text("state"),
    _text("outcome", null=True),
    _number("queue_at"),
    _text("day", null=True),  # the office's date of issued_at: the day it counts in
    _number("issued_at", null=True),
    _number("slot_at", null=True),
    _number("first_called_at", null=True),
    _number("called_at", null=True),
    _number("started_at", null=True),
    _number("ended_at", null=True),
    Column("recalls", Integer, nullable=False, server_default="0"),
    _number("staff_id", null=True),  # who called it
    Column("returns", Integer, nullable=False, server_default="0"),  # after a no-show
    # The wait that was told when the step began to wait; beside the real one it is judged.
    Column("told_low_s", Integer, nullable=True),
    Column("told_likely_s", Integer, nullable=True),
    Column("told_high_s", Integer, nullable=True),
    _key("id"),
    _of("tickets", "ticket_id"),
    _of("services", "service_id"),
    Index("ix_steps_ticket", "office_id", "ticket_id", "position"),
    Index("ix_steps_day", "office_id", "day"),
)
_waits = steps.c.state == "waiting"
Index(
    "ix_steps_waiting",
    *(steps.c[c] for c in ("office_id", "service_id", "queue_at", "id")),
    sqlite_where=_waits,
    postgresql_where=_waits,
)
Index(
    "ix_steps_pool",
    *(steps.c[c] for c in ("office_id", "prefix", "queue_at", "id")),
    sqlite_where=_waits,
    postgresql_where=_waits,
)
_open_steps = steps.c.state.in_(["planned", "waiting", "called", "serving", "held"])
Index(
    "ix_steps_counter",
    *(steps.c[c] for c in ("office_id", "counter_id")),
    sqlite_where=_open_steps,
    postgresql_where=_open_steps,
)
ticket_events = Table(
    "ticket_events",
    metadata,
    _office(),
    _number("id"),
    _number("ticket_id"),
    _number("step_id"),
    _number("at"),
    _text("kind"),
    _number("counter_id", null=True),
    _text("actor"),
    _text("reason", null=True),
    _text("why", null=True),  # JSON of domain.why.Why
    _key("id"),
    _of("tickets", "ticket_id"),
    Index("ix_ticket_events_ticket", "office_id", "ticket_id", "id"),
    Index("ix_ticket_events_at", "office_id", "at"),
    **CLUSTERED,
)
request_keys = Table(
    "request_keys",
    metadata,
    _office(),
    _text("caller"),
    _text("method"),
    _text("path"),
    _text("key"),
    _text("body_hash"),
    _text("answer", null=True),
    _number("at"),
    _key("caller", "method", "path", "key"),
    Index("ix_request_keys_at", "at"),
    **CLUSTERED,
)
current_calls = Table(  # what each counter's call on the board is; never found by scanning events
    "current_calls",
    metadata,
    _office(),
    _number("counter_id"),
    _number("call_id"),
    _number("ticket_id"),
    _number("service_id"),
    _text("number"),
    _number("at"),
    _yes("recall", "false"),
    _key("counter_id"),
    _of("counters", "counter_id"),
    **CLUSTERED,
)
board_versions = Table(
    "board_versions", metadata, _office(), _number("version"), PrimaryKeyConstraint("office_id")
)
slip_jobs = Table(
    "slip_jobs",
    metadata,
    _office(),
    _number("id"),
    _number("ticket_id", null=True),  # null: a test slip
    _number("printer_id"),
    _text("slip"),  # JSON of printers.slip.Slip
    _text("state"),
    _number("due_at"),
    _number("leased_until", null=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    _text("problem", null=True),
    _number("created_at"),
    _number("settled_at", null=True),
    _key("id"),
    _of("printers", "printer_id"),
    Index("ix_slip_jobs_ticket", "office_id", "ticket_id"),
)
_open_jobs = slip_jobs.c.state.in_(["queued", "failed", "printing"])
Index(
    "ix_slip_jobs_due",
    slip_jobs.c.due_at,
    sqlite_where=_open_jobs,
    postgresql_where=_open_jobs,
)

# ---------------------------------------------------------------- satisfaction

questionnaires = Table(
    "questionnaires",
    metadata,
    _office(),
    _number("id"),
    _text("code"),
    Column("version", Integer, nullable=False),
    _text("body"),  # JSON of domain.questionnaire.Questionnaire
    _yes("active", "true"),
    _key("id"),
    UniqueConstraint("office_id", "code", "version"),
)
survey_tokens = Table(  # no ticket here: an answer leads back to nobody
    "survey_tokens",
    metadata,
    _office(),
    _text("token_hash"),
    _number("service_id"),
    _number("opened_at", null=True),
    _number("closes_at", null=True),
    _number("answered_at", null=True),
    _key("token_hash"),
    Index("ix_survey_tokens_hash", "token_hash", unique=True),
    **CLUSTERED,
)
answers = Table(
    "answers",
    metadata,
    _office(),
    _number("id"),
    _number("questionnaire_id"),
    _number("service_id"),
    _text("channel"),
    _number("at"),
    _text("day"),
    _text("reasons"),  # JSON list of codes
    _text("comment", null=True),
    _text("flag", null=True),
    _text("continue_hash", null=True),
    _number("continue_until", null=True),
    _key("id"),
    Index("ix_answers_day", "office_id", "day"),
    Index("ix_answers_continue", "office_id", "continue_hash"),
    **CLUSTERED,
)
answer_items = Table(
    "answer_items",
    metadata,
    _office(),
    _number("answer_id"),
    _text("item"),
    _text("aspect"),
    Column("score", Integer, nullable=False),
    _key("answer_id", "item"),
    _of("answers", "answer_id"),
    **CLUSTERED,
)
presses = Table(
    "presses",
    metadata,
    _office(),
    _number("id"),
    _number("at"),
    _text("day"),
    Column("score", Integer, nullable=False),
    _text("channel"),
    _number("counter_id", null=True),
    _number("service_id", null=True),
    _text("source"),  # whose presses are one burst: counter:ID, device:ID or the caller
    _text("reasons"),
    _text("press_id", null=True),
    _text("flag", null=True),
    _key("id"),
    UniqueConstraint("office_id", "press_id"),
    Index("ix_presses_day", "office_id", "day"),
    Index("ix_presses_source", "office_id", "source", "at"),
    **CLUSTERED,
)
protected_reports = Table(  # "asked for money": on no dashboard, tied to no answer, counter or hour
    "protected_reports",
    metadata,
    _office(),
    _number("id"),
    _text("day"),
    _text("reason"),
    _text("channel"),
    _key("id"),
)

# ---------------------------------------------------------------- background work

leases = Table(  # work that N workers do once
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    _text("holder"),
    _number("until_at"),
)
