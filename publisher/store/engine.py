"""The ledger: one engine that writes, one that only reads, and transactions for the rooms above."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from publisher.store import dialect
from publisher.store.addresses import Addresses
from publisher.store.alerts import Alerts
from publisher.store.articles import Articles
from publisher.store.correction_notices import CorrectionNotices
from publisher.store.corrections import Corrections
from publisher.store.cuts import Cuts
from publisher.store.deliveries import Deliveries
from publisher.store.facts import Facts
from publisher.store.failures import translated
from publisher.store.fair_lock import FairLock
from publisher.store.ids import Ids
from publisher.store.issues import Issues
from publisher.store.letters import Letters
from publisher.store.links import Links
from publisher.store.notices import Notices
from publisher.store.offered import Offered
from publisher.store.opening import open_engine, resolve_url
from publisher.store.places import Places
from publisher.store.pushes import Pushes
from publisher.store.revisions import Revisions
from publisher.store.schedules import Schedules
from publisher.store.seeds import Seeds
from publisher.store.streams import Streams
from publisher.store.subscribers import Subscribers
from publisher.store.suppressions import Suppressions
from publisher.store.verdicts import Verdicts

_REST = 0.5  # seconds


class Transaction:
    """One transaction on the ledger, by aggregate; each is made when it is asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def facts(self) -> Facts:
        return Facts(self._connection)

    @cached_property
    def alerts(self) -> Alerts:
        return Alerts(self._connection)

    @cached_property
    def articles(self) -> Articles:
        return Articles(self._connection)

    @cached_property
    def streams(self) -> Streams:
        return Streams(self._connection)

    @cached_property
    def cuts(self) -> Cuts:
        return Cuts(self._connection)

    @cached_property
    def offered(self) -> Offered:
        return Offered(self._connection)

    @cached_property
    def addresses(self) -> Addresses:
        return Addresses(self._connection)

    @cached_property
    def places(self) -> Places:
        return Places(self._connection)

    @cached_property
    def ids(self) -> Ids:
        return Ids(self._connection)

    @cached_property
    def links(self) -> Links:
        return Links(self._connection)

    @cached_property
    def seeds(self) -> Seeds:
        return Seeds(self._connection)

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self._connection)

    @cached_property
    def subscribers(self) -> Subscribers:
        return Subscribers(self._connection)

    @cached_property
    def suppressions(self) -> Suppressions:
        return Suppressions(self._connection)

    @cached_property
    def pushes(self) -> Pushes:
        return Pushes(self._connection)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self._connection)

    @cached_property
    def issues(self) -> Issues:
        return Issues(self._connection)

    @cached_property
    def revisions(self) -> Revisions:
        return Revisions(self._connection)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self._connection)

    def correction_notices(self, topic: str) -> CorrectionNotices:
        """The notices of the correction that `topic` names."""
        return CorrectionNotices(self._connection, topic)

    @cached_property
    def letters(self) -> Letters:
        return Letters(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self._connection)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self._connection)


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
        self._mover = self._writer if self.is_sqlite else open_engine(self.url, read_only=False)
        self._moving: Connection | None = None  # kept: to take one from the pool each time would cost more than a row
        self._moved_at = 0.0
        self._moves = FairLock()
        self._writes: AbstractContextManager[object] = self._moves if self.is_sqlite else nullcontext()

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
        with translated(), self._writes, self._writer.begin() as connection:
            dialect.take_desk(connection)
            yield Transaction(connection)

    @contextmanager
    def move(self) -> Iterator[Transaction]:
        """Like `write`, but on PostgreSQL beside others of its kind: for a worker that moves letters of its own.

        No `write` can commit meanwhile, so nobody leaves, and no issue is paused, in the middle of a move.
        """
        with translated(), self._moves:
            connection = self._take_moving()
            try:
                with connection.begin():
                    dialect.take_desk(connection, is_shared=True)
                    yield Transaction(connection)
            except BaseException:
                self._moving = None
                connection.close()
                raise
            self._moved_at = time.monotonic()

    def _take_moving(self) -> Connection:
        """The connection of moves; after a rest the pool tries it: a server that was started again has forgotten it."""
        if self._moving and time.monotonic() - self._moved_at > _REST:
            self._moving.close()
            self._moving = None
        self._moving = self._moving or self._mover.connect()
        return self._moving

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
        if self._moving:
            self._moving.close()
        self._reader.dispose()
        self._mover.dispose()
        self._writer.dispose()
