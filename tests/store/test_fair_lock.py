"""The fair lock: one at a time, in the order of coming."""

import threading
from pathlib import Path

import pytest

from publisher.store import Ledger
from publisher.store.fair_lock import FairLock
from publisher.store.migrate import upgrade


def _queue(lock: FairLock, order: list[int], number: int) -> threading.Thread:
    def pass_through() -> None:
        with lock:
            order.append(number)

    thread = threading.Thread(target=pass_through)
    thread.start()
    while len(lock._waiting) < number:
        thread.join(0.001)
    return thread


def test_who_waits_longest_is_next() -> None:
    lock, order = FairLock(), list[int]()
    with lock:
        threads = [_queue(lock, order, number) for number in range(1, 9)]
    for thread in threads:
        thread.join(5)
    assert order == list(range(1, 9))


def test_failure_inside_lets_the_next_one_in() -> None:
    lock = FairLock()
    with pytest.raises(ValueError, match="no"), lock:
        raise ValueError("no")
    with lock:
        pass


def test_nobody_waits_for_himself() -> None:
    lock = FairLock()
    with lock, pytest.raises(RuntimeError, match="wait for itself"), lock:
        pass
    with lock:
        pass


def _put_and_fail(ledger: Ledger) -> None:
    with ledger.move() as tx:
        tx.facts.put("name", "value")
        raise ValueError("no")


def test_failed_move_leaves_the_ledger_usable(tmp_path: Path) -> None:
    ledger = Ledger("sqlite:///ledger.db", home=tmp_path)
    upgrade(ledger)
    with pytest.raises(ValueError, match="no"):
        _put_and_fail(ledger)
    with ledger.write() as tx:
        assert tx.facts.find("name") is None
    with ledger.move() as tx:
        tx.facts.put("name", "other")
    with ledger.read() as tx:
        assert tx.facts.find("name") == "other"
    ledger.close()
