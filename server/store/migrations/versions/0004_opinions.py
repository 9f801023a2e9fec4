"""Versions of what is asked, flags by staff, alerts, comments for all, people to call back."""

import hmac
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from server.domain.searching import plain

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.Column("presses", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_alerts_office_id")),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_day", "alerts", ["office_id", "day"])
    op.create_index("ix_alerts_source", "alerts", ["office_id", "source", "at"])
    op.create_table(
        "contacts",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("erase_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_contacts_office_id")),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_contacts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contacts_erase", "contacts", ["office_id", "erase_at"])
    op.create_table(
        "flag_notes",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_flag_notes_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_flag_notes")),
    )
    op.create_index("ix_flag_notes_about", "flag_notes", ["office_id", "about", "about_id"])
    op.create_table(
        "mobile_points",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_mobile_points_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_mobile_points")),
    )
    op.create_table(
        "paper_batches",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_paper_batches_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_paper_batches")),
    )
    op.create_table(
        "protected_openings",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_protected_openings_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_protected_openings")),
    )
    op.create_table(
        "webhook_calls",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_webhook_calls_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "id", name=op.f("pk_webhook_calls")),
    )
    op.add_column("answers", sa.Column("counter_id", sa.BigInteger(), nullable=True))
    op.add_column("answers", sa.Column("about", sa.Text(), server_default="{}", nullable=False))
    op.add_column("answers", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("answers", sa.Column("batch_no", sa.Integer(), nullable=True))
    op.add_column("answers", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    op.add_column("answers", sa.Column("reviewed_at", sa.BigInteger(), nullable=True))
    op.add_column("answers", sa.Column("reviewed_by", sa.Text(), nullable=True))
    op.add_column("answers", sa.Column("published", sa.Text(), nullable=True))
    op.add_column("answers", sa.Column("comment_plain", sa.Text(), nullable=True))
    op.create_index(
        "ix_answers_comments",
        "answers",
        ["office_id", "day", "at"],
        sqlite_where=sa.text("comment IS NOT NULL"),
        postgresql_where=sa.text("comment IS NOT NULL"),
    )
    op.create_index("ix_answers_until", "answers", ["office_id", "continue_until"])
    op.add_column("devices", sa.Column("heard_until", sa.BigInteger(), nullable=True))
    op.add_column("presses", sa.Column("received_at", sa.BigInteger(), nullable=True))
    # Made anew on SQLite, in the order of random ids: the order in which they came tells too much.
    with op.batch_alter_table(
        "protected_reports",
        recreate="always" if op.get_bind().dialect.name == "sqlite" else "never",
        table_kwargs={"sqlite_with_rowid": False},
    ) as reports:
        reports.drop_column("channel")  # of few answers on paper it would tell whose it was
        reports.add_column(sa.Column("message", sa.Text(), nullable=True))
        reports.add_column(sa.Column("closed_at", sa.BigInteger(), nullable=True))
        reports.add_column(sa.Column("done", sa.Text(), nullable=True))
    op.add_column("questionnaires", sa.Column("created_at", sa.BigInteger(), nullable=True))
    op.add_column("questionnaires", sa.Column("asked_from", sa.BigInteger(), nullable=True))
    op.add_column("questionnaires", sa.Column("actor", sa.Text(), nullable=True))
    op.add_column("survey_tokens", sa.Column("counter_id", sa.BigInteger(), nullable=True))
    op.add_column("survey_tokens", sa.Column("answered_with", sa.Text(), nullable=True))
    op.create_index(
        "ix_steps_served",
        "steps",
        ["office_id", "ended_at"],
        sqlite_where=sa.text("outcome = 'served'"),
        postgresql_where=sa.text("outcome = 'served'"),
    )
    op.execute("UPDATE survey_tokens SET answered_at = closes_at WHERE answered_at IS NOT NULL")
    _let_comments_be_found()
    _hide_press_ids()
    _hide_request_keys()


def _let_comments_be_found() -> None:
    db = op.get_bind()
    query = "SELECT office_id, id, comment FROM answers WHERE comment IS NOT NULL"
    for row in db.execute(sa.text(query)).all():
        db.execute(
            sa.text(
                "UPDATE answers SET comment_plain = :plain WHERE office_id = :office AND id = :id"
            ),
            {"plain": plain(row.comment), "office": row.office_id, "id": row.id},
        )


def _hide_press_ids() -> None:
    """As `store.opinions` keeps them from now on: no protected report leads to its press."""
    db = op.get_bind()
    query = "SELECT office_id, id, press_id FROM presses WHERE press_id IS NOT NULL"
    for row in db.execute(sa.text(query)).all():
        hidden = sha256(f"press {row.press_id}".encode()).hexdigest()
        db.execute(
            sa.text("UPDATE presses SET press_id = :hidden WHERE office_id = :office AND id = :id"),
            {"hidden": hidden, "office": row.office_id, "id": row.id},
        )


def _hide_request_keys() -> None:
    """As `store.requests` keeps them from now on: few bodies are possible, and could be guessed."""
    db = op.get_bind()
    query = "SELECT k.*, o.secret FROM request_keys k JOIN offices o ON o.id = k.office_id"
    for row in db.execute(sa.text(query)).all():
        secret = bytes.fromhex(row.secret)
        made_of = hmac.digest(secret, f"body {row.key} {row.body_hash}".encode(), "sha256").hex()
        name = hmac.digest(secret, f"key {row.key}".encode(), "sha256").hex()
        change = """UPDATE request_keys SET key = :name, body_hash = :made_of
            WHERE office_id = :office_id AND caller = :caller AND method = :method
              AND path = :path AND key = :key"""
        db.execute(sa.text(change), {**row._mapping, "name": name, "made_of": made_of})
