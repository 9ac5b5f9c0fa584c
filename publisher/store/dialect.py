"""The one place where SQLite and PostgreSQL differ."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite


def insert(connection: Connection, table: Table) -> sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the connection's dialect (both spell it alike)."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a tenth of a second that a ledger in a file need not spend

    return postgresql.insert(table)  # type: ignore[return-value]
