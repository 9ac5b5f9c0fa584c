"""Leases: ended by the clock that workers share, and a worker that slept through the end of its own sends nothing."""

import multiprocessing
import os
import signal
import time
from contextlib import closing
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from publisher import clock
from publisher.store import Ledger
from tests.conftest import on_postgresql
from tests.factories import DAY, HOUR, MINUTE, NOW
from tests.store.desk import OURS, Desk, open_desk

_PATIENCE = 30
_SHORT = timedelta(seconds=0.5)


def _put(desk: Desk, *, wrong: timedelta, length: timedelta) -> None:
    with desk.ledger.write() as tx:
        tx.facts.put_worker(OURS, host="elsewhere", now=NOW + wrong, until=NOW + wrong + length)


@on_postgresql
@pytest.mark.parametrize("wrong", [-HOUR, HOUR])
def test_wrong_clock_keeps_its_lease(ledger: Ledger, wrong: timedelta) -> None:
    desk = open_desk(ledger)
    _put(desk, wrong=wrong, length=MINUTE)
    ref = desk.claim_one()
    with ledger.read() as tx:
        assert OURS not in tx.facts.list_lapsed(now=NOW + 2 * HOUR)
    assert desk.begin(ref, now=NOW + wrong) == {ref}


@on_postgresql
@pytest.mark.parametrize("wrong", [-HOUR, HOUR])
def test_wrong_clock_outlives_no_lease(ledger: Ledger, wrong: timedelta) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    _put(desk, wrong=wrong, length=timedelta())
    with ledger.read() as tx:
        assert OURS in tx.facts.list_lapsed(now=NOW - 2 * HOUR)
    assert desk.begin(ref, now=NOW + wrong) == frozenset()


def _sleep_through(url: str, line: Connection) -> None:
    """Hold a row under a short lease, be stopped, and begin to send it as soon as we wake up."""
    with closing(Ledger(url, home=Path("/"))) as ledger:
        with ledger.move() as tx:
            moment = clock.now()
            claims = tx.letters.claim(OURS, limit=1, now=moment)
            tx.facts.put_worker(OURS, host="host", now=moment, until=moment + _SHORT)
        line.send(len(claims))
        line.recv()
        with ledger.move() as tx:
            line.send(len(tx.letters.begin(OURS, refs=[claim.ref for claim in claims], now=clock.now())))


def _wait_for_end(ledger: Ledger) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        with ledger.read() as tx:
            if OURS in tx.facts.list_lapsed(now=clock.now()):
                return
    raise AssertionError("the lease does not end")


def test_x13_zombie_sends_nothing(ledger: Ledger, ledger_url: str) -> None:
    open_desk(ledger, expires_at=clock.now() + 9 * DAY)
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    zombie = context.Process(target=_sleep_through, args=(ledger_url, theirs))
    zombie.start()
    assert line.recv() == 1
    assert zombie.pid
    os.kill(zombie.pid, signal.SIGSTOP)
    line.send("go on")
    _wait_for_end(ledger)
    os.kill(zombie.pid, signal.SIGCONT)
    assert line.recv() == 0
    zombie.join(_PATIENCE)
