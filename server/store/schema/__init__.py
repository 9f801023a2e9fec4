"""The tables. Times are Unix ms, named `…_at`; durations are seconds, named `…_s`.

Every table carries `office_id` first in its keys and indexes, so that a large database can be
divided by office without a rewrite. Ids are the time-ordered numbers of `store.ids`.
"""

from server.store.schema.access import (
    audit,
    devices,
    invitations,
    pairings,
    sign_ins,
    staff,
    tokens,
)
from server.store.schema.ground import metadata
from server.store.schema.queue import (
    board_versions,
    current_calls,
    numbers,
    request_keys,
    slip_jobs,
    steps,
    ticket_events,
    tickets,
)
from server.store.schema.satisfaction import (
    answer_items,
    answers,
    presses,
    protected_reports,
    questionnaires,
    survey_tokens,
)
from server.store.schema.setup import (
    counter_events,
    counter_services,
    counters,
    divisions,
    leases,
    offices,
    paper_templates,
    pools,
    printers,
    secrets,
    services,
)

__all__ = [
    "answer_items",
    "answers",
    "audit",
    "board_versions",
    "counter_events",
    "counter_services",
    "counters",
    "current_calls",
    "devices",
    "divisions",
    "invitations",
    "leases",
    "metadata",
    "numbers",
    "offices",
    "pairings",
    "paper_templates",
    "pools",
    "presses",
    "printers",
    "protected_reports",
    "questionnaires",
    "request_keys",
    "secrets",
    "services",
    "sign_ins",
    "slip_jobs",
    "staff",
    "steps",
    "survey_tokens",
    "ticket_events",
    "tickets",
    "tokens",
]
