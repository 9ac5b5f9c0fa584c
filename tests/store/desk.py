"""One frozen issue and two workers, with the moves of a letter as short calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.domain.delivery import Claim, Kind, Outcome, Ref, Status, Verdict
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.store import Ledger
from publisher.store.deliveries import Delivery
from tests.factories import MINUTE, NOW, make_freeze, make_notice, put_member

OURS, THEIRS = "host:1:ours", "host:2:theirs"
ALICE = "alice@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A ledger in which one issue is being sent."""

    ledger: Ledger
    issue: Issue

    def claim(self, *, worker: str = OURS, limit: int = 100, now: datetime = NOW) -> list[Claim]:
        """Claim as a worker does."""
        with self.ledger.move() as tx:
            return tx.letters.claim(worker, limit=limit, now=now)

    def claim_one(self, *, worker: str = OURS) -> Ref:
        """Claim the next row; gives its name."""
        return self.claim(worker=worker, limit=1)[0].ref

    def begin(self, *refs: Ref, worker: str = OURS, now: datetime = NOW) -> frozenset[Ref]:
        """Begin to send rows; gives those that went."""
        with self.ledger.move() as tx:
            return tx.letters.begin(worker, refs=refs, now=now)

    def begin_one(self) -> Ref:
        """Claim the next row and begin to send it."""
        ref = self.claim_one()
        assert self.begin(ref)
        return ref

    def record(self, ref: Ref, status: Status, *, worker: str = OURS, **values: Any) -> None:
        """Write down what became of an attempt."""
        outcome = Outcome(status=status, relay="main", **values)
        with self.ledger.move() as tx:
            tx.letters.record(worker, outcomes={ref: outcome}, now=NOW)

    def recover(self, *, worker: str = OURS, is_resent: bool = False) -> tuple[int, int]:
        """Free what a dead worker held."""
        with self.ledger.write() as tx:
            return tx.letters.recover(worker, is_resent=is_resent, now=NOW)

    def requeue(self, *refs: Ref, now: datetime = NOW) -> None:
        """Queue again what a broken relay refused."""
        with self.ledger.write() as tx:
            tx.letters.requeue_refused(refs, now=now)

    def resolve(self, *, is_resent: bool) -> int:
        """Decide about the doubtful rows."""
        verdict = Verdict.RESEND if is_resent else Verdict.ASSUMED
        with self.ledger.write() as tx:
            return tx.deliveries.resolve_doubtful(self.issue.key, verdict=verdict, now=NOW)

    def set_issue(self, status: IssueStatus) -> None:
        """Move the issue to another state, as the commands do."""
        with self.ledger.write() as tx:
            tx.issues.set_status(self.issue.key, status)
            if status is IssueStatus.CANCELLED:
                tx.deliveries.cancel(self.issue.key, now=NOW)

    def find(self, ref: Ref) -> Delivery:
        """A delivery as it stands."""
        with self.ledger.read() as tx:
            rows = tx.deliveries.list_in(self.issue.key, list(Status))
        return next(row for row in rows if row.key == ref.key)

    def count(self) -> dict[Status, int]:
        """The states that there is a row in, and how many."""
        with self.ledger.read() as tx:
            counts = tx.deliveries.count_by_status(self.issue.key)
        return {status: number for status, number in counts.items() if number}

    def add_notice(self, email: str = ALICE, **values: Any) -> None:
        """Queue a confirmation to somebody who is in the ledger."""
        with self.ledger.write() as tx:
            subscriber = tx.subscribers.find(email)
            assert subscriber
            notice = make_notice(subscriber.key, **values)
            tx.notices.add(notice, message_domain="example.org", expires_at=NOW + 5 * MINUTE, now=NOW)

    def count_notices(self) -> dict[Status, int]:
        """The states that there is a notice in, and how many."""
        with self.ledger.read() as tx:
            return {status: number for status, number in tx.notices.count_by_status().items() if number}


def is_notice(ref: Ref) -> bool:
    """Whether a row is a notice."""
    return ref.kind is Kind.NOTICE


def open_desk(ledger: Ledger, *, emails: Sequence[str] = (ALICE,), **plan: Any) -> Desk:
    """Confirm those people, freeze an issue for them, and let two workers in."""
    with ledger.write() as tx:
        for email in emails:
            put_member(tx, email)
        issue = tx.issues.freeze(make_freeze(**plan), NOW)
        for worker in (OURS, THEIRS):
            tx.facts.put_worker(worker, host="host", now=NOW, until=NOW + MINUTE)
    assert issue
    return Desk(ledger=ledger, issue=issue)
