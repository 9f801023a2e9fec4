"""Satisfaction: questionnaires, answers, presses, and what is done about them."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint, text

from server.store.schema.ground import (
    CLUSTERED,
    key,
    metadata,
    number,
    of,
    office,
    preset,
    words,
    yes,
)

questionnaires = Table(
    "questionnaires",
    metadata,
    office(),
    number("id"),
    words("code"),
    Column("version", Integer, nullable=False),
    words("body"),  # JSON of domain.questionnaire.Questionnaire
    yes("active", "true"),  # false: a draft, asked nobody yet
    number("created_at", null=True),
    number("asked_from", null=True),
    words("actor", null=True),
    key("id"),
    UniqueConstraint("office_id", "code", "version"),
)
survey_tokens = Table(  # no ticket here: an answer leads back to nobody
    "survey_tokens",
    metadata,
    office(),
    words("token_hash"),
    number("service_id"),
    number("opened_at", null=True),
    number("closes_at", null=True),
    number("answered_at", null=True),  # a mark: when it closes, lest the hour tell whose answer
    number("counter_id", null=True),  # where the visit was served, once it was
    words("answered_with", null=True),  # hash of whoever answered's own key, to know it again
    key("token_hash"),
    Index("ix_survey_tokens_hash", "token_hash", unique=True),
    **CLUSTERED,
)
answers = Table(
    "answers",
    metadata,
    office(),
    number("id"),
    number("questionnaire_id"),
    number("service_id"),
    words("channel"),
    number("at"),
    words("day"),
    words("reasons"),  # JSON list of codes
    words("comment", null=True),
    words("comment_plain", null=True),  # as domain.searching compares it; null as the comment is
    words("flag", null=True),
    words("continue_hash", null=True),
    number("continue_until", null=True),
    number("counter_id", null=True),
    preset("about", "'{}'"),  # JSON: code of what was asked of the person → code of the option
    number("batch_id", null=True),  # paper forms typed in together
    Column("batch_no", Integer, nullable=True),  # the form's place in its batch, from 1
    preset("tags", "'[]'"),  # JSON list of staff's words for the comment
    number("reviewed_at", null=True),
    words("reviewed_by", null=True),
    words("published", null=True),  # the comment as anybody may read it; null: nobody may
    key("id"),
    Index("ix_answers_day", "office_id", "day"),
    Index(
        "ix_answers_comments",
        *("office_id", "day", "at"),
        sqlite_where=text("comment IS NOT NULL"),
        postgresql_where=text("comment IS NOT NULL"),
    ),
    Index("ix_answers_continue", "office_id", "continue_hash"),
    Index("ix_answers_until", "office_id", "continue_until"),
    **CLUSTERED,
)
answer_items = Table(
    "answer_items",
    metadata,
    office(),
    number("answer_id"),
    words("item"),
    words("aspect"),
    Column("score", Integer, nullable=False),
    key("answer_id", "item"),
    of("answers", "answer_id"),
    **CLUSTERED,
)
presses = Table(
    "presses",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("day"),
    Column("score", Integer, nullable=False),
    words("channel"),
    number("counter_id", null=True),
    number("service_id", null=True),
    words("source"),  # whose presses are one burst: counter:ID, device:ID or the caller
    words("reasons"),
    words("press_id", null=True),
    words("flag", null=True),
    number("received_at", null=True),  # when it came, if its device kept it first
    key("id"),
    UniqueConstraint("office_id", "press_id"),
    Index("ix_presses_day", "office_id", "day"),
    Index("ix_presses_source", "office_id", "source", "at"),
    **CLUSTERED,
)
protected_reports = Table(  # "asked for money": no answer, counter, channel or hour is known of it
    "protected_reports",
    metadata,
    office(),
    number("id"),
    words("day"),
    words("reason"),
    words("message", null=True),
    number("closed_at", null=True),
    words("done", null=True),  # what was done about it
    key("id"),
    **CLUSTERED,
)
protected_openings = Table(  # every look at the list above
    "protected_openings",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("actor"),
    number("report_id", null=True),  # null: the list
    key("id"),
)
flag_notes = Table(  # a flag that staff set or lifted; the newest of each counts
    "flag_notes",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("actor"),
    words("about"),  # answer, press
    number("about_id"),
    words("flag", null=True),  # null: lifted
    words("note"),
    key("id"),
    Index("ix_flag_notes_about", "office_id", "about", "about_id"),
)
contacts = Table(  # "please contact me": no answer here, and none of the answers leads here
    "contacts",
    metadata,
    office(),
    number("id"),
    number("created_at"),
    words("day"),
    words("name"),
    words("reach"),  # telephone number or address, as typed
    words("message"),
    words("consent"),  # the words agreed to
    words("state"),  # new, taken, closed
    words("taken_by", null=True),
    words("done", null=True),
    number("closed_at", null=True),
    number("erase_at"),
    key("id"),
    Index("ix_contacts_erase", "office_id", "erase_at"),
    **CLUSTERED,  # and so in no order in which they came
)
alerts = Table(  # several low presses at one place in a short time
    "alerts",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("day"),
    words("source"),  # as of presses: counter:ID, device:ID …
    number("counter_id", null=True),
    Column("presses", Integer, nullable=False),
    words("reasons"),  # JSON: code → how often it was given
    number("answered_at", null=True),
    words("answered_by", null=True),
    words("done", null=True),
    key("id"),
    Index("ix_alerts_source", "office_id", "source", "at"),
    Index("ix_alerts_day", "office_id", "day"),
)
webhook_calls = Table(  # outbox of what another system is told
    "webhook_calls",
    metadata,
    office(),
    number("id"),
    words("body"),
    number("created_at"),
    number("due_at"),
    Column("tries", Integer, nullable=False, server_default="0"),
    number("told_at", null=True),
    words("problem", null=True),
    key("id"),
)
paper_batches = Table(
    "paper_batches",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("actor"),
    words("day"),  # on which the forms were filled in
    Column("forms", Integer, nullable=False),
    key("id"),
)
mobile_points = Table(  # where the office serves away from home; each has a link that rates it
    "mobile_points",
    metadata,
    office(),
    number("id"),
    words("name"),
    number("service_id", null=True),  # null: several
    words("first_day"),  # office dates, both included
    words("last_day"),
    yes("active", "true"),
    key("id"),
)
