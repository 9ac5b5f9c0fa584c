"""X14: the clock leaps while a worker runs: a year ahead nothing expires, an hour back nobody gets it twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from publisher import clock
from publisher.app import App
from publisher.clock import Steady
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import guarding, issuing
from publisher.jobs.sending import deliver
from publisher.jobs.worker import Worker, recover
from publisher.mail import Pace
from tests.homes import look, make_home, subscribe
from tests.recorder import Recorder

READERS = [f"reader{number}@example.net" for number in range(12)]
YEAR, HOUR = timedelta(days=365), timedelta(hours=1)


class Hand:
    """The hand on the machine's clock."""

    def __init__(self) -> None:
        self.set_by = timedelta(0)

    def read_clock(self) -> datetime:
        return clock.now() + self.set_by


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        yield server


@pytest.fixture
def app(tmp_path: Path, recorder: Recorder, hand: Hand) -> Iterator[App]:
    """A paper with readers and an article, on a machine whose clock can be set."""
    home = make_home(tmp_path / "home", relay_port=recorder.port)
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with home.opened() as opened:
        look(opened, clock.now())
        subscribe(opened, READERS, now=clock.now())
        yield replace(opened, steady=Steady(wall=hand.read_clock))


def freeze(app: App) -> Issue:
    moment = clock.now()
    issue = issuing.freeze(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=moment), now=moment)
    assert issue
    return issue


def send(app: App) -> None:
    asyncio.run(deliver(app, until_empty=True, pace=Pace(look=0.01)))


def count(app: App, issue: Issue) -> dict[Status, int]:
    """The states that rows are in."""
    with app.ledger.read() as tx:
        return {state: number for state, number in tx.deliveries.count_by_status(issue.key).items() if number}


def test_clock_a_year_on_expires_nobody(app: App, recorder: Recorder, hand: Hand) -> None:
    issue = freeze(app)
    hand.set_by = YEAR
    with capture_logs() as lines:
        send(app)
        send(app)
    assert (count(app, issue), recorder.messages) == ({Status.QUEUED: 12}, [])
    assert [one["reason"] for one in lines if one["event"] == "sending_held_back"] == ["clock"]
    assert issuing.reckon(app, now=hand.read_clock()) == []


def test_clock_set_right_sends_again(app: App, recorder: Recorder, hand: Hand) -> None:
    issue = freeze(app)
    hand.set_by = YEAR
    send(app)
    hand.set_by = timedelta(0)
    send(app)
    assert count(app, issue) == {Status.SENT: 12}
    assert Counter(recorder.recipients) == dict.fromkeys(READERS, 1)


def test_claimed_rows_outlive_a_leap(app: App, hand: Hand) -> None:
    issue = freeze(app)
    worker = Worker(app)
    worker.start()
    letters = worker.claim(limit=20)
    hand.set_by = YEAR
    assert len(worker.turn(outcomes={}, begin=[letter.ref for letter in letters], refused={})) == 12
    worker.renew()
    hand.set_by = timedelta(0)
    with app.ledger.read() as tx:
        ((_, _, until),) = tx.facts.list_workers()
    assert until < clock.now() + HOUR
    worker.stop()
    assert count(app, issue) == {Status.DOUBTFUL: 12}


def test_leap_takes_no_worker_for_dead(app: App, hand: Hand) -> None:
    freeze(app)
    moment = clock.now()
    with app.ledger.write() as tx:
        tx.facts.put_worker("elsewhere:1:a", host="elsewhere", now=moment, until=moment + timedelta(minutes=1))
        assert tx.letters.claim("elsewhere:1:a", limit=20, now=moment)
    hand.set_by = YEAR
    assert recover(app) == (0, 0)


@pytest.mark.parametrize("step", [-HOUR, -YEAR])
def test_clock_set_back_mails_nobody_twice(app: App, recorder: Recorder, hand: Hand, step: timedelta) -> None:
    issue = freeze(app)
    worker = Worker(app)
    worker.start()
    first = worker.claim(limit=5)
    hand.set_by = step
    assert len(worker.turn(outcomes={}, begin=[first[0].ref], refused={})) == 1  # its lease is not lost
    worker.renew()
    assert recover(app, besides="") == (0, 0)  # its lock file shows that it lives
    worker.stop()
    send(app)
    hand.set_by = timedelta(0)
    send(app)
    assert count(app, issue) == {Status.SENT: 11, Status.DOUBTFUL: 1}
    assert max(Counter(recorder.recipients).values()) == 1
    assert guarding.look(app) is None
