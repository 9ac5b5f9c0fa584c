"""The ledger: one engine that writes, one that only reads, and transactions for the rooms above."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from publisher.store import dialect
from publisher.store.alerts import Alerts
from publisher.store.articles import Articles
from publisher.store.deliveries import Deliveries
from publisher.store.facts import Facts
from publisher.store.failures import translated
from publisher.store.issues import Issues
from publisher.store.letters import Letters
from publisher.store.notices import Notices
from publisher.store.opening import open_engine, resolve_url
from publisher.store.revisions import Revisions
from publisher.store.schedules import Schedules
from publisher.store.seeds import Seeds
from publisher.store.subscribers import Subscribers
from publisher.store.suppressions import Suppressions


class Transaction:
    """One transaction on the ledger, by aggregate."""

    def __init__(self, connection: Connection) -> None:
        self.facts = Facts(connection)
        self.alerts = Alerts(connection)
        self.articles = Articles(connection)
        self.seeds = Seeds(connection)
        self.subscribers = Subscribers(connection)
        self.suppressions = Suppressions(connection)
        self.schedules = Schedules(connection)
        self.issues = Issues(connection)
        self.revisions = Revisions(connection)
        self.letters = Letters(connection)
        self.deliveries = Deliveries(connection)
        self.notices = Notices(connection)


class Ledger:
    """The database of people, ids and mail. Calls block: run them in a thread where a loop is waiting."""

    def __init__(self, url: str, *, home: Path, password: str = "") -> None:
        self.url = resolve_url(url, home=home, password=password)
        self.path = Path(self.url.database) if self.is_sqlite and self.url.database else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)  # addresses are in it; SQLite gives its other files the same mode
        self._writer = open_engine(self.url, read_only=False)
        self._reader = open_engine(self.url, read_only=True)
        self._mover = self._writer if self.is_sqlite else open_engine(self.url, read_only=False, is_hurried=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the ledger is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and upkeep inside this room."""
        return self._writer

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that has the ledger to itself; it commits at the end of the block, and rolls back by a raise.

        So what it reads stays true until it has written.
        """
        with translated(), self._writer.begin() as connection:
            dialect.take_desk(connection)
            yield Transaction(connection)

    @contextmanager
    def move(self) -> Iterator[Transaction]:
        """Like `write`, but on PostgreSQL beside others of its kind: for a worker that moves letters of its own.

        No `write` can commit meanwhile, so nobody leaves, and no issue is paused, in the middle of a move.
        """
        with translated(), self._mover.begin() as connection:
            dialect.take_desk(connection, is_shared=True)
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A view of one moment that can't write."""
        with translated(), self._reader.connect() as connection:
            yield Transaction(connection)

    def forget_deleted(self) -> bool:
        """Clear away what an erasure has left in the database; False where somebody reads it at this moment."""
        with translated():
            return dialect.forget_deleted(self._writer)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._mover.dispose()
        self._writer.dispose()
