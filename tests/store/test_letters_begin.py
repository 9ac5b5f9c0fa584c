"""Beginning: a claimed row goes to the wire only while consent, issue, time and lease still stand (G4, G5)."""

from collections.abc import Callable

import pytest

from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import Ledger, Transaction
from tests.factories import MINUTE, NOW, suppress
from tests.store.desk import ALICE, OURS, THEIRS, Desk, open_desk


def _leave(tx: Transaction) -> None:
    alice = tx.subscribers.find(ALICE)
    assert alice
    tx.subscribers.set_subscription(alice.key, "daily", status=SubscriptionStatus.UNSUBSCRIBED, now=NOW)


def _ask_again(tx: Transaction) -> None:
    alice = tx.subscribers.find(ALICE)
    assert alice
    tx.subscribers.set_subscription(alice.key, "daily", status=SubscriptionStatus.PENDING, now=NOW)


def _erase(tx: Transaction) -> None:
    alice = tx.subscribers.find(ALICE)
    assert alice
    tx.subscribers.erase(alice.key)


def _suppress(tx: Transaction) -> None:
    suppress(tx, ALICE)


def _change(desk: Desk, act: Callable[[Transaction], None]) -> None:
    with desk.ledger.write() as tx:
        act(tx)


def test_claimed_row_begins(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    assert desk.begin(ref) == {ref}
    assert desk.find(ref).status is Status.SENDING


def test_beginning_counts_an_attempt(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    assert desk.find(desk.begin_one()).attempts == 1


def test_row_begins_only_once(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    assert desk.begin(ref) == frozenset()
    assert (desk.find(ref).status, desk.find(ref).attempts) == (Status.SENDING, 1)


def test_queued_row_never_begins(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.letters.give_back(OURS, refs=[ref], now=NOW)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is Status.QUEUED


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (_leave, Status.SKIPPED),
        (_ask_again, Status.SKIPPED),
        (_erase, Status.SKIPPED),
        (_suppress, Status.SUPPRESSED),
    ],
)
def test_withdrawn_consent_stops_delivery(ledger: Ledger, act: Callable[[Transaction], None], state: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    _change(desk, act)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is state


def test_leaving_another_newsletter_stops_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        alice = tx.subscribers.find(ALICE)
        assert alice
        tx.subscribers.set_subscription(alice.key, "weekly", status=SubscriptionStatus.UNSUBSCRIBED, now=NOW)
    assert desk.begin(ref) == {ref}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (IssueStatus.PAUSED, Status.QUEUED),
        (IssueStatus.HELD, Status.QUEUED),
        (IssueStatus.CANCELLED, Status.CANCELLED),
    ],
)
def test_stopped_issue_stops_its_rows(ledger: Ledger, status: IssueStatus, state: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    desk.set_issue(status)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is state


def test_cancelling_status_alone_is_enough(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.issues.set_status(desk.issue.key, IssueStatus.CANCELLED)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is Status.CANCELLED


def test_late_row_expires_at_beginning(ledger: Ledger) -> None:
    desk = open_desk(ledger, expires_at=NOW + MINUTE / 2)
    ref = desk.claim_one()
    assert desk.begin(ref, now=NOW + MINUTE / 2) == frozenset()
    assert desk.find(ref).status is Status.EXPIRED


def test_lease_that_ended_begins_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.facts.put_worker(OURS, host="host", now=NOW, until=NOW)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is Status.QUEUED


def test_renewed_lease_begins_again(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.facts.put_worker(OURS, host="host", now=NOW, until=NOW + 2 * MINUTE)
    assert desk.begin(ref, now=NOW + MINUTE) == {ref}


def test_dropped_worker_begins_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.facts.drop_worker(OURS)
    assert desk.begin(ref) == frozenset()


def test_row_of_another_stays_untouched(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one(worker=THEIRS)
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is Status.CLAIMED
    assert desk.begin(ref, worker=THEIRS) == {ref}


def test_one_refusal_stops_nobody_else(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=[ALICE, "bea@example.org"])
    refs = [claim.ref for claim in desk.claim()]
    _change(desk, _leave)
    assert desk.begin(*refs) == {refs[1]}
    assert desk.count() == {Status.SKIPPED: 1, Status.SENDING: 1}


def test_notice_needs_no_subscription(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    _change(desk, _leave)
    assert desk.begin_one()
    assert desk.count_notices() == {Status.SENDING: 1}


@pytest.mark.parametrize(("act", "state"), [(_erase, Status.SKIPPED), (_suppress, Status.SUPPRESSED)])
def test_notice_stops_for_the_gone(ledger: Ledger, act: Callable[[Transaction], None], state: Status) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    ref = desk.claim_one()
    _change(desk, act)
    assert desk.begin(ref) == frozenset()
    assert desk.count_notices() == {state: 1}


def test_given_back_row_has_no_trace(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    with ledger.write() as tx:
        tx.letters.give_back(OURS, refs=[ref], now=NOW)
    assert (desk.find(ref).status, desk.find(ref).attempts) == (Status.QUEUED, 0)
    assert desk.claim_one(worker=THEIRS) == ref


def test_nobody_gives_back_for_another(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one(worker=THEIRS)
    with ledger.write() as tx:
        tx.letters.give_back(OURS, refs=[ref], now=NOW)
    assert desk.find(ref).status is Status.CLAIMED


def test_row_on_wire_is_not_given_back(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    with ledger.write() as tx:
        tx.letters.give_back(OURS, refs=[ref], now=NOW)
    assert desk.find(ref).status is Status.SENDING
