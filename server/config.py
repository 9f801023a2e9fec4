"""The settings of an installation; an office's own settings are in its file and its row."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self


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
            except tomllib.TOMLDecodeError as error:
                raise BadConfig(f"{file.name} is not TOML: {error}") from None
        known = {field.name: field.type for field in fields(cls)}
        if unknown := set(given) - set(known):
            raise BadConfig(f"{file.name}: unknown setting {', '.join(sorted(unknown))}")
        for name, kind in known.items():
            if (value := env.get(f"KHIU_{name.upper()}")) is not None:
                given[name] = value
            if name in given and kind is int:
                given[name] = _whole(name, given[name])
        config = cls(**given)
        if config.workers > 1 and not (config.database_url and config.redis_url):
            raise BadConfig(
                "workers > 1 needs KHIU_DATABASE_URL (PostgreSQL) and KHIU_REDIS_URL; "
                "on SQLite one process serves the office"
            )
        return config

    def store_url(self, data: Path) -> str:
        """SQLAlchemy's address of the database."""
        return self.database_url or f"sqlite:///{data / 'khiu.db'}"


def _whole(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BadConfig(f"{name}: a whole number is needed, not {value!r}") from None
