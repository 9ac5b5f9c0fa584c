"""The command line on PostgreSQL: an address in the settings is all that differs, and what it can't do is one line."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from publisher.store.migrate import newest_version
from tests.commands import call, call_well
from tests.conftest import on_postgresql
from tests.homes import DATABASE, HomeFolder, make_home

pytestmark = [on_postgresql, pytest.mark.usefixtures("engine")]
_HIDDEN = "import sys; sys.modules['psycopg'] = None; from publisher.cli import main; main()"


@pytest.fixture
def home(tmp_path: Path, empty_url: str) -> HomeFolder:
    """A home on a database without any table."""
    return make_home(tmp_path / "home", relay_port=1, more=DATABASE.format(url=empty_url))


def _set_version(url: str, version: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [version])


def test_empty_database_gets_its_tables(home: HomeFolder) -> None:
    assert call_well(home, "articles", "--json").json == []
    assert "up to date" in call_well(home, "db", "upgrade").out
    assert (home.path / "data" / "secret").is_file()
    assert not (home.path / "data" / "publisher.db").exists()


def test_older_tables_wait_for_the_operator(home: HomeFolder, empty_url: str) -> None:
    call_well(home, "articles")
    _set_version(empty_url, "0000")
    for command in ("articles", "doctor", "run", "worker"):
        ran = call(home, command)
        assert ran.code == 1
        assert f"(0000, this one needs {newest_version()})" in ran.problem
        assert ran.problem.endswith("make a copy with pg_dump, and run `publisher db upgrade`")


def test_newer_tables_are_refused(home: HomeFolder, empty_url: str) -> None:
    call_well(home, "articles")
    _set_version(empty_url, "9999")
    for command in (["articles"], ["db", "upgrade"]):
        ran = call(home, *command)
        assert ran.code == 1
        assert "the ledger was made by a newer version of publisher" in ran.problem


def test_upgrade_makes_the_tables(home: HomeFolder) -> None:
    assert call_well(home, "db", "upgrade").out == "the database is up to date\n"
    assert call_well(home, "db", "check").out.startswith("its tables are of this version")


def test_backup_names_pg_dump(home: HomeFolder) -> None:
    ran = call(home, "db", "backup")
    assert ran.code == 1
    assert "pg_dump --format=custom" in ran.problem


def test_doctor_knows_the_version(home: HomeFolder) -> None:
    found = {one["what"]: one for one in call(home, "doctor", "--json").json}
    assert found["database"] == {"what": "database", "ok": True, "text": f"version {newest_version()}"}


def test_erasure_leaves_nothing(home: HomeFolder) -> None:
    call_well(home, "subscribers", "add", "alice@example.net", "--confirmed", "--source", "paper form")
    assert call_well(home, "subscribers", "erase", "alice@example.net").out == "erased\n"
    assert call_well(home, "subscribers", "list", "--json").json == []


def test_missing_driver_is_one_line(home: HomeFolder) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _HIDDEN, "--home", str(home.path), "articles"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "publisher: a ledger on PostgreSQL needs its driver: install publisher[postgres]\n"


@pytest.mark.parametrize("command", ["articles", "doctor", "run", "worker"])
def test_missing_server_is_one_line(tmp_path: Path, command: str) -> None:
    url = "postgresql://editor:hunter2@/name?host=/nowhere"
    ran = call(make_home(tmp_path / "home", relay_port=1, more=DATABASE.format(url=url)), command)
    assert ran.code == 1
    assert "/nowhere" in ran.problem
    assert ran.problem.endswith("see that PostgreSQL runs, and that [database] url says where")
    assert "hunter2" not in ran.problem


def test_password_file_must_be_there(tmp_path: Path) -> None:
    more = DATABASE.format(url="postgresql://editor@/name?host=/nowhere") + 'password_file = "gone"\n'
    ran = call(make_home(tmp_path / "home", more=more), "articles")
    assert ran.code == 2
    assert ran.problem.endswith("gone'")
