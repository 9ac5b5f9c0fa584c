"""Commands that hold for every worker: when they have answered, nothing begins that had not begun."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from publisher.app import App
from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import issuing, pressing
from tests.commands import Ran, call, call_well
from tests.homes import DATABASE, HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

PEOPLE = [f"reader{number}@place{number % 7}.example.net" for number in range(160)]
ALICE, BOB, CAROL = (f"{name}@example.net" for name in ("alice", "bob", "carol"))
OPENS = "# The bridge opens\n\nAfter two years of work, it is the council that decides: on Monday.\n"
SHUT = "# The bridge stays shut\n\nAfter two years of work, it is the council that decides: not on Monday.\n"
_PATIENCE = 60  # seconds


def wait_until(is_so: Callable[[], bool]) -> None:
    until = monotonic() + _PATIENCE
    while not is_so():
        assert monotonic() < until
        sleep(0.02)


def compose(app: App) -> Issue:
    issue = pressing.compose(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
    assert isinstance(issue, Issue)
    return issue


def count(home: HomeFolder, issue: str) -> dict[Status, int]:
    with home.opened() as app, app.ledger.read() as tx:
        return tx.deliveries.count_by_status(next(one.key for one in tx.issues.list_all() if one.id == issue))


def list_begun(home: HomeFolder) -> set[str]:
    """Who has it or is about to: all that a command can't undo."""
    with home.opened() as app, app.ledger.read() as tx:
        (issue,) = tx.issues.list_all()
        return {row.email for row in tx.deliveries.list_in(issue.key, [Status.SENT, Status.SENDING])}


@contextmanager
def two_workers(home: HomeFolder) -> Iterator[list[subprocess.Popen[str]]]:
    workers = [home.start("worker") for _ in range(2)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(_PATIENCE)
            assert worker.stdout
            worker.stdout.close()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder(delay=0.05) as server:
        yield server


@pytest.fixture
def busy(tmp_path: Path, recorder: Recorder, ledger_url: str) -> Iterator[tuple[HomeFolder, str]]:
    """A home on either database, an issue, and two workers in the midst of it."""
    home = make_home(tmp_path / "home", relay_port=recorder.port, more=DATABASE.format(url=ledger_url))
    home.write_seed("bridge.md", OPENS)
    with home.opened() as app:
        look(app, now())
        subscribe(app, PEOPLE, now=now())
        issue = compose(app).id
    with two_workers(home):
        wait_until(lambda: recorder.most_open > 4 and len(recorder.messages) > 20)  # more than one worker ever opens
        yield home, issue


def settle(home: HomeFolder, issue: str) -> dict[Status, int]:
    """Wait until no worker holds a row of the issue, and a notice has shown that they still work."""
    call_well(home, "subscribers", "add", "zoe@example.net")
    wait_until(lambda: not any(count(home, issue)[status] for status in (Status.CLAIMED, Status.SENDING)))
    return count(home, issue)


def has_notice(recorder: Recorder) -> bool:
    return "zoe@example.net" in recorder.recipients


@pytest.mark.parametrize("command", ["pause", "cancel", "recompose"])
def test_answered_command_holds_for_two_workers(busy: tuple[HomeFolder, str], recorder: Recorder, command: str) -> None:
    home, issue = busy
    call_well(home, "issues", command, issue)
    begun = list_begun(home)
    counts = settle(home, issue)
    wait_until(lambda: has_notice(recorder))
    assert {one for one in recorder.recipients if one in PEOPLE} == begun
    assert 20 < len(begun) < len(PEOPLE)
    rest = Status.CANCELLED if command == "cancel" else Status.QUEUED
    assert (counts[Status.SENT], counts[rest]) == (len(begun), len(PEOPLE) - len(begun))


def test_workers_go_on_with_the_new_text(busy: tuple[HomeFolder, str], recorder: Recorder) -> None:
    home, issue = busy
    home.write_seed("bridge.md", SHUT)
    call_well(home, "ingest")
    call_well(home, "issues", "recompose", issue)
    begun = list_begun(home)
    call_well(home, "issues", "resume", issue)  # at once: the workers' stock still holds letters of the old text
    wait_until(lambda: count(home, issue)[Status.SENT] == len(PEOPLE))
    assert Counter(recorder.recipients) == Counter(PEOPLE)
    old = {one.recipient for one in recorder.messages if b"not on Monday" not in one.content}
    assert old == begun


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """A paper of which alice and carol have the issue; bob was deferred."""
    folder = make_home(tmp_path / "home", relay_port=recorder.port)
    folder.write_seed("bridge.md", OPENS)
    with folder.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB, CAROL], now=now())
    recorder.reply("rcpt", "450 4.2.1 come again", recipient=BOB)
    assert call(folder, "send", "daily").code == 3
    return folder


def stop(home: HomeFolder, *options: str) -> Ran:
    (issue,) = call_well(home, "issues", "list", "--json").json
    return call_well(home, "issues", "stop", issue["id"], *options)


def test_stopped_press_says_who_has_it(home: HomeFolder) -> None:
    first, *rows, last = stop(home, "--list").out.splitlines()
    assert first.endswith("paused (stopped by the operator): 2 have it, 1 wait")
    assert [row.split()[0::2] for row in rows] == [["sent", ALICE], ["sent", CAROL]]
    assert "recompose" in last
    assert "cancel" in last


def test_stopped_press_tells_scripts(home: HomeFolder) -> None:
    told = stop(home, "--json", "--list").json
    assert (told["status"], told["deliveries"]["sent"], told["deliveries"]["queued"]) == ("paused", 2, 1)
    assert [row["email"] for row in told["recipients"]] == [ALICE, CAROL]


def test_press_is_stopped_and_the_rest_cancelled(home: HomeFolder) -> None:
    assert "cancelled; 1 will not get it" in stop(home, "--cancel").out
    assert "cancelled: its issue was cancelled before her message began" in call_well(home, "why", BOB).out


def test_press_is_stopped_and_the_text_made_anew(home: HomeFolder) -> None:
    home.write_seed("bridge.md", SHUT)
    call_well(home, "ingest")
    assert "2 have the earlier text; 1 will get the new one" in stop(home, "--recompose").out
    assert stop(home, "--json").json["revision"] == 2


def test_message_at_the_dot_is_named(tmp_path: Path) -> None:
    with Recorder() as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        home.write_seed("bridge.md", OPENS)
        with home.opened() as app:
            look(app, now())
            subscribe(app, [ALICE, BOB], now=now())
            issue = compose(app).id
        recorder.hang("dot", recipient=BOB)
        with two_workers(home) as workers:
            wait_until(lambda: (count(home, issue)[Status.SENT], count(home, issue)[Status.SENDING]) == (1, 1))
            ran = call(home, "issues", "stop", issue, "--wait", "0")
            for worker in workers:
                worker.kill()  # they would wait for the relay's answer as long as a worker may that is told to end
    assert ran.code == 3
    assert "1 are on the wire still" in ran.out


def test_stopping_twice_says_the_same(home: HomeFolder) -> None:
    assert stop(home).out == stop(home).out


def test_sent_issue_can_not_be_stopped(home: HomeFolder, recorder: Recorder) -> None:
    stop(home, "--cancel")
    (issue,) = call_well(home, "issues", "list", "--json").json
    ran = call(home, "issues", "stop", issue["id"])
    assert ran.code == 1
    assert "is cancelled already: 2 have it" in ran.problem
