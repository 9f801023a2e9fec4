"""Satisfaction: questionnaires, answers, presses."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from server.store.schema.ground import CLUSTERED, key, metadata, number, of, office, words, yes

questionnaires = Table(
    "questionnaires",
    metadata,
    office(),
    number("id"),
    words("code"),
    Column("version", Integer, nullable=False),
    words("body"),  # JSON of domain.questionnaire.Questionnaire
    yes("active", "true"),
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
    number("answered_at", null=True),
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
    words("flag", null=True),
    words("continue_hash", null=True),
    number("continue_until", null=True),
    key("id"),
    Index("ix_answers_day", "office_id", "day"),
    Index("ix_answers_continue", "office_id", "continue_hash"),
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
    key("id"),
    UniqueConstraint("office_id", "press_id"),
    Index("ix_presses_day", "office_id", "day"),
    Index("ix_presses_source", "office_id", "source", "at"),
    **CLUSTERED,
)
protected_reports = Table(  # "asked for money": on no dashboard, tied to no answer, counter or hour
    "protected_reports",
    metadata,
    office(),
    number("id"),
    words("day"),
    words("reason"),
    words("channel"),
    key("id"),
)
