"""What `publisher run` logs: JSON for machines, lines for people, nobody's address, and as much as was asked for."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.reader import FLASH, Reader
from tests.acceptance.site import Running, make_local_home, running, wait_for
from tests.homes import HomeFolder

ESCAPE = "\x1b["
EVENTS = {"request", "confirmation_queued", "published", "issue_frozen", "issue_sent"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All that was logged while a reader signed up, got an issue and left."""
    home, port = make_local_home(tmp_path_factory.mktemp("walked") / "home", more=FLASH)
    with running(home, port) as process:
        process.wait_until_ready()
        reader = Reader(process, "alice@example.net")
        reader.sign_up()
        home.write_seed("bridge.md", "# The bridge opens\n\nAfter two years.\n")
        reader.leave()
        wait_for(lambda: "issue_sent" in process.problems)
        process.process.terminate()
        assert process.process.wait(10) == 0
        return process.problems


@pytest.fixture
def local(tmp_path: Path) -> tuple[HomeFolder, int]:
    return make_local_home(tmp_path / "home")


def parse(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_is_json(walked: str) -> None:
    lines = parse(walked)
    assert {line["event"] for line in lines} >= EVENTS
    assert all({"timestamp", "level", "event"} <= line.keys() for line in lines)


def test_nobody_is_named(walked: str) -> None:
    assert "@" not in walked
    assert "alice" not in walked


def test_token_is_not_said(walked: str) -> None:
    routes = {line["route"] for line in parse(walked) if line["event"] == "request"}
    assert {"/confirm/…", "/unsubscribe/…"} <= routes
    assert not [route for route in routes if route.startswith(("/confirm/", "/unsubscribe/")) and route[-1] != "…"]


def read_terminal(home: HomeFolder, **environment: str) -> str:
    """What a terminal shows of a `run` until it has published."""
    mine, its = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen(home.command("run"), stdout=subprocess.DEVNULL, stderr=its, env=surroundings) as process:
        os.close(its)
        shown = b""
        while b"published" not in shown or not shown.endswith(b"\n"):
            shown += os.read(mine, 1024)
        process.terminate()
    os.close(mine)
    return shown.decode()


def test_terminal_gets_coloured_lines(local: tuple[HomeFolder, int]) -> None:
    shown = read_terminal(local[0])
    assert ESCAPE in shown
    assert "published" in shown
    assert '"event"' not in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_declined(local: tuple[HomeFolder, int], environment: dict[str, str]) -> None:
    shown = read_terminal(local[0], **environment)
    assert ESCAPE not in shown
    assert "published" in shown
    assert "files=" in shown


@pytest.mark.parametrize(("style", "is_json"), [("json", True), ("text", False)])
def test_format_is_a_setting(
    local: tuple[HomeFolder, int], style: str, is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLISHER_LOG_FORMAT", style)
    with running(*local) as process:
        process.wait_until_ready()
        line = wait_for(lambda: process.problems.partition("\n")[0])
    assert line.startswith("{") is is_json


@pytest.fixture
def up(local: tuple[HomeFolder, int]) -> Iterator[Running]:
    with running(*local) as process:
        process.wait_until_ready()
        yield process


def test_level_may_change_while_it_runs(up: Running) -> None:
    up.change_settings("[publication]", 'log_level = "error"\n[publication]')
    up.process.send_signal(signal.SIGHUP)
    wait_for(lambda: up.out.count("La Gazette: ") == 2)
    up.wait_until_ready()
    before = up.problems
    assert up.fetch("/")[0] == 200
    assert up.problems == before
