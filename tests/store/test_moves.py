"""Writers beside one another: the desk has the ledger to itself, workers move their letters side by side (G5)."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from publisher.domain.delivery import Outcome, Status
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import Ledger, Transaction
from tests.conftest import on_postgresql
from tests.factories import DAY, NOW, make_freeze, suppress
from tests.postgres import Databases
from tests.store.desk import ALICE, OURS, THEIRS, Desk, open_desk

_MOMENT = 0.2  # seconds in which an act that need not wait is done many times over
_PATIENCE = 20

Act = Callable[[Transaction, Desk], object]


def _alice(tx: Transaction) -> int:
    found = tx.subscribers.find(ALICE)
    assert found
    return found.key


def _unsubscribe(tx: Transaction, _: Desk) -> None:
    tx.subscribers.set_subscription(_alice(tx), "daily", status=SubscriptionStatus.UNSUBSCRIBED, now=NOW)


def _suppress(tx: Transaction, _: Desk) -> None:
    suppress(tx, ALICE)


def _erase(tx: Transaction, _: Desk) -> None:
    tx.subscribers.erase(_alice(tx))


def _pause(tx: Transaction, desk: Desk) -> None:
    tx.issues.set_status(desk.issue.key, IssueStatus.PAUSED, reason="an article is gone")


def _cancel(tx: Transaction, desk: Desk) -> None:
    tx.issues.set_status(desk.issue.key, IssueStatus.CANCELLED)
    tx.deliveries.cancel(desk.issue.key, now=NOW)


def _freeze(tx: Transaction, _: Desk) -> None:
    tx.issues.freeze(make_freeze(slot="2026-11-24T0700"), NOW)


ACTS = [_unsubscribe, _suppress, _erase, _pause, _cancel, _freeze]


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def other(ledger_url: str) -> Iterator[Ledger]:
    """The same ledger as another process sees it."""
    with closing(Ledger(ledger_url, home=Path("/"))) as opened:
        yield opened


def _write(desk: Desk, act: Act) -> None:
    with desk.ledger.write() as tx:
        act(tx, desk)


def _is_waiting(future: Future[Any]) -> bool:
    try:
        future.result(_MOMENT)
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("act", ACTS)
def test_no_desk_acts_amid_a_move(ledger: Ledger, thread: ThreadPoolExecutor, act: Act) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.move() as tx:
        assert tx.letters.begin(OURS, refs=[ref], now=NOW) == {ref}
        acting = thread.submit(_write, desk, act)
        assert _is_waiting(acting)
    acting.result(_PATIENCE)
    assert desk.find(ref).status is Status.SENDING


@pytest.mark.parametrize("act", ACTS[:-1])
def test_what_was_answered_holds(ledger: Ledger, thread: ThreadPoolExecutor, act: Act) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        act(tx, desk)
        beginning = thread.submit(desk.begin, ref)
        assert _is_waiting(beginning)
    assert beginning.result(_PATIENCE) == frozenset()
    assert desk.find(ref).status not in {Status.SENDING, Status.CLAIMED}


def test_issue_ends_after_the_last_move(ledger: Ledger, thread: ThreadPoolExecutor) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    with ledger.move() as tx:
        tx.letters.record(OURS, outcomes={ref: Outcome(status=Status.SENT, relay="main")}, now=NOW)
        finishing = thread.submit(_finish, ledger)
        assert _is_waiting(finishing)
    assert finishing.result(_PATIENCE) == [desk.issue.id]


def _finish(ledger: Ledger) -> list[str]:
    with ledger.write() as tx:
        return [issue.id for issue in tx.issues.finish()]


@on_postgresql
def test_workers_claim_side_by_side(ledger: Ledger, other: Ledger) -> None:
    open_desk(ledger, emails=[f"reader{number}@example.org" for number in range(10)])
    with ledger.move() as ours, other.move() as theirs:
        first = {claim.ref for claim in ours.letters.claim(OURS, limit=5, now=NOW)}
        second = {claim.ref for claim in theirs.letters.claim(THEIRS, limit=10, now=NOW)}
    assert (len(first), len(second), first & second) == (5, 5, set())


@on_postgresql
def test_late_rows_of_another_are_left(ledger: Ledger, other: Ledger) -> None:
    desk = open_desk(ledger, emails=[f"reader{number}@example.org" for number in range(10)])
    late = NOW + 2 * DAY
    with ledger.move() as ours, other.move() as theirs:
        assert len(theirs.letters.claim(THEIRS, limit=5, now=NOW)) == 5
        assert ours.letters.claim(OURS, limit=5, now=late) == []
    assert desk.count() == {Status.CLAIMED: 5, Status.EXPIRED: 5}


@on_postgresql
def test_forgotten_connection_is_replaced_after_a_rest(ledger: Ledger, server: Databases) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    server.cut_off(str(ledger.url))
    time.sleep(0.6)  # the rest itself
    assert desk.begin(ref) == {ref}


@on_postgresql
def test_workers_turn_side_by_side(ledger: Ledger, other: Ledger) -> None:
    desk = open_desk(ledger, emails=[ALICE, "bea@example.org"])
    mine, his = desk.claim_one(worker=OURS), desk.claim_one(worker=THEIRS)
    with ledger.move() as ours, other.move() as theirs:
        assert ours.letters.begin(OURS, refs=[mine], now=NOW) == {mine}
        assert theirs.letters.begin(THEIRS, refs=[his], now=NOW) == {his}
    assert desk.count() == {Status.SENDING: 2}
