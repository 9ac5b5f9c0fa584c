"""What a refusal suppresses, and what is taken back when the relay was at fault."""

import pytest

from publisher.domain.delivery import Ref, Status
from publisher.domain.subscriber import Reason
from publisher.store import Ledger
from tests.factories import KEYS, MINUTE, NOW, make_freeze, put_member
from tests.store.desk import ALICE, OURS, THEIRS, Desk, open_desk


def refuse(desk: Desk) -> Ref:
    """Have the relay know nobody of the next row's address."""
    ref = desk.begin_one()
    desk.record(ref, Status.FAILED, code=550, reply="5.1.1 nobody")
    with desk.ledger.move() as tx:
        tx.suppressions.add_refused({ref: "main said 550 5.1.1 nobody"}, now=NOW)
    return ref


def find_reason(ledger: Ledger) -> Reason | None:
    with ledger.read() as tx:
        found = tx.suppressions.find(KEYS.suppression_digest(ALICE))
    return found[0] if found else None


def test_refused_address_is_suppressed(ledger: Ledger) -> None:
    refuse(open_desk(ledger))
    assert find_reason(ledger) is Reason.BOUNCE


def test_row_that_has_not_failed_suppresses_nobody(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    with ledger.move() as tx:
        tx.suppressions.add_refused({ref: "main said 550 5.1.1 nobody"}, now=NOW)
    assert find_reason(ledger) is None


def test_first_reason_stays(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    with ledger.write() as tx:
        tx.suppressions.add(KEYS.suppression_digest(ALICE), reason=Reason.COMPLAINT, source="her", now=NOW)
    desk.record(ref, Status.FAILED)
    with ledger.write() as tx:
        tx.suppressions.add_refused({ref: "nobody"}, now=NOW)
        assert tx.suppressions.lift_refused([ref], now=NOW) == 0
    assert find_reason(ledger) is Reason.COMPLAINT


def test_lifted_refusal_gives_other_issues_their_reader_back(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.write() as tx:
        put_member(tx, ALICE, newsletter="weekly")
        before = tx.issues.freeze(make_freeze(newsletter="weekly", slot="2026-11-22T0700"), NOW)
    ref = refuse(desk)
    with ledger.write() as tx:
        after = tx.issues.freeze(make_freeze(newsletter="weekly"), NOW + MINUTE)
        assert before
        assert after
        assert tx.deliveries.count_by_status(after.key)[Status.SUPPRESSED] == 1
        assert tx.suppressions.lift_refused([ref], now=NOW + MINUTE) == 1
        assert tx.deliveries.count_by_status(after.key)[Status.QUEUED] == 1
    assert find_reason(ledger) is None


def test_pause_requeues_what_another_worker_was_refused(ledger: Ledger) -> None:
    emails = [f"reader{number}@example.org" for number in range(4)]
    desk = open_desk(ledger, emails=emails)
    words = ["5.7.1 relay access denied", "5.7.1 relay access denied, still", "5.1.1 nobody", "5.7.1 no"]
    rows = []
    for number, word in enumerate(words):
        worker = THEIRS if number < 3 else OURS
        ref = desk.claim_one(worker=worker)
        desk.begin(ref, worker=worker)
        desk.record(ref, Status.FAILED, worker=worker, code=554, reply=word)
        rows.append(ref)
    with ledger.write() as tx:
        requeued = tx.letters.requeue_refused([rows[3]], now=NOW)
    assert sorted(requeued) == sorted([rows[0], rows[1], rows[3]])
    assert desk.count() == {Status.QUEUED: 3, Status.FAILED: 1}


@pytest.mark.parametrize("word", ["no", "", "5.7.1"])
def test_other_answers_are_left_alone(ledger: Ledger, word: str) -> None:
    emails = [f"reader{number}@example.org" for number in range(3)]
    desk = open_desk(ledger, emails=emails)
    rows = [desk.begin_one() for _ in emails]
    for ref, reply in zip(rows, (word, "nobody of that name", "5.7.13 blocked"), strict=True):
        desk.record(ref, Status.FAILED, code=550, reply=reply)
    with ledger.write() as tx:
        assert tx.letters.requeue_refused([rows[0]], now=NOW) == [rows[0]]


def test_turn_that_was_taken_unheard_has_begun(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    with ledger.move() as tx:
        assert tx.letters.list_begun(OURS, refs=[ref]) == {ref}
        assert tx.letters.list_begun(THEIRS, refs=[ref]) == frozenset()
        assert tx.letters.begin(OURS, refs=[ref], now=NOW) == frozenset()
