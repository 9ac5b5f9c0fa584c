"""X02: SIGTERM while a relay hangs at the dot. What waits there when the grace is over is in doubt, the rest waits."""

import os
import signal
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import issuing, pressing
from publisher.mail import Pace
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorded, Recorder

STUCK = "reader7@example.net"
READERS = [f"reader{number}@example.net" for number in range(20)]
SOME = 12

Said = tuple[str, list[MutableMapping[str, Any]]]


class Trap:
    """Tells this process to end, from the relay's side, when so many messages have come."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, _: Recorded) -> None:
        self._count += 1
        if self._count == SOME:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder(on_accept=Trap()) as server:
        server.hang("dot", recipient=STUCK)
        yield server


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    return make_home(tmp_path / "home", relay_port=recorder.port, connections=2)


@pytest.fixture
def issue(home: HomeFolder) -> Issue:
    """An issue that waits for twenty readers."""
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
        issue = issuing.freeze(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
    assert issue
    return issue


@pytest.fixture
def said(home: HomeFolder, issue: Issue) -> Said:
    """What a send that was stopped says, to whom is watching and to the log."""
    pace = Pace(look=0.01, grace=0.3)
    with home.opened() as app, capture_logs() as lines:
        line = pressing.deliver_issues(app, [issue], on_progress=lambda _done, _total: None, pace=pace)
    return line, lines


def list_rows(home: HomeFolder, issue: Issue, status: Status) -> set[str]:
    with home.opened() as app, app.ledger.read() as tx:
        return {row.email for row in tx.deliveries.list_in(issue.key, [status])}


def test_message_at_the_dot_is_in_doubt(home: HomeFolder, issue: Issue, recorder: Recorder, said: Said) -> None:
    sent, queued = list_rows(home, issue, Status.SENT), list_rows(home, issue, Status.QUEUED)
    assert list_rows(home, issue, Status.DOUBTFUL) == {STUCK}
    assert sent == set(recorder.recipients)
    assert queued
    assert sent | queued | {STUCK} == set(READERS)


def test_what_is_left_in_doubt_is_said(said: Said) -> None:
    line, lines = said
    assert line == "stopped: 1 in doubt, what is left waits in the queue"
    assert [one["doubtful"] for one in lines if one["event"] == "left_in_doubt"] == [1]
