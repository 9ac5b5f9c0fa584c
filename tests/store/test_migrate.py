"""Migrations: from nothing to this version's tables, once, whoever starts first."""

import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import bindparam, inspect, select, text

from publisher.errors import LedgerError
from publisher.store import Ledger
from publisher.store.facts import COPIED_AT
from publisher.store.migrate import backup, find_version, list_damage, newest_version, upgrade
from publisher.store.tables import METADATA, UTCDateTime, deliveries
from tests.conftest import MakeUrl, on_sqlite
from tests.factories import NOW, make_freeze, put_cast, put_member
from tests.store.desk import open_desk
from tests.store.processes import migrate, migrate_and_die, run_processes

HOME = Path("/")


def test_empty_database_has_no_version(make_empty_url: MakeUrl) -> None:
    with closing(Ledger(make_empty_url(), home=HOME)) as ledger:
        assert find_version(ledger) is None


def test_upgrade_reaches_newest_version(make_empty_url: MakeUrl) -> None:
    with closing(Ledger(make_empty_url(), home=HOME)) as ledger:
        upgrade(ledger)
        assert find_version(ledger) == newest_version()


def test_killed_upgrade_is_repeated(make_empty_url: MakeUrl) -> None:
    url = make_empty_url()
    assert run_processes(migrate_and_die, url, 9, number=1) == [-signal.SIGKILL]
    with closing(Ledger(url, home=HOME)) as ledger:
        assert find_version(ledger) is None
        upgrade(ledger)
        assert list_damage(ledger) == []
        with ledger.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        put_cast(ledger)


_OLD_ROWS = """
INSERT INTO subscribers VALUES (7, 'alice@example.org', 'alice@example.org', 'digest', '', '', '', 'html', :now);
INSERT INTO subscriptions VALUES (8, 7, 'daily', 'confirmed', '', NULL, '', :now);
INSERT INTO issues VALUES (3, 'daily', 'now', 'open', '', '', '', 'example.org', :now, :now, :now, :now, 2);
INSERT INTO variants VALUES (5, 3, '', '', 'html', 'Today', '', '', false);
INSERT INTO deliveries VALUES (2, 3, 7, 8, 5, 'queued', :now, :now, :now, 0, NULL, '', 0, '', :now);
INSERT INTO deliveries VALUES (9, 3, NULL, NULL, 5, 'sent', :now, :now, :now, 1, NULL, 'main', 250, 'Ok', :now);
DELETE FROM deliveries WHERE key = 9;
INSERT INTO deliveries VALUES (4, 3, NULL, NULL, 5, 'sent', :now, :now, :now, 1, NULL, 'main', 250, 'Ok', :now)
"""


def _make_old(url: str, *, version: str) -> None:
    with closing(Ledger(url, home=HOME)) as ledger:
        upgrade(ledger, version=version)
        with ledger.engine.begin() as connection:
            for line in _OLD_ROWS.strip().split(";\n"):
                connection.execute(
                    text(line).bindparams(bindparam("now", NOW, UTCDateTime)) if ":now" in line else text(line)
                )


def _list_deliveries(ledger: Ledger) -> list[Any]:
    with ledger.engine.connect() as connection:
        return list(connection.execute(select(deliveries).order_by(deliveries.c.key)))


def test_old_deliveries_are_kept(empty_url: str) -> None:
    _make_old(empty_url, version="0002")
    with closing(Ledger(empty_url, home=HOME)) as ledger:
        before = _list_deliveries(ledger)
        upgrade(ledger)
        assert [row.key for row in before] == [2, 4]
        assert _list_deliveries(ledger) == before
        assert list_damage(ledger) == []


@on_sqlite
def test_old_keys_are_never_repeated(empty_url: str) -> None:
    _make_old(empty_url, version="0002")
    with closing(Ledger(empty_url, home=HOME)) as ledger:
        upgrade(ledger)
        with ledger.write() as tx:
            put_member(tx, "bea@example.org")
            assert tx.issues.freeze(make_freeze(), NOW)
        assert [row.key for row in _list_deliveries(ledger)] == [2, 4, 10, 11]


def test_upgraded_old_ledger_has_the_tables(empty_url: str) -> None:
    _make_old(empty_url, version="0002")
    with closing(Ledger(empty_url, home=HOME)) as ledger:
        upgrade(ledger)
        with ledger.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_second_upgrade_changes_nothing(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    upgrade(ledger)
    with ledger.read() as tx:
        assert tx.subscribers.find(cast.alice.email) == cast.alice.subscriber


def test_migrations_make_the_tables(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrated_columns_have_the_defaults(ledger: Ledger, make_empty_url: MakeUrl) -> None:
    with closing(Ledger(make_empty_url(), home=HOME)) as fresh:
        METADATA.create_all(fresh.engine)
        assert _list_columns(fresh) == _list_columns(ledger)


def _list_columns(ledger: Ledger) -> list[tuple[str, str, str, bool, str | None]]:
    found = inspect(ledger.engine)
    return [
        (table, column["name"], str(column["type"]), column["nullable"], column["default"])
        for table in sorted(METADATA.tables)
        for column in found.get_columns(table)
    ]


@on_sqlite
def test_migrations_keep_keys_unique_for_ever(ledger: Ledger) -> None:
    wanted = {table.name for table in METADATA.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    with ledger.engine.connect() as connection:
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"))
        assert set(rows.scalars()) == wanted


def test_newer_ledger_is_refused(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match=r"\Athe ledger was made by a newer version[^\n]*\Z"):
        upgrade(ledger)


def test_refused_ledger_stays_as_it_was(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError):
        upgrade(ledger)
    assert find_version(ledger) == "9999"
    with ledger.read() as tx:
        assert tx.subscribers.find(cast.bob.email)


def test_four_processes_upgrade_at_once(make_empty_url: MakeUrl) -> None:
    urls = [make_empty_url() for _ in range(5)]
    assert run_processes(migrate, *urls, number=4) == [0, 0, 0, 0]
    for url in urls:
        with closing(Ledger(url, home=HOME)) as ledger:
            assert find_version(ledger) == newest_version()
            assert list_damage(ledger) == []


@on_sqlite
def test_backup_is_a_whole_ledger(ledger: Ledger, tmp_path: Path) -> None:
    cast = put_cast(ledger)
    backup(ledger, tmp_path / "copies/copy.db", now=NOW)
    with closing(Ledger("sqlite:///copies/copy.db", home=tmp_path)) as copy, copy.read() as tx:
        assert tx.subscribers.find(cast.alice.email) == cast.alice.subscriber


@on_sqlite
def test_backup_says_that_it_is_a_copy(ledger: Ledger, tmp_path: Path) -> None:
    backup(ledger, tmp_path / "copy.db", now=NOW)
    with closing(Ledger("sqlite:///copy.db", home=tmp_path)) as copy, copy.read() as tx, ledger.read() as original:
        assert tx.facts.find(COPIED_AT) == f"{NOW:%Y-%m-%d %H:%M} UTC"
        assert original.facts.find(COPIED_AT) is None


@on_sqlite
def test_backup_leaves_one_file(ledger: Ledger, tmp_path: Path) -> None:
    backup(ledger, tmp_path / "copies/copy.db", now=NOW)
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["copy.db"]


@on_sqlite
def test_backup_is_private(ledger: Ledger, tmp_path: Path) -> None:
    backup(ledger, tmp_path / "copy.db", now=NOW)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


@on_sqlite
def test_backup_never_overwrites(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(LedgerError, match="such a file already"):
        backup(ledger, tmp_path / "copy.db", now=NOW)
    assert (tmp_path / "copy.db").read_bytes() == b"precious"


@on_sqlite
def test_backup_runs_beside_a_writer(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.read() as tx:
        tx.facts.find("colour")
        backup(ledger, tmp_path / "copy.db", now=NOW)
    assert (tmp_path / "copy.db").stat().st_size > 0


def test_sound_ledger_has_no_damage(ledger: Ledger) -> None:
    put_cast(ledger)
    assert list_damage(ledger) == []


@on_sqlite
def test_orphan_row_is_damage(ledger: Ledger) -> None:
    put_cast(ledger)
    connection = ledger.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("DELETE FROM subscribers WHERE key = 1")
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        connection.close()
    assert list_damage(ledger) == ["subscriptions: row 1 has no subscribers"]


def test_stray_delivery_is_damage(ledger: Ledger) -> None:
    open_desk(ledger)
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET variant_key = 99"))
    assert list_damage(ledger) == ["deliveries: row 1 has no variants"]
