"""What all tables share: one list of them, and the kinds of column."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite: rows lie in the order of their key. A table that is written with every ticket then has
# one tree less to write, and to bring to the disk before the ticket is acknowledged. Not `steps`:
# there SQLite would often rather look through the whole table than take a partial index.
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def office() -> Column[int]:
    return Column("office_id", BigInteger, ForeignKey("offices.id"), nullable=False)


def number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def words(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def yes(name: str, default: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text(default))


def preset(name: str, default: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text(default))


def of(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["office_id", column], [f"{table}.office_id", f"{table}.id"])


def key(*columns: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("office_id", *columns)
