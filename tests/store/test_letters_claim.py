"""Claiming: queued rows become one worker's, notices first, those past their time not at all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.store import Ledger
from tests.benchmarks.freeze import put_people
from tests.conftest import on_postgresql
from tests.factories import DAY, HOUR, MINUTE, NOW, make_freeze, make_variant, suppress
from tests.store.desk import ALICE, OURS, THEIRS, Desk, is_notice, open_desk

_CROWD = """
WITH people AS (
    INSERT INTO subscribers (email, canonical, suppression_digest, created_at)
    SELECT name, name, name, now() FROM (SELECT 'crowd' || generate_series(1, 5000) AS name) AS named RETURNING key
)
INSERT INTO subscriptions (subscriber_key, newsletter, status, created_at)
SELECT key, 'daily', 'confirmed', now() FROM people
"""
READERS = [f"reader{number}@example.org" for number in range(5)]


def test_queued_row_becomes_claimed(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.claim_one()
    assert desk.find(ref).status is Status.CLAIMED


def test_claim_carries_what_letter_needs(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    (claim,) = desk.claim()
    assert (claim.email, claim.message_domain, claim.attempts) == (ALICE, "example.org", 0)
    assert claim.first_due_at == NOW
    assert claim.subscriber_key
    assert claim.subscription_key


def test_claimed_row_is_claimed_once(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    assert len(desk.claim()) == 1
    assert desk.claim(worker=THEIRS) == []


def test_claim_takes_no_more_than_limit(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    assert len(desk.claim(limit=2)) == 2
    assert desk.count() == {Status.CLAIMED: 2, Status.QUEUED: 3}


def test_limit_of_nothing_claims_nothing(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    assert desk.claim(limit=0) == []


def test_row_waits_until_due(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.record(desk.begin_one(), Status.QUEUED, retry_at=NOW + MINUTE)
    assert desk.claim(now=NOW + MINUTE - timedelta(microseconds=1)) == []
    assert len(desk.claim(now=NOW + MINUTE)) == 1


def test_earliest_due_row_comes_first(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS[:2])
    later, sooner = desk.begin_one(), desk.begin_one()
    desk.record(later, Status.QUEUED, retry_at=NOW + 2 * MINUTE)
    desk.record(sooner, Status.QUEUED, retry_at=NOW + MINUTE)
    assert [claim.ref for claim in desk.claim(limit=1, now=NOW + 3 * MINUTE)] == [sooner]


def test_notices_are_claimed_first(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.add_notice(READERS[4])
    first, second = desk.claim(limit=2)
    assert is_notice(first.ref)
    assert not is_notice(second.ref)


def test_notice_carries_its_own_words(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    claim = desk.claim(limit=1)[0]
    assert (claim.email, claim.subscription_key) == (ALICE, None)
    with ledger.read() as tx:
        rendering = tx.letters.get_rendering(claim.rendering)
    assert (rendering.subject, rendering.issue, rendering.list_name) == ("Please confirm", "", "")


def test_rendering_names_issue_and_newsletter(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.read() as tx:
        rendering = tx.letters.get_rendering("variant:1")
    assert (rendering.issue, rendering.list_name, rendering.subject) == (desk.issue.id, "daily", "Today")


@pytest.mark.parametrize("status", [IssueStatus.PAUSED, IssueStatus.HELD, IssueStatus.SENT])
def test_only_open_issues_are_claimed(ledger: Ledger, status: IssueStatus) -> None:
    desk = open_desk(ledger)
    desk.set_issue(status)
    assert desk.claim() == []
    assert desk.count() == {Status.QUEUED: 1}


def test_resumed_issue_is_claimed_again(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.set_issue(IssueStatus.PAUSED)
    desk.set_issue(IssueStatus.OPEN)
    assert len(desk.claim()) == 1


def test_late_row_expires_at_claim(ledger: Ledger) -> None:
    desk = open_desk(ledger, expires_at=NOW + MINUTE)
    assert desk.claim(now=NOW + MINUTE) == []
    assert desk.count() == {Status.EXPIRED: 1}


def test_late_notice_expires_at_claim(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=[ALICE])
    desk.claim()
    desk.add_notice()
    assert desk.claim(now=NOW + 5 * MINUTE) == []
    assert desk.count_notices() == {Status.EXPIRED: 1}


def test_late_rows_take_no_places(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS, expires_at=NOW + MINUTE)
    with ledger.write() as tx:
        tx.issues.freeze(make_freeze(slot="2026-11-24T0700", due_at=NOW, expires_at=NOW + DAY), NOW)
    assert len(desk.claim(limit=2, now=NOW + MINUTE)) == 2
    assert desk.count() == {Status.EXPIRED: 5}


def test_next_due_is_earliest_queued(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS[:2])
    desk.record(desk.begin_one(), Status.QUEUED, retry_at=NOW + 2 * MINUTE)
    desk.record(desk.begin_one(), Status.QUEUED, retry_at=NOW + MINUTE)
    with ledger.read() as tx:
        assert tx.letters.find_next_due() == NOW + MINUTE


def test_next_due_passes_paused_over(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.set_issue(IssueStatus.PAUSED)
    with ledger.read() as tx:
        assert tx.letters.find_next_due() is None


def test_next_due_counts_notices(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.claim()
    desk.add_notice()
    with ledger.read() as tx:
        assert tx.letters.find_next_due() == NOW


def test_suppressed_and_empty_are_never_claimed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        suppress(tx, READERS[0])
    desk = open_desk(ledger, emails=READERS[:2], variants=(make_variant(is_empty=True),))
    assert desk.claim() == []
    assert desk.count() == {Status.SUPPRESSED: 1, Status.SKIPPED: 1}


def test_late_rows_go_in_steps(ledger: Ledger) -> None:
    put_people(ledger, 5_000)
    desk = open_desk(ledger)
    with ledger.write() as tx:
        assert [tx.letters.expire(now=NOW + 2 * DAY) for _ in range(3)] == [5_000, 1, 0]
    assert desk.count() == {Status.EXPIRED: 5_001}


def test_older_issue_goes_first(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    with ledger.write() as tx:
        assert tx.issues.freeze(make_freeze(slot="2026-11-24T0700"), NOW - HOUR)
    assert len(desk.claim(limit=len(READERS))) == len(READERS)
    assert desk.count() == {Status.CLAIMED: len(READERS)}


@on_postgresql
def test_claim_sorts_no_queue(ledger: Ledger) -> None:
    _open_crowd(ledger)
    statements: list[tuple[str, Any]] = []
    event.listen(
        ledger.engine,
        "before_cursor_execute",
        lambda _, __, statement, values, *___: statements.append((statement, values)),
    )
    with ledger.write() as tx:
        assert len(tx.letters.claim(OURS, limit=100, now=NOW)) == 100
    (claim,) = [one for one in statements if "WITH due" in one[0] and "deliveries" in one[0]]
    with ledger.engine.connect() as connection:
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {claim[0]}", claim[1]))
    assert "ix_deliveries_due" in plan
    assert "Sort" not in plan


def _open_crowd(ledger: Ledger) -> Desk:
    """An issue for five thousand readers, after a hundred other issues that were sent."""
    with ledger.write() as tx:
        for number in range(100):
            tx.issues.freeze(make_freeze(slot=f"2025-{number}"), NOW)
        tx.issues.finish()
    with ledger.engine.begin() as connection:
        connection.execute(text(_CROWD))
    return open_desk(ledger)
