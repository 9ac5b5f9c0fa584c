"""Schedules: since when each is known, and each slot decided once (G8)."""

from publisher.domain.issue import Slot, SlotOutcome
from publisher.store import Ledger, Transaction
from tests.factories import DAY, HOUR, NOW, make_newsletter, make_slot
from tests.store.processes import run_threads


def _decide(tx: Transaction, slot: Slot, *, newsletter: str = "daily") -> bool:
    return tx.schedules.decide(newsletter, slot, outcome=SlotOutcome.ISSUE, now=NOW)


def test_new_schedule_is_seen_now(ledger: Ledger) -> None:
    with ledger.write() as tx:
        seen = tx.schedules.see(make_newsletter(), NOW)
    assert (seen.first_seen_at, seen.seen_at) == (NOW, NOW)


def test_known_schedule_keeps_its_moment(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.schedules.see(make_newsletter(), NOW)
        seen = tx.schedules.see(make_newsletter(title="Another title"), NOW + DAY)
    assert (seen.first_seen_at, seen.seen_at) == (NOW, NOW)


def test_edited_schedule_is_seen_anew(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.schedules.see(make_newsletter(), NOW)
        seen = tx.schedules.see(make_newsletter(schedule="0 8 * * *"), NOW + DAY)
        assert (seen.first_seen_at, seen.seen_at) == (NOW, NOW + DAY)
        assert tx.schedules.find("daily") == seen


def test_edited_zone_is_seen_anew(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.schedules.see(make_newsletter(), NOW)
        assert tx.schedules.see(make_newsletter(timezone="UTC"), NOW + DAY).seen_at == NOW + DAY


def test_schedule_put_back_is_seen_anew(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.schedules.see(make_newsletter(), NOW)
        tx.schedules.see(make_newsletter(schedule="0 8 * * *"), NOW + HOUR)
        assert tx.schedules.see(make_newsletter(), NOW + DAY).seen_at == NOW + DAY


def test_unknown_newsletter_was_never_seen(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert tx.schedules.find("daily") is None


def test_slot_is_decided_once(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _decide(tx, make_slot())
        assert not _decide(tx, make_slot())


def test_each_newsletter_has_its_slots(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _decide(tx, make_slot())
        assert _decide(tx, make_slot(), newsletter="weekly")


def test_slot_is_its_name_not_its_instant(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _decide(tx, make_slot())
        assert not _decide(tx, Slot(name=make_slot().name, due_at=NOW + HOUR))


def test_racing_threads_decide_slot_once(ledger: Ledger) -> None:
    def decide(_: int) -> bool:
        with ledger.write() as tx:
            return _decide(tx, make_slot())

    assert sorted(run_threads(decide, number=4)) == [False, False, False, True]


def test_undone_decision_leaves_slot_open(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        assert _decide(Transaction(connection), make_slot())
    with ledger.write() as tx:
        assert _decide(tx, make_slot())


def test_decided_slots_are_listed_since(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for number in range(3):
            _decide(tx, make_slot(number))
        _decide(tx, make_slot(4), newsletter="weekly")
        assert tx.schedules.list_decided("daily", since=NOW + DAY) == {make_slot(1).name, make_slot(2).name}
