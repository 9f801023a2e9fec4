"""What a service's own rules are, who sat where, what wait was told, how often somebody returned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter_events",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("counter_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id", "counter_id"],
            ["counters.office_id", "counters.id"],
            name=op.f("fk_counter_events_office_id_counter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_counter_events_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_counter_events")),
    )
    op.create_index(
        "ix_counter_events_counter", "counter_events", ["office_id", "counter_id", "id"]
    )
    op.create_index("ix_counter_events_at", "counter_events", ["office_id", "at"])
    op.add_column("services", sa.Column("rules", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("steps", sa.Column("returns", sa.Integer(), nullable=False, server_default="0"))
    for told in ("told_low_s", "told_likely_s", "told_high_s"):
        op.add_column("steps", sa.Column(told, sa.Integer(), nullable=True))
