"""Who may come in, and who did what."""

from sqlalchemy import Column, Table, Text, UniqueConstraint

from server.store.schema.ground import key, metadata, number, of, office, preset, words, yes

staff = Table(
    "staff",
    metadata,
    office(),
    number("id"),
    words("username"),
    words("name_th"),
    words("name_en"),
    words("role"),
    words("password_hash", null=True),  # argon2; null until the one-time link was used
    yes("active", "true"),
    key("id"),
    UniqueConstraint("office_id", "username"),
)
sign_ins = Table(
    "sign_ins",
    metadata,
    office(),
    number("id"),
    Column("token_hash", Text, nullable=False, unique=True),
    number("staff_id"),
    number("counter_id", null=True),
    number("seen_at"),
    number("ended_at", null=True),
    key("id"),
    of("staff", "staff_id"),
)
devices = Table(
    "devices",
    metadata,
    office(),
    number("id"),
    words("kind"),  # kiosk, display, tablet
    words("name"),
    Column("token_hash", Text, nullable=False, unique=True),
    number("printer_id", null=True),
    words("service_ids"),  # JSON list; empty: all
    preset("options", "'{}'"),  # JSON of domain.screen.Screen: what a display shows and speaks
    yes("active", "true"),
    number("created_at"),
    number("heard_until", null=True),  # a tablet keeps no press from before, but for a margin
    key("id"),
)
pairings = Table(  # a device that shows its code and waits for an administrator
    "pairings",
    metadata,
    office(),
    number("id"),
    words("code"),
    Column("token_hash", Text, nullable=False, unique=True),
    words("kind"),
    number("expires_at"),
    number("device_id", null=True),
    key("id"),
    UniqueConstraint("office_id", "code"),
)
tokens = Table(
    "tokens",
    metadata,
    office(),
    number("id"),
    words("name"),
    words("role"),
    Column("token_hash", Text, nullable=False, unique=True),
    number("created_at"),
    number("revoked_at", null=True),
    key("id"),
)
invitations = Table(  # one-time links: to set a password, or (demo) to enter a face
    "invitations",
    metadata,
    office(),
    number("id"),
    Column("code_hash", Text, nullable=False, unique=True),
    words("face"),  # password, or the face the link opens
    number("staff_id", null=True),
    number("counter_id", null=True),
    number("expires_at"),
    number("used_at", null=True),
    key("id"),
)
audit = Table(
    "audit",
    metadata,
    office(),
    number("id"),
    number("at"),
    words("actor"),
    words("action"),
    words("subject"),
    words("before", null=True),  # JSON
    words("after", null=True),
    key("id"),
)
