"""Who may do what: each face names the roles it admits, here and nowhere else."""

from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is signed in as."""

    ADMIN = "admin"
    OFFICER = "officer"
    RECEPTION = "reception"
    MANAGER = "manager"
    AUDITOR = "auditor"
    EXECUTIVE = "executive"  # head of the office and the chief administrator
    LEGAL = "legal"  # who takes complaints: corruption reports are seen by few


class TokenRole(StrEnum):
    """What an API token is for."""

    INTEGRATION = "integration"
    REPORTS = "reports"
    MONITOR = "monitor"
    PRINTER = "printer"  # `khiu-printer`; its name is the NAME of agent://NAME


class DeviceKind(StrEnum):
    KIOSK = "kiosk"
    DISPLAY = "display"
    TABLET = "tablet"


COUNTER = frozenset({Role.ADMIN, Role.OFFICER})
RECEPTION = frozenset({Role.ADMIN, Role.RECEPTION})
PRINTING = frozenset({Role.ADMIN, Role.OFFICER, Role.RECEPTION})
REPORTS = frozenset({Role.ADMIN, Role.MANAGER, Role.AUDITOR, Role.EXECUTIVE})
PAPER_FORMS = frozenset({Role.ADMIN, Role.RECEPTION, Role.MANAGER})
SEE_OPINIONS = frozenset({Role.ADMIN, Role.MANAGER, Role.AUDITOR, Role.EXECUTIVE})
REVIEW_COMMENTS = frozenset({Role.MANAGER, Role.ADMIN})
DOUBTFUL = REVIEW_COMMENTS | {Role.AUDITOR}  # answers one by one: no figures hide them there
ANSWER_ALERTS = frozenset({Role.MANAGER, Role.EXECUTIVE})
STAFF_FIGURES = frozenset({Role.MANAGER, Role.EXECUTIVE})  # of an officer's own counter
CONTACTS = frozenset({Role.LEGAL, Role.MANAGER})
PROTECTED = frozenset({Role.LEGAL, Role.AUDITOR})  # "asked for money": each look is written down
SEE_SETUP = frozenset({Role.ADMIN, Role.AUDITOR})
CHANGE_SETUP = frozenset({Role.ADMIN})
MEASURES_WRITE = frozenset({Role.ADMIN, Role.MANAGER, Role.EXECUTIVE})
MEASURES_READ = MEASURES_WRITE | {Role.AUDITOR}
TRY_POLICY = SEE_SETUP | {Role.MANAGER}

# Where each role begins after signing in.
FIRST_FACE = {
    Role.ADMIN: "manage",
    Role.OFFICER: "counter",
    Role.RECEPTION: "reception",
    Role.MANAGER: "reports",
    Role.AUDITOR: "reports",
    Role.EXECUTIVE: "wall",
    Role.LEGAL: "cases",
}
