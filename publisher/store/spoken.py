"""Statements of every turn, put into words once: Core would take longer over each than the database over its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement

_NAMED = sqlite.dialect(paramstyle="named")  # so that rows are handed over by name, as on PostgreSQL


class Spoken:
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
        for name in self._writers.keys() & values.keys():
            values[name] = self._writers[name](values[name])
        return values

    def run(
        self, connection: Connection, given: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute it for bound values, or for each of several; what it gives is as the driver gives it."""
        return connection.exec_driver_sql(self._words, given)
