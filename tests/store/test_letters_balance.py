"""Whatever happens in whatever order: the ten states sum to the eligible, and only the table's arrows are walked."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from publisher.domain.delivery import Kind, Outcome, Ref, Status
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import Transaction, tables
from tests.conftest import MakeLedger
from tests.factories import HOUR, MINUTE, NOW, suppress
from tests.store.desk import OURS, THEIRS, open_desk

READERS = [f"reader{number}@example.org" for number in range(6)]
WORKERS = st.sampled_from([OURS, THEIRS])
ARROWS = {
    Status.QUEUED: {Status.CLAIMED, Status.CANCELLED, Status.EXPIRED},
    Status.CLAIMED: {
        Status.SENDING,
        Status.SKIPPED,
        Status.SUPPRESSED,
        Status.QUEUED,
        Status.EXPIRED,
        Status.CANCELLED,
    },
    Status.SENDING: {Status.SENT, Status.FAILED, Status.QUEUED, Status.DOUBTFUL, Status.CANCELLED},
    Status.DOUBTFUL: {Status.SENT, Status.FAILED, Status.QUEUED, Status.CANCELLED},
    Status.FAILED: {Status.QUEUED, Status.CANCELLED},
}


class Mailing(RuleBasedStateMachine):
    """One issue to six readers, two workers, and everything that can come between them."""

    def __init__(self, make_ledger: MakeLedger) -> None:
        super().__init__()
        self.ledger = make_ledger()

    @initialize()
    def open(self) -> None:
        """Freeze the issue."""
        self.desk = open_desk(self.ledger, emails=READERS, expires_at=NOW + 4 * HOUR)
        self.now = NOW
        self.rows = dict.fromkeys(self._read(), Status.QUEUED)

    def _read(self) -> dict[int, Status]:
        with self.ledger.read() as tx:
            return {row.key: row.status for row in tx.deliveries.list_in(self.desk.issue.key, list(Status))}

    def _refs(self, *statuses: Status) -> list[Ref]:
        return [Ref(kind=Kind.DELIVERY, key=key) for key, status in self.rows.items() if status in statuses]

    def _reader(self, tx: Transaction, number: int) -> int | None:
        found = tx.subscribers.find(READERS[number])
        return found.key if found else None

    @rule(worker=WORKERS, limit=st.integers(1, 6))
    def claim(self, worker: str, limit: int) -> None:
        """A worker asks for work."""
        self.desk.claim(worker=worker, limit=limit, now=self.now)

    @rule(worker=WORKERS)
    def begin(self, worker: str) -> None:
        """A worker begins all that anybody has claimed."""
        self.desk.begin(*self._refs(Status.CLAIMED), worker=worker, now=self.now)

    @rule(
        worker=WORKERS,
        status=st.sampled_from([Status.SENT, Status.FAILED, Status.QUEUED, Status.DOUBTFUL]),
        number=st.integers(0, 5),
    )
    def record(self, worker: str, status: Status, number: int) -> None:
        """A worker brings an answer for one of the rows, whatever its state."""
        ref = Ref(kind=Kind.DELIVERY, key=list(self.rows)[number])
        retry_at = self.now + MINUTE if status is Status.QUEUED else None
        outcome = Outcome(status=status, relay="main", retry_at=retry_at)
        with self.ledger.write() as tx:
            tx.letters.record(worker, outcomes={ref: outcome}, now=self.now)

    @rule(worker=WORKERS)
    def give_back(self, worker: str) -> None:
        """A worker gives back whatever is claimed."""
        with self.ledger.write() as tx:
            tx.letters.give_back(worker, refs=self._refs(Status.CLAIMED), now=self.now)

    @rule(worker=WORKERS, is_resent=st.booleans())
    def recover(self, worker: str, *, is_resent: bool) -> None:
        """A worker is taken for dead."""
        self.desk.recover(worker=worker, is_resent=is_resent)

    @rule(is_resent=st.booleans())
    def resolve(self, *, is_resent: bool) -> None:
        """An operator decides about the doubtful."""
        self.desk.resolve(is_resent=is_resent)

    @rule()
    def requeue(self) -> None:
        """The breaker takes refusals back."""
        self.desk.requeue(*self._refs(Status.FAILED), now=self.now)

    @rule(status=st.sampled_from([IssueStatus.OPEN, IssueStatus.PAUSED, IssueStatus.CANCELLED]))
    def set_issue(self, status: IssueStatus) -> None:
        """An operator resumes, pauses or cancels the issue; a cancelled one stays so."""
        with self.ledger.read() as tx:
            is_cancelled = tx.issues.get(self.desk.issue.key).status is IssueStatus.CANCELLED
        if not is_cancelled:
            self.desk.set_issue(status)

    @rule(number=st.integers(0, 5), act=st.sampled_from(["leave", "suppress", "erase"]))
    def lose(self, number: int, act: str) -> None:
        """A reader goes."""
        with self.ledger.write() as tx:
            key = self._reader(tx, number)
            if key is None:
                return
            if act == "leave":
                tx.subscribers.set_subscription(key, "daily", status=SubscriptionStatus.UNSUBSCRIBED, now=self.now)
            elif act == "suppress":
                suppress(tx, READERS[number])
            else:
                tx.subscribers.erase(key)

    @rule()
    def wait(self) -> None:
        """An hour goes by; the workers renew their leases."""
        self.now += HOUR
        with self.ledger.write() as tx:
            for worker in (OURS, THEIRS):
                tx.facts.put_worker(worker, host="host", now=self.now, until=self.now + MINUTE)

    @invariant()
    def states_sum_to_eligible(self) -> None:
        """Nobody is lost, and nobody is there twice (G1)."""
        assert sum(self.desk.count().values()) == self.desk.issue.eligible

    @invariant()
    def only_arrows_are_walked(self) -> None:
        """No row moves but along an arrow."""
        before, self.rows = self.rows, self._read()
        for key, status in self.rows.items():
            assert status is before[key] or status in ARROWS.get(before[key], set())

    @invariant()
    def cancelled_issue_queues_nothing(self) -> None:
        """What is cancelled is never waiting to be sent."""
        with self.ledger.read() as tx:
            status = tx.issues.get(self.desk.issue.key).status
        waiting = self.desk.count().keys() & {Status.QUEUED, Status.CLAIMED}
        assert status is not IssueStatus.CANCELLED or not waiting

    @invariant()
    def only_held_rows_name_a_worker(self) -> None:
        """Whoever has settled a row lets go of it, so that no late answer finds it under his name."""
        column = tables.deliveries.c
        held = [Status.CLAIMED, Status.SENDING, Status.DOUBTFUL]
        wanted = select(func.count()).where(column.worker.is_not(None) != column.status.in_(held))
        with self.ledger.engine.connect() as connection:
            assert connection.scalar(wanted) == 0

    def teardown(self) -> None:
        """Close the ledger."""
        self.ledger.close()


def test_ten_states_always_sum_up(make_ledger: MakeLedger) -> None:
    class Here(Mailing):
        def __init__(self) -> None:
            super().__init__(make_ledger)

    run_state_machine_as_test(Here, settings=settings(max_examples=16, stateful_step_count=25))
