"""The set-up: offices and what they have; leases of work that N workers do once."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from server.store.schema.ground import key, metadata, number, of, office, preset, words, yes

offices = Table(
    "offices",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False, unique=True),
    words("name_th"),
    words("name_en"),
    words("settings"),  # JSON of domain.settings.Settings
    words("secret"),  # hex; residents' links are made from it
    yes("demo", "false"),
    number("created_at"),
)
secrets = Table(  # what belongs to the installation, not to one office
    "secrets", metadata, Column("name", Text, primary_key=True), words("value")
)
divisions = Table(
    "divisions",
    metadata,
    office(),
    number("id"),
    words("code"),
    words("name_th"),
    words("name_en"),
    words("head_th"),
    words("head_en"),
    Column("position", Integer, nullable=False),
    key("id"),
    UniqueConstraint("office_id", "code"),
)
pools = Table(
    "pools",
    metadata,
    office(),
    words("prefix"),
    words("name_th"),
    words("name_en"),
    Column("position", Integer, nullable=False),
    key("prefix"),
)
services = Table(
    "services",
    metadata,
    office(),
    number("id"),
    words("code"),
    words("prefix"),
    number("division_id"),
    words("icon"),
    words("name_th"),
    words("name_en"),
    Column("standard_minutes", Integer, nullable=False),
    Column("case_days", Integer, nullable=False),
    words("papers"),  # JSON: documents, forms, steps, fee
    words("profile"),  # JSON: what the simulator draws from, and the demand that orders tiles
    preset("rules", "'{}'"),  # JSON of domain.settings.ServiceRules
    yes("active", "true"),
    Column("position", Integer, nullable=False),
    key("id"),
    UniqueConstraint("office_id", "code"),
    of("divisions", "division_id"),
    ForeignKeyConstraint(["office_id", "prefix"], ["pools.office_id", "pools.prefix"]),
)
counters = Table(
    "counters",
    metadata,
    office(),
    number("id"),
    words("number"),
    words("name_th"),
    words("name_en"),
    number("division_id", null=True),
    words("state"),  # open, closed, paused
    words("pause_reason", null=True),
    number("staff_id", null=True),  # who sits there
    number("since_at", null=True),
    yes("active", "true"),
    key("id"),
    UniqueConstraint("office_id", "number"),
)
counter_services = Table(
    "counter_services",
    metadata,
    office(),
    number("counter_id"),
    number("service_id"),
    Column("penalty_s", Integer, nullable=False),
    key("counter_id", "service_id"),
    of("counters", "counter_id"),
    of("services", "service_id"),
)
counter_events = Table(  # who sat where from when to when
    "counter_events",
    metadata,
    office(),
    number("id"),
    number("counter_id"),
    number("at"),
    words("state"),  # open, closed, paused
    words("reason", null=True),
    number("staff_id", null=True),
    words("actor"),
    key("id"),
    of("counters", "counter_id"),
    Index("ix_counter_events_counter", "office_id", "counter_id", "id"),
    Index("ix_counter_events_at", "office_id", "at"),
)
printers = Table(
    "printers",
    metadata,
    office(),
    number("id"),
    words("code"),
    words("name_th"),
    words("name_en"),
    words("url"),
    yes("is_default", "false"),
    words("problem", null=True),  # what the last conversation ended with; null: well
    number("problem_at", null=True),
    yes("near_end", "false"),
    number("seen_at", null=True),  # when it, or its agent, last said how it is
    words("about", null=True),  # JSON of what an agent said of its printer: dots, profile, ack
    key("id"),
    UniqueConstraint("office_id", "code"),
)

leases = Table(  # work that N workers do once
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    words("holder"),
    number("until_at"),
)

paper_templates = Table(  # an office's own slip; the newest counts, an empty body is Khiu's own
    "paper_templates",
    metadata,
    office(),
    number("id"),
    words("kind"),  # slip
    words("body"),  # Typst
    number("created_at"),
    words("actor"),
    words("problem", null=True),  # why a slip was last printed in Khiu's own instead
    number("problem_at", null=True),
    key("id"),
)
