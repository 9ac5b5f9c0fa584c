"""Brings the ledger to this version's tables, from nothing or from an older version (Alembic)."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.pool import NullPool

from publisher.errors import LedgerError
from publisher.files import STAGED, settle
from publisher.store import tables
from publisher.store.dialect import take_desk
from publisher.store.engine import Ledger
from publisher.store.facts import COPIED_AT, Facts
from publisher.store.failures import translated

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"
_MOST_STRAYS = 10  # of each kind: enough to see what is wrong


def find_version(ledger: Ledger) -> str | None:
    """The ledger's present version; None for an empty database."""
    with translated(), ledger.engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION_TABLE):
            return None
        version: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION_TABLE}"))  # noqa: S608
        return version


def newest_version() -> str:
    """The version that this code wants: migrations are named by ascending numbers."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def upgrade(ledger: Ledger, *, version: str = "head") -> None:
    """Run the missing migrations in one transaction. Raises LedgerError for a ledger newer than this code."""
    # Alembic takes as long to load as all the rest, and nearly every start has nothing to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = _migration_engine(ledger)
    try:
        with translated(), engine.begin() as connection:
            take_desk(connection)
            _check_encoding(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, version)
    except CommandError as problem:
        raise LedgerError(
            f"the ledger was made by a newer version of publisher ({problem}): use that version, or restore a backup"
        ) from problem
    finally:
        engine.dispose()


def _migration_engine(ledger: Ledger) -> Engine:
    """An engine whose transactions hold the whole migration; foreign keys rest while SQLite rebuilds tables."""
    engine = create_engine(ledger.url, poolclass=NullPool, hide_parameters=True)
    if ledger.is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN EXCLUSIVE"))
    return engine


def _check_encoding(connection: Connection) -> None:
    """Raises LedgerError for a PostgreSQL database that can't hold every letter."""
    if connection.dialect.name == "sqlite":
        return
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise LedgerError(f"the database's encoding is {encoding}: make it anew with createdb --encoding=UTF8")


def _prepare_sqlite(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def backup(ledger: Ledger, path: Path, *, now: datetime) -> None:
    """Copy a live SQLite ledger into one file, which says of itself that it is a copy; it is there whole or not at all.

    Raises LedgerError for PostgreSQL, which has pg_dump.
    """
    if not ledger.is_sqlite:
        raise LedgerError("a ledger on PostgreSQL is copied by pg_dump: pg_dump --format=custom --file=FILE DATABASE")
    if path.exists():
        raise LedgerError(f"{path}: there is such a file already")
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}{STAGED}")
    try:
        with translated(), ledger.engine.connect() as connection:
            connection.rollback()  # a copy can't be made within a transaction
            connection.connection.cursor().execute("VACUUM INTO ?", (str(staged),))
        staged.chmod(0o600)
        _mark_copy(staged, now=now)
        settle([staged])
        staged.rename(path)
        settle([path])
    finally:
        staged.unlink(missing_ok=True)


def _mark_copy(path: Path, *, now: datetime) -> None:
    """A copy knows of nothing that is mailed after it: where it is put back, it sends only once somebody adopts it."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with translated(), engine.begin() as connection:
        Facts(connection).put(COPIED_AT, f"{now:%Y-%m-%d %H:%M} UTC")


def list_damage(ledger: Ledger) -> list[str]:
    """What is wrong inside the ledger; nothing for a sound one. The files of PostgreSQL have tools of their own."""
    with translated(), ledger.engine.connect() as connection:
        return (_list_broken(connection) if ledger.is_sqlite else []) + _list_strays(connection)


def _list_broken(connection: Connection) -> list[str]:
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    orphans = [f"{row[0]}: row {row[1]} has no {row[2]}" for row in rows]
    return [line for line in found if line != "ok"] + orphans


def _list_strays(connection: Connection) -> list[str]:
    """Deliveries that name a row that is not there: the database itself does not look after those."""
    delivery = tables.deliveries
    found = []
    for name in ("issue", "variant", "subscriber", "subscription"):
        link, target = delivery.c[f"{name}_key"], tables.METADATA.tables[f"{name}s"]
        rows = connection.scalars(
            select(delivery.c.key)
            .outerjoin(target, target.c.key == link)
            .where(link.is_not(None), target.c.key.is_(None))
            .order_by(delivery.c.key)
            .limit(_MOST_STRAYS)
        )
        found += [f"deliveries: row {key} has no {target.name}" for key in rows]
    return found
