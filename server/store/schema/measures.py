"""Findings, the measures that answer them, and what was done: never deleted, only added to."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from server.store.schema.ground import key, metadata, number, of, office, words

findings = Table(
    "findings",
    metadata,
    office(),
    number("id"),
    Column("fiscal_year", Integer, nullable=False),  # Buddhist
    Column("half", Integer, nullable=False),  # 1: October to March, 2: April to September
    words("kind"),  # standard, aspect, reason, own
    words("service", null=True),  # codes, where known
    words("aspect", null=True),
    words("reason", null=True),
    words("body"),
    words("stood", null=True),  # JSON of domain.finding.Stood: the figure as it stood
    words("state"),  # proposed, taken, dismissed
    words("why", null=True),  # it was dismissed
    words("drawn", null=True),  # what it was drawn from: the same is not proposed twice
    Column("version", Integer, nullable=False, server_default="1"),
    number("created_at"),
    key("id"),
    UniqueConstraint("office_id", "fiscal_year", "half", "drawn"),
    Index("ix_findings_half", "office_id", "fiscal_year", "half"),
)
measures = Table(
    "measures",
    metadata,
    office(),
    number("id"),
    number("finding_id"),
    words("what"),
    words("method"),
    words("responsible"),  # a division's name, or whom the office names
    words("due", null=True),  # office date
    words("due_words"),  # as an imported table has it: a period, several dates
    words("state"),  # planned, under_way, done, dropped
    words("why", null=True),  # it was dropped
    Column("version", Integer, nullable=False, server_default="1"),
    number("created_at"),
    key("id"),
    of("findings", "finding_id"),
    Index("ix_measures_finding", "office_id", "finding_id"),
    Index("ix_measures_due", "office_id", "state", "due"),
)
measure_steps = Table(
    "measure_steps",
    metadata,
    office(),
    number("id"),
    number("measure_id"),
    words("day"),  # on which it was done
    words("body"),
    words("record"),  # evidence in words: a memo's number, where the record lies
    words("figure", null=True),  # evidence: JSON of domain.finding.Stood, as it was then
    words("file_name", null=True),  # evidence: as it was called where it came from
    words("file_kind", null=True),  # pdf, jpg, png, xlsx, docx
    Column("file_size", Integer, nullable=True),  # bytes
    words("file_hash", null=True),  # SHA-256: its name on the disk
    number("at"),
    words("actor"),
    words("role"),
    number("struck_at", null=True),  # put down by mistake; its file is gone
    words("struck_why", null=True),
    key("id"),
    of("measures", "measure_id"),
    Index("ix_measure_steps_measure", "office_id", "measure_id"),
)
measure_changes = Table(  # who did what when, of findings, measures and steps
    "measure_changes",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("actor"),
    words("role"),
    number("finding_id"),
    number("measure_id", null=True),
    words("action"),
    words("before"),  # JSON of what differs
    words("after"),
    key("id"),
    of("findings", "finding_id"),
    Index("ix_measure_changes_finding", "office_id", "finding_id"),
)
