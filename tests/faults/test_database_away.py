"""The database goes away while an issue goes out: nobody is lost or mailed twice, and the worker goes on."""

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import issuing
from tests.conftest import on_postgresql
from tests.homes import DATABASE, HomeFolder, look, make_home, subscribe
from tests.postgres import Databases
from tests.recorder import Recorded, Recorder

pytestmark = on_postgresql
PEOPLE = 120
READERS = [f"reader{number}@example.net" for number in range(PEOPLE)]


class Breach:
    """Cuts the ledger off from everybody, from the relay's side, each time that forty messages have come."""

    def __init__(self, server: Databases, url: str) -> None:
        self._server, self._url, self._count = server, url, 0
        self.times = 0
        self.done = threading.Event()

    def __call__(self, _: Recorded) -> None:
        self._count += 1
        if self._count % 40 == 20:
            self._server.cut_off(self._url)
            self.times += 1
        if self._count == PEOPLE:
            self.done.set()


@pytest.fixture
def breach(server: Databases, ledger_url: str) -> Breach:
    return Breach(server, ledger_url)


@pytest.fixture
def recorder(breach: Breach) -> Iterator[Recorder]:
    with Recorder(on_accept=breach) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder, ledger_url: str) -> HomeFolder:
    folder = make_home(tmp_path / "home", relay_port=recorder.port, more=DATABASE.format(url=ledger_url))
    folder.write_seed("bridge.md", "# The bridge opens\n\nAfter two years, the bridge opens on Monday.\n")
    return folder


def _freeze(home: HomeFolder) -> Issue:
    with home.opened() as app:
        look(app, datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
        subscribe(app, READERS, now=now())
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        issue = issuing.freeze(app, coming, now=now())
    assert issue
    return issue


def _list_rows(home: HomeFolder, issue: Issue, *statuses: Status) -> set[str]:
    with home.opened() as app, app.ledger.read() as tx:
        return {row.email for row in tx.deliveries.list_in(issue.key, statuses)}


def test_worker_outlives_a_lost_database(home: HomeFolder, recorder: Recorder, breach: Breach) -> None:
    issue = _freeze(home)
    worker = home.start("worker")
    assert breach.done.wait(120)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert worker.stdout
    worker.stdout.close()
    assert breach.times == 3
    assert Counter(recorder.recipients) == dict.fromkeys(READERS, 1)
    assert _list_rows(home, issue, Status.SENT, Status.DOUBTFUL) == set(READERS)
    assert len(_list_rows(home, issue, Status.DOUBTFUL)) <= breach.times * 4
