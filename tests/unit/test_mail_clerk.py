"""The clerk: one transaction for all who have an answer, and nobody's outcome is lost."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from publisher.domain.delivery import Kind, Letter, Outcome, Ref, Rendering, Status
from publisher.errors import LedgerError
from publisher.mail.clerk import Clerk, Turn

SENT = Outcome(status=Status.SENT, relay="main", code=250)
REFUSED = Outcome(status=Status.FAILED, relay="main", code=550)


def _ref(key: int) -> Ref:
    return Ref(kind=Kind.DELIVERY, key=key)


class Ledger:
    """Takes note of each transaction, and fails the first `failures`; row 13 may not begin."""

    def __init__(self, *, failures: int = 0) -> None:
        self.turns: list[tuple[dict[Ref, Outcome], list[Ref], dict[Ref, Outcome]]] = []
        self.failures = failures
        self.repeats: list[bool] = []

    def turn(
        self,
        *,
        outcomes: Mapping[Ref, Outcome],
        begin: Sequence[Ref],
        refused: Mapping[Ref, Outcome],
        is_repeated: bool = False,
    ) -> frozenset[Ref]:
        self.repeats.append(is_repeated)
        if self.failures:
            self.failures -= 1
            raise LedgerError("the disk is full")
        self.turns.append((dict(outcomes), list(begin), dict(refused)))
        return frozenset(ref for ref in (*begin, *refused) if ref.key != 13)

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
    ledger = Ledger()
    clerk = Clerk(ledger)
    turns = [Turn(outcome=(_ref(key), SENT), begin=_ref(key + 10)) for key in (2, 3, 4)]
    assert await asyncio.gather(*map(clerk.take, turns)) == [True, False, True]
    assert ledger.turns == [({_ref(key): SENT for key in (2, 3, 4)}, [_ref(12), _ref(13), _ref(14)], {})]


async def test_turn_that_comes_a_round_later_is_taken_too() -> None:
    ledger = Ledger()
    clerk = Clerk(ledger)

    async def come_later() -> bool:
        await asyncio.sleep(0)
        return await clerk.take(Turn(begin=_ref(2)))

    assert list(await asyncio.gather(clerk.take(Turn(begin=_ref(1))), come_later())) == [True, True]
    assert len(ledger.turns) == 1


async def test_outcome_may_come_alone() -> None:
    ledger = Ledger()
    assert await Clerk(ledger).take(Turn(outcome=(_ref(1), SENT))) is False
    assert ledger.turns == [({_ref(1): SENT}, [], {})]


async def test_refusal_tells_whether_its_row_had_ended() -> None:
    ledger = Ledger()
    clerk = Clerk(ledger)
    turns = [Turn(refusal=(_ref(key), REFUSED)) for key in (12, 13)]
    assert await asyncio.gather(*map(clerk.take, turns)) == [True, False]
    assert ledger.turns == [({}, [], {_ref(12): REFUSED, _ref(13): REFUSED})]


async def test_g3_two_pages_of_a_row_begin_once() -> None:
    ledger = Ledger()
    clerk = Clerk(ledger)
    older, newer = (replace(_ref(2), text=text) for text in (1, 2))
    turns = [Turn(begin=older), Turn(begin=newer, outcome=(_ref(1), SENT))]
    assert await asyncio.gather(*map(clerk.take, turns)) == [True, False]
    assert ledger.turns == [({_ref(1): SENT}, [older], {})]


async def test_g3_repeated_turn_begins_nothing_of_another_lane() -> None:
    ledger = Ledger()
    clerk = Clerk(ledger, waits=(0,))
    assert await clerk.take(Turn(begin=_ref(2)))
    ledger.failures = 1
    assert not await clerk.take(Turn(begin=_ref(2)))
    assert await clerk.take(Turn(outcome=(_ref(2), SENT))) is False
    assert await clerk.take(Turn(begin=_ref(2)))


async def test_failed_turn_is_tried_again() -> None:
    ledger = Ledger(failures=2)
    await Clerk(ledger, waits=(0, 0)).take(Turn(outcome=(_ref(1), SENT), begin=_ref(2)))
    assert ledger.repeats == [False, True, True]
    assert ledger.turns == [({_ref(1): SENT}, [_ref(2)], {})]


async def test_lasting_failure_reaches_every_lane() -> None:
    clerk = Clerk(Ledger(failures=9), waits=(0,))
    waiting = [asyncio.create_task(clerk.take(Turn(outcome=(_ref(key), SENT)))) for key in (1, 2)]
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [LedgerError] * 2


async def test_given_up_once_is_tried_once() -> None:
    ledger = Ledger(failures=4)
    clerk = Clerk(ledger, waits=(0, 0))
    for _ in range(2):
        with pytest.raises(LedgerError):
            await clerk.take(Turn(outcome=(_ref(1), SENT)))
    assert ledger.repeats == [False, True, True, False]


async def test_turn_that_is_taken_brings_patience_back() -> None:
    ledger = Ledger(failures=2)
    clerk = Clerk(ledger, waits=(0,))
    with pytest.raises(LedgerError):
        await clerk.take(Turn(outcome=(_ref(1), SENT)))
    await clerk.take(Turn(outcome=(_ref(1), SENT)))
    ledger.failures = 1
    await clerk.take(Turn(begin=_ref(2)))
    assert ledger.turns == [({_ref(1): SENT}, [], {}), ({}, [_ref(2)], {})]
