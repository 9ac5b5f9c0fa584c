"""Many workers at once: no row is claimed twice, begun twice, or left out."""

from collections import Counter

from publisher.domain.delivery import Ref, Status
from publisher.store import Ledger
from tests.factories import MINUTE, NOW
from tests.store.desk import Desk, open_desk
from tests.store.processes import run_threads

ROWS, WORKERS, BATCH = 1_000, 4, 25


def _open_many(ledger: Ledger, *, rows: int) -> Desk:
    desk = open_desk(ledger, emails=[f"reader{number}@example.org" for number in range(rows)])
    with ledger.write() as tx:
        for worker in range(WORKERS):
            tx.facts.put_worker(f"racer-{worker}", host="host", now=NOW, until=NOW + MINUTE)
    return desk


def test_racing_claims_never_overlap(ledger: Ledger) -> None:
    desk = _open_many(ledger, rows=ROWS)

    def claim_all(worker: int) -> list[Ref]:
        refs: list[Ref] = []
        while claims := desk.claim(worker=f"racer-{worker}", limit=BATCH):
            refs += [claim.ref for claim in claims]
        return refs

    claimed = Counter(ref for refs in run_threads(claim_all, number=WORKERS) for ref in refs)
    assert len(claimed) == ROWS
    assert set(claimed.values()) == {1}


def test_racing_beginnings_never_overlap(ledger: Ledger) -> None:
    desk = _open_many(ledger, rows=200)
    refs = [claim.ref for claim in desk.claim(worker="racer-0", limit=200)]

    def begin(_: int) -> frozenset[Ref]:
        return desk.begin(*refs, worker="racer-0")

    begun = Counter(ref for one in run_threads(begin, number=WORKERS) for ref in one)
    assert begun == dict.fromkeys(refs, 1)


def test_racing_answers_settle_once(ledger: Ledger) -> None:
    desk = _open_many(ledger, rows=1)
    (claim,) = desk.claim(worker="racer-0")
    desk.begin(claim.ref, worker="racer-0")
    answers = [Status.SENT, Status.FAILED, Status.EXPIRED, Status.FAILED]

    def record(index: int) -> None:
        desk.record(claim.ref, answers[index], worker="racer-0", code=200 + index)

    run_threads(record, number=WORKERS)
    row = desk.find(claim.ref)
    assert row.status is answers[row.code - 200]
