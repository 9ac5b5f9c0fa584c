"""The ledger as a database: transactions that hold, times that are aware, keys that are never given out twice."""

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from publisher.domain.subscriber import Status
from publisher.errors import LedgerError
from publisher.store import Ledger, Transaction
from publisher.store.opening import resolve_url
from publisher.store.tables import UTCDateTime
from tests.conftest import on_postgresql, on_sqlite
from tests.factories import NOW, put_member
from tests.store.processes import count_up, run_processes, run_threads

DIALECT = sqlite.dialect()


def test_written_block_is_kept(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.facts.put("colour", "green")
    with ledger.read() as tx:
        assert tx.facts.find("colour") == "green"


def test_failed_block_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(LedgerError), ledger.write() as tx:
        _write_and_fail(tx)
    with ledger.read() as tx:
        assert tx.facts.find("colour") is None


def _write_and_fail(tx: Transaction) -> None:
    tx.facts.put("colour", "green")
    raise LedgerError("on purpose")


def test_reading_block_refuses_writes(ledger: Ledger) -> None:
    with pytest.raises(LedgerError), ledger.read() as tx:
        tx.facts.put("colour", "green")


def test_reader_sees_one_moment(ledger: Ledger) -> None:
    with ledger.read() as reading:
        assert reading.facts.find("colour") is None
        with ledger.write() as writing:
            writing.facts.put("colour", "green")
        assert reading.facts.find("colour") is None


def test_two_processes_lose_no_increment(ledger: Ledger, ledger_url: str) -> None:
    assert run_processes(count_up, ledger_url, 400, number=2) == [0, 0]
    with ledger.read() as tx:
        assert tx.facts.find("count") == "800"


@on_sqlite
def test_writers_survive_a_power_cut(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert values == ["wal", 2]


def test_key_of_erased_is_not_reused(ledger: Ledger) -> None:
    with ledger.write() as tx:
        gone = put_member(tx, "gone@example.org")
        tx.subscribers.erase(gone.key)
        new = put_member(tx, "new@example.org")
    assert new.key > gone.key
    assert new.subscription.key > gone.subscription.key


def test_contradiction_is_one_line(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"\A.*contradicts.*\Z"), ledger.write() as tx:
        tx.subscribers.set_subscription(999, "daily", status=Status.CONFIRMED, now=NOW)


def test_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(naive, DIALECT)


@given(
    moment=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)),  # noqa: DTZ001
    hours=st.integers(-14, 14),
)
def test_any_instant_comes_back_in_utc(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    kept = UTCDateTime().process_bind_param(aware, DIALECT)
    assert kept
    back = UTCDateTime().process_result_value(kept.replace(tzinfo=None), DIALECT)
    assert back == aware
    assert back.tzinfo is UTC


def test_relative_database_lies_in_home(tmp_path: Path) -> None:
    url = resolve_url("sqlite:///data/publisher.db", home=tmp_path)
    assert url.database == str(tmp_path / "data/publisher.db")


def test_absolute_database_stays(tmp_path: Path) -> None:
    assert resolve_url("sqlite:////srv/ledger.db", home=tmp_path).database == "/srv/ledger.db"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "publisher.db",
        "",
        "nonsense://host/name",
        "sqlite+other:///x.db",
        "postgresql+psycopg2://host/name",
        "postgresql://host:door/name",
    ],
)
def test_unusable_database_is_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(LedgerError, match=r"\A[^\n]+\Z"):
        Ledger(url, home=tmp_path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_means_one_driver(tmp_path: Path, scheme: str) -> None:
    url = resolve_url(f"{scheme}://editor@host/name", home=tmp_path, password="hunter2")
    assert (url.drivername, url.host, url.database, url.password) == ("postgresql+psycopg", "host", "name", "hunter2")
    assert "hunter2" not in f"{url} {url!r}"


def test_given_patience_is_kept(tmp_path: Path) -> None:
    assert resolve_url("postgresql://host/name?connect_timeout=3", home=tmp_path).query["connect_timeout"] == "3"


def test_forty_threads_read_and_write(ledger: Ledger) -> None:
    def act(number: int) -> None:
        with ledger.write() as tx:
            tx.facts.put(str(number), "written")
        with ledger.read() as tx:
            assert tx.facts.find(str(number)) == "written"

    run_threads(act, number=40)


@on_postgresql
def test_no_writer_waits_for_ever(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        limits = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert limits == ["2min", "1min"]


def test_database_folder_is_made(tmp_path: Path) -> None:
    with closing(Ledger("sqlite:///deep/down/ledger.db", home=tmp_path)) as ledger:
        assert ledger.path == tmp_path / "deep/down/ledger.db"
    assert (tmp_path / "deep/down").is_dir()


def test_broken_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is no database" * 100)
    with (
        closing(Ledger("sqlite:///ledger.db", home=tmp_path)) as ledger,
        pytest.raises(LedgerError, match=r"\A[^\n]+\Z"),
        ledger.read() as tx,
    ):
        tx.facts.find("colour")
