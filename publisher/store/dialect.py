"""The one place where SQLite and PostgreSQL differ once they are open: conflicts, lists, clocks, locks, erasing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Interval,
    Table,
    Text,
    TypeDecorator,
    any_,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from publisher.store import tables

_DESK = 7_236_110  # any number that no other program takes as an advisory lock of this database
_PERSONAL = (tables.subscribers, tables.subscriptions, tables.consents, tables.notices)


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the connection's dialect (both spell it alike)."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of a second that a ledger in a file need not spend

    return postgresql.insert(table)  # type: ignore[return-value]


class Keys(TypeDecorator[list[int]]):
    """A list of keys as one parameter, so that a statement has the same words for one row and for a thousand."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger))

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


def is_among(column: ColumnElement[int], keys: BindParameter[list[int]], dialect: Dialect) -> ColumnElement[bool]:
    """A key's being in a list of type `Keys`."""
    if dialect.name == "sqlite":
        return column.in_(select(func.json_each(keys).table_valued("value").c.value))
    return column == any_(keys)


def find_clock(now: ColumnElement[datetime], dialect: Dialect) -> ColumnElement[datetime]:
    """The time by which leases end: the clock of the server that workers share, on SQLite that of their one machine."""
    return now if dialect.name == "sqlite" else func.clock_timestamp(type_=tables.UTCDateTime)


def find_end(until: ColumnElement[datetime], length: timedelta, dialect: Dialect) -> ColumnElement[datetime]:
    """When a lease of that length ends by that clock: `until`, where it is ours."""
    if dialect.name == "sqlite":
        return until
    return func.clock_timestamp(type_=tables.UTCDateTime) + literal(length, Interval)


def take_desk(connection: Connection, *, is_shared: bool = False) -> None:
    """Until the transaction ends, keep out every other writer; shared, only those that want the ledger alone.

    On SQLite the transaction's begin has locked everybody out already.
    """
    if connection.dialect.name == "sqlite":
        return
    kind = "_shared" if is_shared else ""
    connection.execute(text(f"SELECT pg_advisory_xact_lock{kind}(:desk)"), {"desk": _DESK})


@contextmanager
def joining_all(connection: Connection) -> Iterator[None]:
    """For a statement that joins whole tables: what was just written PostgreSQL takes for a few rows.

    It would look up a million subscribers one by one.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    for setting in ("enable_nestloop = off", "work_mem = '256MB'"):
        connection.execute(text(f"SET LOCAL {setting}"))
    yield
    for name in ("enable_nestloop", "work_mem"):
        connection.execute(text(f"SET LOCAL {name} = DEFAULT"))


def note_growth(connection: Connection, table: Table) -> None:
    """Tell PostgreSQL's planner how much has come into a table; till then each claim would sort all that is queued."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ANALYZE {table.name}"))


def forget_deleted(engine: Engine) -> bool:
    """Clear away what deleted rows have left; False where somebody's older view of the ledger keeps it."""
    return _empty_log(engine) if engine.dialect.name == "sqlite" else _vacuum(engine)


def _empty_log(engine: Engine) -> bool:
    with engine.connect() as connection:
        connection.rollback()
        cursor = connection.connection.cursor()
        is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    return not is_busy


def _vacuum(engine: Engine) -> bool:
    names = [table.name for table in _PERSONAL]
    left = text("SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE relname = ANY(:names)")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {', '.join(names)}"))
        return not connection.scalar(left, {"names": names})
