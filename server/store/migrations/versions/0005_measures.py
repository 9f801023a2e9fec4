"""Findings, measures, what was done, and who changed what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "findings",
        *_key(),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("half", sa.Integer(), nullable=False),
        _words("kind"),
        _words("service", null=True),
        _words("aspect", null=True),
        _words("reason", null=True),
        _words("body"),
        _words("stood", null=True),
        _words("state"),
        _words("why", null=True),
        _words("drawn", null=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        _number("created_at"),
        *_rules("findings"),
        sa.UniqueConstraint(
            *("office_id", "fiscal_year", "half", "drawn"),
            name=op.f("uq_findings_office_id_fiscal_year_half_drawn"),
        ),
    )
    op.create_index("ix_findings_half", "findings", ["office_id", "fiscal_year", "half"])
    op.create_table(
        "measures",
        *_key(),
        _number("finding_id"),
        _words("what"),
        _words("method"),
        _words("responsible"),
        _words("due", null=True),
        _words("due_words"),
        _words("state"),
        _words("why", null=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        _number("created_at"),
        *_rules("measures", finding_id="findings"),
    )
    op.create_index("ix_measures_finding", "measures", ["office_id", "finding_id"])
    op.create_index("ix_measures_due", "measures", ["office_id", "state", "due"])
    op.create_table(
        "measure_steps",
        *_key(),
        _number("measure_id"),
        _words("day"),
        _words("body"),
        _words("record"),
        _words("figure", null=True),
        _words("file_name", null=True),
        _words("file_kind", null=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        _words("file_hash", null=True),
        _number("at"),
        _words("actor"),
        _words("role"),
        _number("struck_at", null=True),
        _words("struck_why", null=True),
        *_rules("measure_steps", measure_id="measures"),
    )
    op.create_index("ix_measure_steps_measure", "measure_steps", ["office_id", "measure_id"])
    op.create_table(
        "measure_changes",
        *_key(),
        _number("at"),
        _words("actor"),
        _words("role"),
        _number("finding_id"),
        _number("measure_id", null=True),
        _words("action"),
        _words("before"),
        _words("after"),
        *_rules("measure_changes", finding_id="findings"),
    )
    op.create_index("ix_measure_changes_finding", "measure_changes", ["office_id", "finding_id"])


def _key() -> tuple["sa.Column[int]", "sa.Column[int]"]:
    return _number("office_id"), _number("id")


def _number(name: str, *, null: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _words(name: str, *, null: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=null)


def _rules(table: str, **refers: str) -> list[sa.Constraint]:
    """Its key, its office, and whose rows its other ids name (column → table)."""
    found: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f(f"fk_{table}_office_id")),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f(f"pk_{table}")),
    ]
    for column, other in refers.items():
        found.append(
            sa.ForeignKeyConstraint(
                ["office_id", column],
                [f"{other}.office_id", f"{other}.id"],
                name=op.f(f"fk_{table}_office_id_{column}"),
            )
        )
    return found
