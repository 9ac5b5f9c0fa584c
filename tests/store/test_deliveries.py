"""Deliveries looked at: what is counted and listed, and what an operator ends."""

from publisher.domain.delivery import Status, Verdict
from publisher.domain.issue import Status as IssueStatus
from publisher.store import Ledger
from tests.factories import MINUTE, NOW, make_freeze
from tests.store.desk import ALICE, open_desk

READERS = [f"reader{number}@example.org" for number in range(4)]


def test_all_ten_states_are_counted(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.read() as tx:
        counts = tx.deliveries.count_by_status(desk.issue.key)
    assert list(counts) == list(Status)
    assert len(counts) == 10
    assert sum(counts.values()) == desk.issue.eligible == 1


def test_deferred_are_queued_with_attempts(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.QUEUED, retry_at=NOW + MINUTE)
    desk.record(desk.begin_one(), Status.QUEUED, retry_at=NOW + MINUTE, counts=False)
    desk.record(desk.begin_one(), Status.FAILED)
    with ledger.read() as tx:
        assert tx.deliveries.count_deferred(desk.issue.key) == 1


def test_sent_rows_are_counted_by_relay(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.SENT)
    desk.record(desk.begin_one(), Status.SENT)
    desk.record(desk.begin_one(), Status.FAILED)
    with ledger.read() as tx:
        assert tx.deliveries.count_by_relay(desk.issue.key) == {"main": 2}


def test_rows_are_listed_by_state(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.FAILED, code=550, reply="5.1.1 nobody")
    with ledger.read() as tx:
        (failed,) = tx.deliveries.list_in(desk.issue.key, [Status.FAILED])
        queued = tx.deliveries.list_in(desk.issue.key, [Status.QUEUED, Status.SENT])
    assert (failed.email, failed.code, failed.issue) == (READERS[0], 550, desk.issue.id)
    assert [row.email for row in queued] == READERS[1:]


def test_story_of_one_reader_is_listed(ledger: Ledger) -> None:
    open_desk(ledger, emails=[ALICE, *READERS])
    with ledger.write() as tx:
        tx.issues.freeze(make_freeze(slot="2026-11-24T0700"), NOW)
        alice = tx.subscribers.find(ALICE)
        assert alice
        rows = tx.deliveries.list_for(alice.key)
    assert [(row.issue, row.email) for row in rows] == [
        ("daily/2026-11-23T0700", ALICE),
        ("daily/2026-11-24T0700", ALICE),
    ]


def test_cancelling_ends_what_has_not_begun(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.SENT)
    desk.begin_one()
    desk.claim_one()
    with ledger.write() as tx:
        tx.issues.set_status(desk.issue.key, IssueStatus.CANCELLED)
        assert tx.deliveries.cancel(desk.issue.key, now=NOW) == 2
    assert desk.count() == {Status.SENT: 1, Status.SENDING: 1, Status.CANCELLED: 2}


def test_resolving_knows_its_issue(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.write() as tx:
        other = tx.issues.freeze(make_freeze(slot="2026-11-24T0700"), NOW)
        assert other
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    with ledger.write() as tx:
        assert tx.deliveries.resolve_doubtful(other.key, verdict=Verdict.RESEND, now=NOW) == 0
    assert desk.count() == {Status.DOUBTFUL: 1}


def test_assumed_row_says_who_assumed(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.DOUBTFUL)
    desk.resolve(is_resent=False)
    assert "operator" in desk.find(ref).reply


def test_resent_row_is_due_at_once(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.DOUBTFUL)
    with ledger.write() as tx:
        tx.deliveries.resolve_doubtful(desk.issue.key, verdict=Verdict.RESEND, now=NOW + MINUTE)
    assert desk.find(ref).due_at == NOW + MINUTE


def test_issue_is_cancelled_in_pieces(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=[f"reader{number}@example.org" for number in range(5)])
    with ledger.write() as tx:
        tx.issues.set_status(desk.issue.key, IssueStatus.CANCELLED)
        assert [tx.deliveries.cancel(desk.issue.key, now=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert desk.count() == {Status.CANCELLED: 5}
