"""Opens the ledger: one engine that writes, one that only reads, and transactions for the rooms above."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import LedgerError
from publisher.store.articles import Articles
from publisher.store.deliveries import Deliveries
from publisher.store.facts import Facts
from publisher.store.issues import Issues
from publisher.store.letters import Letters
from publisher.store.notices import Notices
from publisher.store.schedules import Schedules
from publisher.store.seeds import Seeds
from publisher.store.subscribers import Subscribers
from publisher.store.suppressions import Suppressions

_BUSY_MS = 30_000


class Transaction:
    """One transaction on the ledger, by aggregate."""

    def __init__(self, connection: Connection) -> None:
        self.facts = Facts(connection)
        self.articles = Articles(connection)
        self.seeds = Seeds(connection)
        self.subscribers = Subscribers(connection)
        self.suppressions = Suppressions(connection)
        self.schedules = Schedules(connection)
        self.issues = Issues(connection)
        self.letters = Letters(connection)
        self.deliveries = Deliveries(connection)
        self.notices = Notices(connection)


class Ledger:
    """The database of people, ids and mail. Calls block: run them in a thread where a loop is waiting."""

    def __init__(self, url: str, *, home: Path) -> None:
        self.url = resolve_url(url, home=home)
        self.path = Path(self.url.database) if self.is_sqlite and self.url.database else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)  # addresses are in it; SQLite gives its other files the same mode
        self._writer = _open_engine(self.url, read_only=False)
        self._reader = _open_engine(self.url, read_only=True)

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
        """A transaction that commits at the end of the block and rolls back when it raises."""
        with translated(), self._writer.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A view of one moment that can't write."""
        with translated(), self._reader.connect() as connection:
            yield Transaction(connection)

    def forget_deleted(self) -> bool:
        """Empty SQLite's log of what has been deleted; False where somebody reads it at this moment."""
        if not self.is_sqlite:
            return True
        with translated(), self._writer.connect() as connection:
            connection.rollback()
            cursor = connection.connection.cursor()
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        return not is_busy

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the database says into a LedgerError of one line."""
    try:
        yield
    except PoolTimeout as problem:
        raise LedgerError("the ledger can't be used now: all its connections are busy") from problem
    except OperationalError as problem:
        raise LedgerError(f"the ledger can't be used now: {problem.orig}") from problem
    except IntegrityError as problem:
        reason = str(problem.orig).partition("\n")[0]  # PostgreSQL's second line shows the row itself
        raise LedgerError(f"the ledger refuses what contradicts it: {reason}") from problem
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise LedgerError(f"the ledger's connection was lost: {problem.orig}") from problem
        if type(problem) is DatabaseError:  # SQLite's word for a file that is none of its own
            raise LedgerError(f"the ledger can't be read: {problem.orig}") from problem
        raise


def resolve_url(url: str, *, home: Path) -> URL:
    """The database's URL with a relative SQLite path below the home folder. Raises LedgerError for one of no use."""
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise LedgerError(f"not a database address: {problem}") from problem
    if parsed.get_backend_name() != "sqlite":
        return parsed
    if not parsed.database or parsed.database == ":memory:":
        raise LedgerError("a ledger in memory forgets everybody: give a file, as in sqlite:///data/publisher.db")
    return parsed.set(database=str(home / parsed.database))


def _open_engine(url: URL, *, read_only: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _open_server_engine(url, read_only=read_only)
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
        max_overflow=-1,  # a file's connections are cheap, and a thread that gets none fails
        hide_parameters=True,
    )
    event.listen(engine, "connect", _pragmas_for(read_only=read_only))
    event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
    return engine


def _open_server_engine(url: URL, *, read_only: bool) -> Engine:
    try:
        return create_engine(
            url, pool_pre_ping=True, hide_parameters=True, execution_options={"postgresql_readonly": read_only}
        )
    except (ArgumentError, ImportError) as problem:
        raise LedgerError(f"no ledger can be kept in {url.drivername}: {problem}") from problem


def _pragmas_for(*, read_only: bool) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """SQLite's settings: WAL with full syncs survives a power cut; transactions begin when we say so."""

    def set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return set_pragmas


def _begin_writing(connection: Connection) -> None:
    """Take the lock for writing at once: Python's default lost two increments in three without a word."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
