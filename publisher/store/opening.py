"""Opens a database: which addresses are of use, and how each kind of connection is set up."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from publisher.errors import LedgerError
from publisher.failpoint import wait
from publisher.store.compiled import open_cursor

_DRIVERS = {"sqlite": "sqlite"} | dict.fromkeys(("postgresql", "postgres", "postgresql+psycopg"), "postgresql+psycopg")
_FILE_WAIT_MS = round(wait(30_000))  # for another writer
_SERVER_WAIT_MS = round(wait(120_000))  # the same on PostgreSQL, where a freeze for a million takes a minute
_IDLE_MS = round(wait(60_000))  # how long a frozen process, or a machine that is gone, may keep all others waiting
_BEGIN = "BEGIN IMMEDIATE"
_LOG_PAGES = 4_000  # of 4 KB, after which the log is brought into the file: a sender writes the same pages many times
# To reach a server, and to notice that one is gone without a word; in seconds, the last in milliseconds.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_MOST = 20  # connections of one engine; a thread that finds none free waits for one


def resolve_url(url: str, *, home: Path, password: str = "") -> URL:
    """The database's URL, a relative SQLite path being below the home folder. Raises LedgerError for one of no use."""
    try:
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername]
    except (ArgumentError, ValueError, KeyError):  # what they say may show a password
        raise LedgerError("a ledger's address is sqlite:///data/publisher.db or postgresql://user@host/name") from None
    if driver != "sqlite":
        patient = parsed.set(drivername=driver, query={**_PATIENCE, **parsed.query})
        return patient.set(password=password) if password else patient
    if not parsed.database or parsed.database == ":memory:":
        raise LedgerError("a ledger in memory forgets everybody: give a file, as in sqlite:///data/publisher.db")
    return parsed.set(database=str(home / parsed.database))


def open_engine(url: URL, *, read_only: bool) -> Engine:
    """The connections of a ledger, all for writing or all for reading. Raises LedgerError without a driver."""
    if url.drivername == "sqlite":
        return _open_file(url, read_only=read_only)
    engine = _open_server(url, read_only=read_only)
    if not read_only:
        event.listen(engine, "connect", _limit_waits)
    return engine


def _open_file(url: URL, *, read_only: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": _FILE_WAIT_MS / 1000, "check_same_thread": False},
        max_overflow=-1,  # a file's connections are cheap, and a thread that gets none fails
        hide_parameters=True,
    )
    event.listen(engine, "connect", _pragmas_for(read_only=read_only))
    event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
    return engine


def _open_server(url: URL, *, read_only: bool) -> Engine:
    """What is read is a view of one moment; what is written sees what others committed before it got the lock."""
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=_MOST - 5,
            hide_parameters=True,
            isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
            execution_options={"postgresql_readonly": read_only},
        )
    except ImportError as problem:
        raise LedgerError("a ledger on PostgreSQL needs its driver: install publisher[postgres]") from problem


def _limit_waits(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Let no writer wait for ever: neither for another one, nor one that waits for a process that is no more."""
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {_SERVER_WAIT_MS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {_IDLE_MS}")
    cursor.close()
    connection.commit()


def _pragmas_for(*, read_only: bool) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """SQLite's settings: WAL with full syncs survives a power cut; transactions begin when we say so."""

    def set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_FILE_WAIT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={_LOG_PAGES}",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return set_pragmas


def _begin_writing(connection: Connection) -> None:
    """Take the lock for writing at once: Python's default lost two increments in three without a word."""
    with open_cursor(connection, _BEGIN) as cursor:
        cursor.execute(_BEGIN)


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
