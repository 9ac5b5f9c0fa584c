"""An article that goes back while an issue with it goes out: each way pauses the issue, before anybody else gets it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from publisher.clock import now
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

ALICE, BOB = "alice@example.net", "bob@example.net"
TEXT = "# The bridge opens\n\nOn Monday.\n"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        server.reply("rcpt", "450 4.2.1 come again", recipient=BOB)
        yield server


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """A paper with an open issue: alice has it, bob waits."""
    folder = make_home(tmp_path / "home", relay_port=recorder.port)
    folder.write_seed("bridge.md", TEXT)
    with folder.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB], now=now())
    assert call(folder, "send", "daily").code == 3
    assert show(folder)["status"] == "open"
    return folder


def show(home: HomeFolder) -> dict[str, Any]:
    (issue,) = call_well(home, "issues", "list", "--json").json
    return dict(issue)


def remove(home: HomeFolder) -> None:
    (home.path / "seeds" / "bridge.md").unlink()


def give_header(line: str) -> Callable[[HomeFolder], object]:
    return lambda home: home.write_seed("bridge.md", f"---\n{line}\n---\n{TEXT}")


WAYS: list[tuple[Callable[[HomeFolder], object], str]] = [
    (remove, "its file is gone"),
    (give_header("draft: true"), "it was made a draft"),
    (give_header("published: false"), "it was made a draft"),
    (give_header("embargo: 2100-01-01"), "it is held back until its date"),
    (give_header("date: 2100-01-01"), "it is held back until its date"),
]


@pytest.mark.parametrize(("go_back", "why"), WAYS)
def test_article_that_goes_back_pauses_its_issue(
    home: HomeFolder, go_back: Callable[[HomeFolder], object], why: str
) -> None:
    go_back(home)
    call_well(home, "ingest")
    issue = show(home)
    assert (issue["status"], issue["reason"]) == ("paused", f"'The bridge opens' is in it: {why}")
    assert "paused" in call(home, "send", "daily").out


def test_correction_pauses_nothing(home: HomeFolder) -> None:
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Tuesday.\n")
    call_well(home, "ingest")
    assert show(home)["status"] == "open"


def test_paused_issue_learns_of_the_withdrawal_too(home: HomeFolder) -> None:
    call_well(home, "issues", "pause", show(home)["id"], "--reason", "a wrong name in it")
    remove(home)
    call_well(home, "ingest")
    assert show(home)["reason"] == "a wrong name in it; 'The bridge opens' is in it: its file is gone"


def test_resuming_says_what_is_no_longer_published(home: HomeFolder) -> None:
    remove(home)
    call_well(home, "ingest")
    out = call_well(home, "issues", "resume", show(home)["id"]).out
    assert (
        f"'The bridge opens' is in it, and no longer published: `publisher issues recompose {show(home)['id']}`" in out
    )
