"""Recording, recovering, resolving: what becomes of a row whose content may have gone out."""

import pytest
from sqlalchemy import select

from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.store import Ledger, tables
from tests.factories import MINUTE, NOW
from tests.store.desk import ALICE, OURS, THEIRS, open_desk

READERS = [f"reader{number}@example.org" for number in range(3)]


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.EXPIRED, Status.DOUBTFUL])
def test_answer_settles_a_row(ledger: Ledger, status: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, status, code=250, reply="2.0.0 OK")
    row = desk.find(ref)
    assert (row.status, row.relay, row.code, row.reply) == (status, "main", 250, "2.0.0 OK")


def test_deferral_waits_in_queue(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.QUEUED, code=451, retry_at=NOW + MINUTE)
    row = desk.find(ref)
    assert (row.status, row.due_at, row.attempts) == (Status.QUEUED, NOW + MINUTE, 1)


def test_failed_connection_costs_no_attempt(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.QUEUED, retry_at=NOW + MINUTE, counts=False)
    assert desk.find(ref).attempts == 0


def test_long_reply_is_cut(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.FAILED, code=550, reply="x" * 10_000)
    assert desk.find(ref).reply == "x" * 500


def test_answers_are_told_apart(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    first, second, third = (desk.begin_one() for _ in READERS)
    desk.record(first, Status.SENT)
    desk.record(third, Status.FAILED)
    assert [desk.find(ref).status for ref in (first, second, third)] == [Status.SENT, Status.SENDING, Status.FAILED]


def test_notice_is_recorded_like_a_delivery(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.record(desk.begin_one(), Status.SENT, code=250)
    assert desk.count_notices() == {Status.SENT: 1}
    assert desk.count() == {Status.QUEUED: 1}


def test_settled_row_stays_settled(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.SENT)
    desk.record(ref, Status.FAILED, code=550)
    assert desk.find(ref).status is Status.SENT


def test_answer_of_another_changes_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.SENT, worker=THEIRS)
    assert desk.find(ref).status is Status.SENDING


def test_claimed_row_takes_no_answer(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    desk.record(ref, Status.SENT)
    assert desk.find(ref).status is Status.CLAIMED


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.QUEUED])
def test_late_answer_settles_doubt(ledger: Ledger, status: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    assert desk.recover() == (0, 1)
    desk.record(ref, status)
    assert desk.find(ref).status is status


def test_late_answer_of_another_settles_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.recover()
    desk.record(ref, Status.SENT, worker=THEIRS)
    assert desk.find(ref).status is Status.DOUBTFUL


@pytest.mark.parametrize(("is_resent", "state"), [(True, Status.QUEUED), (False, Status.SENT)])
def test_resolved_row_takes_no_late_answer(ledger: Ledger, is_resent: bool, state: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.DOUBTFUL)
    assert desk.resolve(is_resent=is_resent) == 1
    desk.record(ref, Status.FAILED)
    assert desk.find(ref).status is state


@pytest.mark.parametrize("is_resent", [True, False])
def test_resolved_row_is_nobodys(ledger: Ledger, is_resent: bool) -> None:
    desk = open_desk(ledger)
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    desk.resolve(is_resent=is_resent)
    with ledger.engine.connect() as connection:
        assert connection.scalars(select(tables.deliveries.c.worker)).all() == [None]


def test_old_answer_spares_next_attempt(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.recover()
    desk.resolve(is_resent=True)
    desk.claim(worker=THEIRS)
    desk.begin(ref, worker=THEIRS)
    desk.record(ref, Status.FAILED, worker=OURS)
    assert desk.find(ref).status is Status.SENDING


def test_resolving_leaves_the_certain_alone(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.FAILED)
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    assert desk.resolve(is_resent=False) == 1
    assert desk.count() == {Status.FAILED: 1, Status.SENT: 1, Status.QUEUED: 1}


def test_dead_worker_frees_its_claims(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.claim()
    assert desk.recover() == (3, 0)
    assert len(desk.claim(worker=THEIRS)) == 3


def test_dead_worker_leaves_doubt(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.begin_one()
    desk.claim()
    assert desk.recover() == (2, 1)
    assert desk.count() == {Status.QUEUED: 2, Status.DOUBTFUL: 1}


def test_policy_may_resend_the_doubtful(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    assert desk.recover(is_resent=True) == (0, 1)
    assert desk.find(ref).status is Status.QUEUED
    desk.record(ref, Status.SENT)
    assert desk.find(ref).status is Status.QUEUED


def test_recovery_spares_living_workers(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS[:2])
    ours, theirs = desk.begin_one(), desk.claim_one(worker=THEIRS)
    assert desk.recover(worker=THEIRS) == (1, 0)
    assert desk.find(ours).status is Status.SENDING
    assert desk.find(theirs).status is Status.QUEUED


def test_recovery_frees_notices_too(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.begin_one()
    assert desk.recover() == (0, 1)
    assert desk.count_notices() == {Status.DOUBTFUL: 1}


def test_refused_rows_wait_again(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS[:2])
    refused, sent = desk.begin_one(), desk.begin_one()
    desk.record(refused, Status.FAILED, code=554)
    desk.record(sent, Status.SENT)
    desk.requeue(refused, sent, now=NOW + MINUTE)
    assert (desk.find(refused).status, desk.find(refused).due_at) == (Status.QUEUED, NOW + MINUTE)
    assert desk.find(sent).status is Status.SENT


def test_cancelled_issue_queues_nothing_again(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.set_issue(IssueStatus.CANCELLED)
    desk.record(ref, Status.QUEUED, code=451, retry_at=NOW + MINUTE)
    assert desk.find(ref).status is Status.CANCELLED


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.DOUBTFUL])
def test_cancelling_comes_too_late_on_wire(ledger: Ledger, status: Status) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.set_issue(IssueStatus.CANCELLED)
    desk.record(ref, status)
    assert desk.find(ref).status is status


def test_cancelled_issue_is_not_recovered(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.begin_one()
    desk.set_issue(IssueStatus.CANCELLED)
    desk.recover(is_resent=True)
    assert desk.count() == {Status.CANCELLED: 1}


def test_cancelled_issue_is_not_resent(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    desk.set_issue(IssueStatus.CANCELLED)
    assert desk.resolve(is_resent=True) == 1
    assert desk.count() == {Status.CANCELLED: 1}


def test_cancelled_issue_takes_no_refused(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.FAILED, code=554)
    desk.set_issue(IssueStatus.CANCELLED)
    desk.requeue(ref)
    assert desk.find(ref).status in {Status.FAILED, Status.CANCELLED}


def test_resent_row_is_asked_consent_again(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.DOUBTFUL)
    desk.resolve(is_resent=True)
    with ledger.write() as tx:
        alice = tx.subscribers.find(ALICE)
        assert alice
        tx.subscribers.erase(alice.key)
    desk.claim()
    assert desk.begin(ref) == frozenset()
    assert desk.find(ref).status is Status.SKIPPED
