"""Suppressions: addresses that are not mailed any more, known by a keyed digest alone."""

from datetime import datetime

from sqlalchemy import Connection, select

from publisher.domain.subscriber import Reason
from publisher.store import tables
from publisher.store.dialect import insert


class Suppressions:
    """The suppression list."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, reason: Reason, source: str, now: datetime) -> None:
        """Suppress an address; the first reason stays."""
        values = {"digest": digest, "reason": reason.value, "source": source, "at": now}
        statement = insert(self._connection, tables.suppressions).values(values)
        self._connection.execute(statement.on_conflict_do_nothing())

    def find(self, digest: str) -> tuple[Reason, str, datetime] | None:
        """(reason, source, since when) for a suppressed address."""
        suppression = tables.suppressions
        row = self._connection.execute(select(suppression).where(suppression.c.digest == digest)).first()
        return (Reason(row.reason), row.source, row.at) if row else None
