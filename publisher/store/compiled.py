"""Statements that are compiled once and run by the driver: Core takes longer over one than the database does."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement

_NAMED = sqlite.dialect(paramstyle="named")  # so that rows are handed over by name, as on PostgreSQL


class Compiled:
    """One statement of Core in one dialect, run by the driver as it stands; every value of it is a named parameter."""

    def __init__(self, statement: CompilerElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=_NAMED if dialect.name == "sqlite" else dialect)
        assert isinstance(compiled, SQLCompiler)
        self._words = str(compiled)
        types = {name: bound.type.dialect_impl(dialect) for name, bound in compiled.binds.items()}
        found = {name: kind.bind_processor(dialect) for name, kind in types.items()}
        self._writers = {name: write for name, write in found.items() if write}

    def bind(self, **values: Any) -> dict[str, Any]:
        """The values as the driver takes them; rows that share some need not have those bound each time."""
        for name, write in self._writers.items():
            if values.get(name) is not None:
                values[name] = write(values[name])
        return values

    def run(self, connection: Connection, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute it for bound values; the rows that it gives are as the driver gives them."""
        with open_cursor(connection, self._words) as cursor:
            cursor.execute(self._words, given)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def run_for_each(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each of several sets of values."""
        with open_cursor(connection, self._words) as cursor:
            cursor.executemany(self._words, given)


@contextmanager
def open_cursor(connection: Connection, words: str) -> Iterator[Any]:
    """A cursor of the driver itself, for these words; what it raises is what SQLAlchemy would make of it."""
    errors = connection.dialect.loaded_dbapi.Error
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except errors as problem:
        raise DBAPIError.instance(
            words, None, problem, errors, hide_parameters=True, dialect=connection.dialect
        ) from problem
    finally:
        cursor.close()
