"""The clerk: one thread, and one transaction for all who wait."""

import asyncio
import threading
from collections.abc import Mapping, Sequence

import pytest

from publisher.domain.delivery import Kind, Letter, Outcome, Ref, Rendering, Status
from publisher.errors import LedgerError
from publisher.mail.clerk import Clerk, Turn

SENT = Outcome(status=Status.SENT, relay="main", code=250)


def _ref(key: int) -> Ref:
    return Ref(kind=Kind.DELIVERY, key=key)


class SlowLedger:
    """Takes note of each transaction; holds the first until `go` is set, and fails the first `failures`."""

    def __init__(self, *, failures: int = 0) -> None:
        self.turns: list[tuple[dict[Ref, Outcome], list[Ref]]] = []
        self.threads: set[str] = set()
        self.started, self.go = threading.Event(), threading.Event()
        self.failures = failures

    def turn(
        self, *, outcomes: Mapping[Ref, Outcome], begin: Sequence[Ref], refused: Mapping[Ref, Outcome]
    ) -> frozenset[Ref]:
        self.threads.add(threading.current_thread().name)
        self.started.set()
        assert self.go.wait(5)
        if self.failures:
            self.failures -= 1
            raise LedgerError("the disk is full")
        self.turns.append((dict(outcomes), list(begin)))
        return frozenset(ref for ref in begin if ref.key != 13)

    def claim(self, *, limit: int) -> list[Letter]:
        raise NotImplementedError

    def give_back(self, refs: Sequence[Ref]) -> None:
        raise NotImplementedError

    def renew(self) -> int:
        raise NotImplementedError

    def get_rendering(self, name: str) -> Rendering:
        raise NotImplementedError

    def pause(self, *, issue: str, reason: str, refused: Sequence[Ref]) -> None:
        raise NotImplementedError


async def test_waiting_turns_share_a_transaction() -> None:
    ledger = SlowLedger()
    clerk = Clerk(ledger)
    first = asyncio.create_task(clerk.take(Turn(begin=_ref(1))))
    await asyncio.to_thread(ledger.started.wait)
    others = [
        asyncio.create_task(clerk.take(Turn(outcome=(_ref(key), SENT), begin=_ref(key + 10)))) for key in (2, 3, 4)
    ]
    await asyncio.sleep(0)
    ledger.go.set()
    assert await asyncio.gather(first, *others) == [True, True, False, True]
    assert ledger.turns[1] == ({_ref(key): SENT for key in (2, 3, 4)}, [_ref(12), _ref(13), _ref(14)])
    await clerk.close()


async def test_outcome_may_come_alone() -> None:
    ledger = SlowLedger()
    ledger.go.set()
    clerk = Clerk(ledger)
    assert await clerk.take(Turn(outcome=(_ref(1), SENT))) is False
    assert ledger.turns == [({_ref(1): SENT}, [])]
    await clerk.close()


async def test_failed_turn_is_tried_again() -> None:
    ledger = SlowLedger(failures=2)
    ledger.go.set()
    clerk = Clerk(ledger, waits=(0, 0))
    await clerk.take(Turn(outcome=(_ref(1), SENT), begin=_ref(2)))
    assert ledger.turns == [({_ref(1): SENT}, [_ref(2)])]
    await clerk.close()


async def test_lasting_failure_reaches_every_lane() -> None:
    ledger = SlowLedger(failures=9)
    ledger.go.set()
    clerk = Clerk(ledger, waits=(0,))
    waiting = [asyncio.create_task(clerk.take(Turn(outcome=(_ref(key), SENT)))) for key in (1, 2)]
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [LedgerError] * 2
    await clerk.close()


async def test_blocking_calls_share_one_thread() -> None:
    ledger = SlowLedger()
    ledger.go.set()
    clerk = Clerk(ledger)
    names = await asyncio.gather(*(clerk.call(lambda: threading.current_thread().name) for _ in range(5)))
    await clerk.take(Turn(begin=_ref(1)))
    assert ledger.threads | set(names) == {names[0]}
    assert names[0] != threading.current_thread().name
    await clerk.close()


async def test_errors_reach_the_caller() -> None:
    clerk = Clerk(SlowLedger())
    with pytest.raises(NotImplementedError):
        await clerk.call(clerk._ledger.renew)
    await clerk.close()
