"""Which feeds readers were ever offered by the settings: one that stands there no more has ended."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from publisher.store import tables
from publisher.store.dialect import insert


class Offered:
    """The names of feeds that readers were offered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, names: Iterable[str], *, now: datetime) -> None:
        """Note that feeds of these names are offered; the first time stays."""
        rows = [{"name": name, "first_seen_at": now} for name in names]
        if rows:
            self._connection.execute(insert(self._connection, tables.feeds).on_conflict_do_nothing(), rows)

    def has(self, name: str) -> bool:
        """Whether a feed of that name was ever offered."""
        wanted = select(tables.feeds.c.name).where(tables.feeds.c.name == name)
        return self._connection.execute(wanted).first() is not None
