"""`doctor`, `db`, `templates`, `run`, `worker`: what they find, and how long-lived commands begin and end."""

import shutil
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands import call, call_well
from tests.homes import HomeFolder, make_home
from tests.recorder import Recorder

LOOPBACK = "http://127.0.0.1:8000"


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    folder = make_home(tmp_path / "home", url=LOOPBACK)
    folder.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    return folder


def examine(home: HomeFolder, *, code: int) -> dict[str, str]:
    """What doctor finds fault with, by what it is about."""
    ran = call(home, "doctor", "--json")
    assert ran.code == code
    return {one["what"]: one["text"] for one in ran.json if not one["ok"]}


def test_doctor_is_content_with_a_new_home(home: HomeFolder) -> None:
    assert examine(home, code=0) == {}
    assert "built-in mailbox" in call_well(home, "doctor").out


def test_doctor_finds_a_missing_folder(home: HomeFolder) -> None:
    shutil.rmtree(home.path / "seeds")
    assert "no such folder" in examine(home, code=1)["seeds"]


def test_doctor_finds_a_broken_template(home: HomeFolder) -> None:
    (home.path / "templates" / "email").mkdir(parents=True)
    (home.path / "templates" / "email" / "digest.txt").write_text("{{ oh")
    assert "email/digest.txt:1" in examine(home, code=1)["templates"]


def test_doctor_finds_what_podcasts_lack(home: HomeFolder) -> None:
    with (home.path / "config" / "publisher.toml").open("a", encoding="utf-8") as settings:
        settings.write('[feeds.radio]\npodcast = true\ncategory = "Gossip"\n')
    fault = examine(home, code=1)["feeds.radio"]
    assert "give an image" in fault
    assert "know no 'Gossip'; take one of Arts" in fault


def test_doctor_finds_what_real_mail_lacks(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", url="http://gazette.example.org")
    assert {"add [relays.main]", "https"} <= {
        word for word in ("add [relays.main]", "https") if word in examine(home, code=1)["sending"]
    }


def test_doctor_greets_the_relay(tmp_path: Path) -> None:
    with Recorder() as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        assert examine(home, code=1).keys() == {"mail.from"}
    assert "127.0.0.1" in examine(home, code=1)["relay main"]


def test_backup_is_a_sound_copy(home: HomeFolder, tmp_path: Path) -> None:
    call_well(home, "ingest")
    copy = tmp_path / "copy.db"
    assert "keep data/secret with it" in call_well(home, "db", "backup", "--out", str(copy)).out
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT title FROM articles").fetchall() == [("The bridge opens",)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_backup_overwrites_nothing(home: HomeFolder, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    ran = call(home, "db", "backup", "--out", str(tmp_path / "copy.db"))
    assert ran.code == 1
    assert "such a file already" in ran.problem
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_backup_has_a_place_of_its_own(home: HomeFolder) -> None:
    call_well(home, "db", "backup")
    assert len(list((home.path / "data").glob("publisher-*.db"))) == 1


def test_sound_database_is_said_so(home: HomeFolder) -> None:
    assert call_well(home, "db", "check").out == "the database is sound\n"
    assert "up to date" in call_well(home, "db", "upgrade").out


def test_check_finds_a_row_without_its_parent(home: HomeFolder) -> None:
    call_well(home, "ingest")
    with closing(sqlite3.connect(home.path / "data" / "publisher.db", isolation_level=None)) as connection:
        connection.execute("UPDATE seeds SET article_key = 99")
    ran = call(home, "db", "check")
    assert ran.code == 1
    assert ran.out.startswith("seeds: row")


def test_copied_template_is_used(home: HomeFolder) -> None:
    call_well(home, "templates", "copy", "web/front.html")
    front = home.path / "templates" / "web" / "front.html"
    front.write_text("Our own front page")
    call_well(home, "ingest")
    assert (home.path / "var" / "public" / "index.html").read_text() == "Our own front page"


def test_copied_template_is_not_overwritten(home: HomeFolder) -> None:
    call_well(home, "templates", "copy", "web/front.html")
    ran = call(home, "templates", "copy", "web/front.html")
    assert ran.code == 2
    assert "such a file already" in ran.problem


@pytest.mark.parametrize("name", ["web/nothing.html", "../pyproject.toml", "web", "/etc/passwd"])
def test_unknown_template_ends_with_two(home: HomeFolder, name: str) -> None:
    ran = call(home, "templates", "copy", name)
    assert ran.code == 2
    assert "web/front.html" in ran.problem


def test_unknown_part_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "run", "--only", "watch,sleep")
    assert ran.code == 2
    assert "sleep" in ran.problem
    assert "schedule, send, watch, web" in ran.problem


def test_busy_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = call(make_home(tmp_path / "home", url=LOOPBACK, port=port), "run")
    assert ran.code == 1
    assert f"127.0.0.1:{port}" in ran.problem


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({}, "add [relays.main]"),
        ({"relay_port": 9, "url": "http://gazette.example.org"}, "needs https"),
    ],
)
@pytest.mark.parametrize("command", ["worker", "run", "send daily"])
def test_real_mail_is_refused_with_two(
    tmp_path: Path, command: str, changes: dict[str, object], complaint: str
) -> None:
    ran = call(make_home(tmp_path / "home", **changes), *command.split())  # type: ignore[arg-type]
    assert ran.code == 2
    assert complaint in ran.problem


def test_real_mail_needs_a_postal_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_PUBLICATION__POSTAL_ADDRESS", "")
    ran = call(make_home(tmp_path / "home", relay_port=9), "send", "daily")
    assert ran.code == 2
    assert "postal_address" in ran.problem


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_well_by_signal(home: HomeFolder, number: signal.Signals) -> None:
    process = home.start("run")
    assert process.stdout
    with process.stdout as lines:
        assert lines.readline() == f"La Gazette: {LOOPBACK}/\n"
        process.send_signal(number)
        assert process.wait(20) == 0
