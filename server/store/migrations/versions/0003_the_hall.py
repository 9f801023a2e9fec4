"""Who holds a slip, how printers are, what a display shows, an office's own slip."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slip_jobs", sa.Column("holder", sa.Text(), nullable=True))
    op.add_column("slip_jobs", sa.Column("begun_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_slip_jobs_printer", "slip_jobs", ["office_id", "printer_id", "id"])
    op.add_column("printers", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.add_column("printers", sa.Column("about", sa.Text(), nullable=True))
    op.add_column("devices", sa.Column("options", sa.Text(), nullable=False, server_default="{}"))
    op.create_table(
        "paper_templates",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_paper_templates_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_paper_templates")),
    )
