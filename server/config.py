"""The settings of an installation; an office's own settings are in its file and its row."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, get_type_hints
from urllib.parse import quote

from redis import Redis
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

CONNECTIONS = 90  # PostgreSQL admits 100 unless told otherwise; a backup needs some, too
MOST_CONNECTIONS, LEAST_CONNECTIONS = 20, 4  # of one worker


class BadConfig(Exception):
    """The settings cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """settings.toml, and over it KHIU_… from the environment. README's table names every field."""

    database_url: str = ""  # empty: SQLite in the data directory
    redis_url: str = ""  # empty: one process
    workers: int = 1
    threads: int = 600  # each open screen holds one
    trusted_proxies: int = 0  # how many forwarding headers count

    @classmethod
    def load(cls, data: Path, env: Mapping[str, str]) -> Self:
        """Raises `BadConfig` for a setting that is unknown or of the wrong kind."""
        file = data / "settings.toml"
        given: dict[str, Any] = {}
        if file.exists():
            try:
                given = tomllib.loads(file.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise BadConfig(f"{file.name} is not TOML: {error}") from None
        known = get_type_hints(cls)
        if unknown := set(given) - set(known):
            raise BadConfig(f"{file.name}: unknown setting {', '.join(sorted(unknown))}")
        for name, kind in known.items():
            if (value := env.get(f"KHIU_{name.upper()}")) is not None:
                given[name] = value
            if name in given:
                least = 0 if name == "trusted_proxies" else 1
                given[name] = _whole(name, given[name], least) if kind is int else given[name]
                if not isinstance(given[name], kind):
                    raise BadConfig(f"{name}: a text is needed, not {given[name]!r}")
        config = cls(**given)
        if config.database_url and config.database not in ("sqlite", "postgresql"):
            raise BadConfig("database_url: postgresql+psycopg://… or sqlite:///… is needed")
        if config.redis_url:
            try:
                Redis.from_url(config.redis_url)  # only reads it: nothing is connected
            except ValueError:
                raise BadConfig("redis_url: redis://HOST:PORT/0 is needed") from None
        if config.workers > 1 and not (config.database == "postgresql" and config.redis_url):
            raise BadConfig(
                "workers > 1 needs KHIU_DATABASE_URL (PostgreSQL) and KHIU_REDIS_URL; "
                "on SQLite one process serves the office"
            )
        return config

    def store_url(self, data: Path) -> str:
        """SQLAlchemy's address of the database."""
        return self.database_url or f"sqlite:///{quote(str(data / 'khiu.db'))}"

    def sqlite_file(self, data: Path) -> Path | None:
        """The one file that only one server may use; None on PostgreSQL."""
        found = make_url(self.store_url(data)).database
        return Path(found) if self.database == "sqlite" and found else None

    @property
    def connections(self) -> int:
        """How many connections to PostgreSQL one worker may hold, so that all have their share."""
        share = CONNECTIONS // self.workers
        return max(LEAST_CONNECTIONS, min(MOST_CONNECTIONS, share))

    @property
    def database(self) -> str:
        """`sqlite`, `postgresql`, or what else the address names; empty for no address at all."""
        try:
            return make_url(self.database_url or "sqlite://").get_backend_name()
        except ArgumentError:
            return ""


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadConfig(f"{name}: a whole number from {least} is needed, not {value!r}")
    return value
