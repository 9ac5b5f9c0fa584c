"""The kinds of columns that the ledger's tables are made of, and the one list of tables."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC on both databases; a naive one is refused (SQLite would give it back as it pleases)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time can't be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text, compared by its bytes on both databases: SQLite's order, which no server's locale changes.

    NUL and lone surrogates, which PostgreSQL can't keep, become U+FFFD on both. The length is SQLite's alone.
    """

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return Text(collation="C")
        return String(self.length) if self.length else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return _UNKEEPABLE.sub("\ufffd", value)


_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
Key = BigInteger().with_variant(Integer, "sqlite")


def key() -> Column[int]:
    """A key; with sqlite_autoincrement none is given out twice, so that an old token never fits a new person."""
    return Column("key", Key, primary_key=True)


def text(name: str, *, default: str = "", **options: Any) -> Column[str]:
    """A text that is never missing."""
    return Column(name, Words, nullable=False, default=default, server_default=default, **options)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """An instant."""
    return Column(name, UTCDateTime, nullable=nullable)


def link(name: str, target: str, *, on_delete: str = "CASCADE", nullable: bool = False) -> Column[int]:
    """The key of another table's row, with which this one goes unless told otherwise."""
    return Column(name, Key, ForeignKey(target, ondelete=on_delete), nullable=nullable)
