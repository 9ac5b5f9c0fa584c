"""What every command needs: a home, settings, a ledger, its secret; each mistake is one clear line and an exit code."""

import base64
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from publisher import __version__
from tests.commands import call, call_well
from tests.homes import HomeFolder, make_home

FIRST_FORM = (
    *("init", "ingest", "articles", "show", "review", "correct", "feeds", "rebuild", "plan", "preview", "send", "run"),
    *("worker", "ids", "issues", "subscribers", "why", "alerts", "doctor", "dkim", "db", "templates"),
)
HEAVY = {
    "sqlalchemy",
    "pydantic",
    "structlog",
    "jinja2",
    "lxml",
    "uvicorn",
    "starlette",
    "prometheus_client",
    "asyncio",
}
NEEDED_BY_THE_LEDGER = {"sqlalchemy", "pydantic", "asyncio"}
SHOW_LOADED = """
import atexit, sys
from publisher.cli import main
atexit.register(lambda: print(*{name.partition(".")[0] for name in sys.modules}))
main()
"""
LISTINGS = ("articles", "plan", "review list", "issues list", "subscribers list", "doctor")


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return make_home(tmp_path / "home", url="http://127.0.0.1:8000")


@pytest.fixture
def used_home(home: HomeFolder) -> HomeFolder:
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    call_well(home, "ingest")
    return home


def test_help_lists_every_command(home: HomeFolder) -> None:
    ran = call_well(home, "--help")
    listed = {line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.startswith("  ")}
    assert listed == set(FIRST_FORM)


@pytest.mark.parametrize("command", FIRST_FORM)
def test_every_command_explains_itself(home: HomeFolder, command: str) -> None:
    assert command in call_well(home, command, "--help").out.splitlines()[0]


def test_version_is_printed(home: HomeFolder) -> None:
    assert call_well(home, "--version").out == f"publisher {__version__}\n"


def test_help_loads_no_heavy_library() -> None:
    loaded = subprocess.run([sys.executable, "-c", SHOW_LOADED, "--help"], capture_output=True, text=True, check=True)
    assert not HEAVY & set(loaded.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", ["articles --json", "issues list --json"])
def test_listings_load_no_more_than_the_ledger(used_home: HomeFolder, command: str) -> None:
    asked = [sys.executable, "-c", SHOW_LOADED, "--home", str(used_home.path), *command.split()]
    loaded = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert not (HEAVY - NEEDED_BY_THE_LEDGER) & set(loaded.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("listing", LISTINGS)
def test_listings_of_new_home_are_json(home: HomeFolder, listing: str) -> None:
    assert isinstance(call_well(home, *listing.split(), "--json").json, list)


@pytest.mark.parametrize("listing", LISTINGS)
def test_listings_of_new_home_say_something(home: HomeFolder, listing: str) -> None:
    ran = call_well(home, *listing.split())
    assert ran.out.strip()
    assert not ran.err


@pytest.mark.parametrize("wrong", ["nonsense", "issues nonsense", "articles --nonsense", "show", "issues show"])
def test_wrong_usage_ends_with_two(home: HomeFolder, wrong: str) -> None:
    ran = call(home, *wrong.split())
    assert ran.code == 2
    assert "Error: " in ran.err


def test_init_makes_a_home_that_works(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    assert str(folder / "config" / "publisher.toml") in call_well(tmp_path, "init", str(folder)).out
    assert len(call_well(folder, "ingest", "--json").json["new"]) == 1
    assert call_well(folder, "doctor").out


def test_init_leaves_a_home_alone(home: HomeFolder) -> None:
    before = (home.path / "config" / "publisher.toml").read_bytes()
    ran = call(home, "init", str(home.path))
    assert ran.code == 2
    assert "a home already" in ran.problem
    assert (home.path / "config" / "publisher.toml").read_bytes() == before


def test_missing_home_is_one_line(tmp_path: Path) -> None:
    ran = call(tmp_path / "nowhere", "articles")
    assert ran.code == 2
    assert str(tmp_path / "nowhere") in ran.problem


def test_folder_without_settings_is_one_line(tmp_path: Path) -> None:
    ran = call(tmp_path, "articles")
    assert ran.code == 2
    assert "config/publisher.toml" in ran.problem


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("[seeds]\nguarding = 1", "seeds.guarding"),
        ("[web]\nport = 'many'", "web.port"),
        ("[newsletters.daily]\nschedule = '0 25 * * *'", "newsletters.daily.schedule"),
        ("[newsletters.tags]\nschedule = '@daily'", "tags"),
        ("[publication]\ntimezone = 'Europe/Walhain'", "publication.timezone"),
    ],
)
def test_wrong_setting_names_its_key(home: HomeFolder, line: str, key: str) -> None:
    (home.path / "config" / "publisher.toml").write_text(line)
    ran = call(home, "articles")
    assert ran.code == 2
    assert "publisher.toml" in ran.problem
    assert key in ran.problem


def test_each_wrong_setting_has_its_line(home: HomeFolder) -> None:
    (home.path / "config" / "publisher.toml").write_text("[web]\nport = 'many'\nhots = 1\n")
    ran = call(home, "doctor")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2


def test_mistyped_variable_is_one_line(home: HomeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_PUBLICATOIN__TITLE", "La Gazette")
    ran = call(home, "articles")
    assert ran.code == 2
    assert "PUBLISHER_PUBLICATOIN__TITLE" in ran.problem


def test_missing_seeds_folder_is_one_line(used_home: HomeFolder) -> None:
    shutil.rmtree(used_home.path / "seeds")
    ran = call(used_home, "ingest")
    assert ran.code == 1
    assert str(used_home.path / "seeds") in ran.problem
    assert [article["status"] for article in call_well(used_home, "articles", "--json").json] == ["published"]


@pytest.mark.parametrize("command", ["articles", "db check", "db backup", "doctor", "ingest", "worker"])
def test_foreign_database_file_is_one_line(used_home: HomeFolder, command: str) -> None:
    (used_home.path / "data" / "publisher.db").write_bytes(b"no database at all " * 500)
    ran = call(used_home, *command.split())
    assert ran.code == 1
    assert "the ledger can't be read" in ran.problem


def test_damaged_database_is_one_line(used_home: HomeFolder) -> None:
    path = used_home.path / "data" / "publisher.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    ran = call(used_home, "db", "check")
    assert ran.code == 1
    assert "malformed" in ran.problem


def test_database_of_newer_version_is_refused(used_home: HomeFolder) -> None:
    with closing(sqlite3.connect(used_home.path / "data" / "publisher.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = call(used_home, "articles")
    assert ran.code == 1
    assert "newer version" in ran.problem


def test_missing_secret_is_never_made_again(used_home: HomeFolder) -> None:
    (used_home.path / "data" / "secret").unlink()
    ran = call(used_home, "articles")
    assert ran.code == 1
    assert "secret is missing" in ran.problem
    assert not (used_home.path / "data" / "secret").exists()


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        (base64.b64encode(b"s" * 32), "another ledger"),
        (b"", "no secret"),
        (b"c2hvcnQ=", "no secret"),
        (b"not base 64 at all!", "no secret"),
        (b"\xff\xfe\x00", "no secret"),
    ],
)
def test_wrong_secret_is_one_line(used_home: HomeFolder, secret: bytes, complaint: str) -> None:
    (used_home.path / "data" / "secret").write_bytes(secret)
    ran = call(used_home, "articles")
    assert ran.code == 1
    assert complaint in ran.problem


def test_secret_and_ledger_are_private(used_home: HomeFolder) -> None:
    for name in ("secret", "publisher.db"):
        assert (used_home.path / "data" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("folder", ["data", "var"])
def test_folder_that_is_a_file_is_one_line(home: HomeFolder, folder: str) -> None:
    (home.path / folder).write_text("in the way")
    ran = call(home, "ingest")
    assert ran.code == 1
    assert str(home.path / folder) in ran.problem


def test_out_of_reach_is_one_line(used_home: HomeFolder) -> None:
    (used_home.path / "taken").write_text("in the way")
    taken = str(used_home.path / "taken" / "below")
    commands = (["feeds", "--out"], ["preview", "daily", "--out"], ["subscribers", "export", "--out"])
    for command in commands:
        ran = call(used_home, *command, taken)
        assert ran.code == 1
        assert taken in ran.problem


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("nonsense", "database.url = '…': a ledger's address is sqlite:///data/publisher.db or postgresql://"),
        ("sqlite://", "database.url = 'sqlite://…': a ledger in memory forgets everybody"),
        ("mysql://one@host/two", "database.url = 'mysql://…': a ledger's address is"),
    ],
)
def test_wrong_database_url_is_one_line(
    home: HomeFolder, monkeypatch: pytest.MonkeyPatch, url: str, complaint: str
) -> None:
    monkeypatch.setenv("PUBLISHER_DATABASE__URL", url)
    ran = call(home, "articles")
    assert ran.code == 2
    assert ran.problem.startswith(f"publisher: PUBLISHER_DATABASE__URL: {complaint}")


def test_broken_template_is_one_line(home: HomeFolder) -> None:
    (home.path / "templates" / "web").mkdir(parents=True)
    (home.path / "templates" / "web" / "front.html").write_text("{% if %}")
    ran = call(home, "rebuild")
    assert ran.code == 1
    assert "web/front.html:1" in ran.problem
