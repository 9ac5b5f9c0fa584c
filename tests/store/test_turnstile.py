"""The turnstile: one at a time, in the order of coming."""

import threading
from pathlib import Path

import pytest

from publisher.store import Ledger
from publisher.store.migrate import upgrade
from publisher.store.turnstile import Turnstile


def _queue(turnstile: Turnstile, order: list[int], number: int) -> threading.Thread:
    def pass_through() -> None:
        with turnstile:
            order.append(number)

    thread = threading.Thread(target=pass_through)
    thread.start()
    while len(turnstile._waiting) < number:
        thread.join(0.001)
    return thread


def test_who_waits_longest_is_next() -> None:
    turnstile, order = Turnstile(), list[int]()
    with turnstile:
        threads = [_queue(turnstile, order, number) for number in range(1, 9)]
    for thread in threads:
        thread.join(5)
    assert order == list(range(1, 9))


def test_failure_inside_lets_the_next_one_in() -> None:
    turnstile = Turnstile()
    with pytest.raises(ValueError, match="no"), turnstile:
        raise ValueError("no")
    with turnstile:
        pass


def test_nobody_waits_for_himself() -> None:
    turnstile = Turnstile()
    with turnstile, pytest.raises(RuntimeError, match="wait for itself"), turnstile:
        pass
    with turnstile:
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
