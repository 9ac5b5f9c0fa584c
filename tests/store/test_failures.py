"""A database that can't be used: one line with the mend, and no password in it."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier

import pytest

from publisher.errors import LedgerError
from publisher.store import Ledger
from publisher.store.migrate import find_version, upgrade
from tests.conftest import on_postgresql
from tests.postgres import Databases, name_of
from tests.store.processes import run_threads

HOME, SECRET = Path("/"), "hunter2"
_PATIENCE = 20


def _complain(url: str, *, password: str = SECRET) -> str:
    """What a ledger there says."""
    with closing(Ledger(url, home=HOME, password=password)) as ledger, pytest.raises(LedgerError) as caught:
        upgrade(ledger)
    line = str(caught.value)
    assert "\n" not in line
    assert SECRET not in line
    return line


@pytest.fixture
def shut_port() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_server_that_is_down_is_named(shut_port: int) -> None:
    line = _complain(f"postgresql://editor@127.0.0.1:{shut_port}/name")
    assert str(shut_port) in line
    assert line.endswith("see that PostgreSQL runs, and that [database] url says where")


def test_missing_database_names_createdb(server: Databases) -> None:
    line = _complain(server.url_of("nowhere"))
    assert '"nowhere" does not exist' in line
    assert line.endswith("make the database with createdb, or mend [database] url")


def test_unknown_user_is_told(server: Databases) -> None:
    line = _complain(server.url_of("postgres", user="nobody"))
    assert "mend the user in [database] url" in line


def test_unknown_option_is_told(server: Databases) -> None:
    assert "nonsense" in _complain(f"{server.url_of('postgres')}&nonsense=1")


def test_forbidden_schema_names_the_owner(server: Databases) -> None:
    name = name_of(server.make())
    with server.guest(password=SECRET) as guest:
        line = _complain(server.url_of(name, user=guest))
    assert "permission denied for schema public" in line
    assert line.endswith("make this user the owner of the database")


def test_right_password_opens(server: Databases) -> None:
    with server.guest(password=SECRET) as guest, closing(_open_as(server, guest, SECRET)) as ledger:
        assert find_version(ledger) is None


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="that server has its own rules of access")
@pytest.mark.parametrize("password", ["", f"{SECRET}3"])
def test_wrong_password_is_told(server: Databases, password: str) -> None:
    with server.guest(password=SECRET) as guest:
        line = _complain(server.url_of("postgres", user=guest), password=password)
    assert "password" in line
    assert line.endswith("or give its password as [database] password or password_file")


def _open_as(server: Databases, user: str, password: str) -> Ledger:
    return Ledger(server.url_of("postgres", user=user), home=HOME, password=password)


def test_small_alphabet_is_refused(server: Databases) -> None:
    url = server.make(encoding="LATIN1")
    assert _complain(url).endswith("make it anew with createdb --encoding=UTF8")


def test_lost_connection_is_one_line(server: Databases, pattern_database: str) -> None:
    url = server.make(like=pattern_database)
    with closing(Ledger(url, home=HOME)) as ledger:
        with pytest.raises(LedgerError, match=r"\A[^\n]+\Z"):
            _write_while_cut_off(ledger, server)
        with ledger.write() as tx:
            assert tx.facts.find("colour") is None
            tx.facts.put("colour", "blue")


def _write_while_cut_off(ledger: Ledger, server: Databases) -> None:
    with ledger.write() as tx:
        assert server.cut_off(str(ledger.url)) == 1
        tx.facts.put("colour", "green")


def test_idle_connections_are_made_anew(server: Databases, pattern_database: str) -> None:
    url = server.make(like=pattern_database)
    with closing(Ledger(url, home=HOME)) as ledger:
        with ledger.write() as tx:
            tx.facts.put("colour", "green")
        with ledger.read() as tx:
            tx.facts.find("colour")
        assert server.cut_off(url) == 2
        with ledger.write() as tx:
            tx.facts.put("colour", "blue")
        with ledger.read() as tx:
            assert tx.facts.find("colour") == "blue"


@on_postgresql
def test_mover_fails_once_at_most(ledger: Ledger, server: Databases) -> None:
    with ledger.move() as tx:
        tx.facts.put("colour", "green")
    server.cut_off(str(ledger.url))
    with suppress(LedgerError), ledger.move() as tx:
        tx.facts.put("colour", "red")
    with ledger.move() as tx:
        tx.facts.put("colour", "blue")
    with ledger.read() as tx:
        assert tx.facts.find("colour") == "blue"


@on_postgresql
def test_deadlock_is_one_line(ledger: Ledger, ledger_url: str) -> None:
    met, other = Barrier(2), Ledger(ledger_url, home=Path("/"))  # moves of one ledger pass one by one

    def cross(number: int) -> str:
        first, second = ("a", "b") if number else ("b", "a")
        try:
            with (other if number else ledger).move() as tx:
                tx.facts.put(first, "here")
                met.wait(_PATIENCE)
                tx.facts.put(second, "there")
        except LedgerError as problem:
            return str(problem)
        return ""

    with closing(other):
        nothing, line = sorted(run_threads(cross, number=2))
    assert nothing == ""
    assert "deadlock detected" in line
    assert "\n" not in line
