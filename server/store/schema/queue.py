"""The queue: numbers, tickets, their steps and events, the board, slips."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from server.store.schema.ground import CLUSTERED, key, metadata, number, of, office, words, yes

numbers = Table(
    "numbers",
    metadata,
    office(),
    words("day"),
    words("prefix"),
    Column("last", Integer, nullable=False),
    key("day", "prefix"),
    **CLUSTERED,
)
tickets = Table(
    "tickets",
    metadata,
    office(),
    number("id"),
    words("day"),
    words("prefix"),
    Column("number", Integer, nullable=False),
    words("priority"),
    words("channel"),
    words("language"),
    number("issued_at"),
    words("slip_state"),
    words("track_hash"),
    key("id"),
    UniqueConstraint("office_id", "day", "prefix", "number"),
    Index("ix_tickets_track", "track_hash", unique=True),
    Index("ix_tickets_day", "office_id", "day", "id"),
    **CLUSTERED,
)
steps = Table(
    "steps",
    metadata,
    office(),
    number("id"),
    number("ticket_id"),
    Column("position", Integer, nullable=False),
    number("service_id"),
    words("prefix"),  # its service's pool
    number("counter_id", null=True),
    words("state"),
    words("outcome", null=True),
    number("queue_at"),
    words("day", null=True),  # the office's date of issued_at: the day it counts in
    number("issued_at", null=True),
    number("slot_at", null=True),
    number("first_called_at", null=True),
    number("called_at", null=True),
    number("started_at", null=True),
    number("ended_at", null=True),
    Column("recalls", Integer, nullable=False, server_default="0"),
    number("staff_id", null=True),  # who called it
    Column("returns", Integer, nullable=False, server_default="0"),  # after a no-show
    # The wait that was told when the step began to wait; beside the real one it is judged.
    Column("told_low_s", Integer, nullable=True),
    Column("told_likely_s", Integer, nullable=True),
    Column("told_high_s", Integer, nullable=True),
    key("id"),
    of("tickets", "ticket_id"),
    of("services", "service_id"),
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
_served = steps.c.outcome == "served"
Index(  # what a press is judged by
    "ix_steps_served",
    *(steps.c[c] for c in ("office_id", "ended_at")),
    sqlite_where=_served,
    postgresql_where=_served,
)
ticket_events = Table(
    "ticket_events",
    metadata,
    office(),
    number("id"),
    number("ticket_id"),
    number("step_id"),
    number("at"),
    words("kind"),
    number("counter_id", null=True),
    words("actor"),
    words("reason", null=True),
    words("why", null=True),  # JSON of domain.why.Why
    key("id"),
    of("tickets", "ticket_id"),
    Index("ix_ticket_events_ticket", "office_id", "ticket_id", "id"),
    Index("ix_ticket_events_at", "office_id", "at"),
    **CLUSTERED,
)
request_keys = Table(
    "request_keys",
    metadata,
    office(),
    words("caller"),
    words("method"),
    words("path"),
    words("key"),  # hidden, and the next one too: store.requests
    words("body_hash"),
    words("answer", null=True),
    number("at"),
    key("caller", "method", "path", "key"),
    Index("ix_request_keys_at", "at"),
    **CLUSTERED,
)
current_calls = Table(  # what each counter's call on the board is; never found by scanning events
    "current_calls",
    metadata,
    office(),
    number("counter_id"),
    number("call_id"),
    number("ticket_id"),
    number("service_id"),
    words("number"),
    number("at"),
    yes("recall", "false"),
    key("counter_id"),
    of("counters", "counter_id"),
    **CLUSTERED,
)
board_versions = Table(
    "board_versions", metadata, office(), number("version"), PrimaryKeyConstraint("office_id")
)
slip_jobs = Table(
    "slip_jobs",
    metadata,
    office(),
    number("id"),
    number("ticket_id", null=True),  # null: a test slip
    number("printer_id"),
    words("slip"),  # JSON of printers.slip.Slip
    words("state"),
    number("due_at"),
    number("leased_until", null=True),
    words("holder", null=True),  # the agent that has it in hand; null: this server
    number("begun_at", null=True),  # when this server's bytes began to go to paper
    Column("tries", Integer, nullable=False, server_default="0"),
    words("problem", null=True),
    number("created_at"),
    number("settled_at", null=True),
    key("id"),
    of("printers", "printer_id"),
    Index("ix_slip_jobs_ticket", "office_id", "ticket_id"),
    Index("ix_slip_jobs_printer", "office_id", "printer_id", "id"),
)
_open_jobs = slip_jobs.c.state.in_(["queued", "failed", "printing"])
Index(
    "ix_slip_jobs_due",
    slip_jobs.c.due_at,
    sqlite_where=_open_jobs,
    postgresql_where=_open_jobs,
)
