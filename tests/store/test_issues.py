"""Issues afterwards: found, moved from state to state, finished when nothing is left."""

import pytest

from publisher.domain.delivery import Status as DeliveryStatus
from publisher.domain.issue import Status
from publisher.store import Ledger
from tests.factories import NOW, make_article, make_freeze, put_cast
from tests.store.desk import open_desk


def test_issue_is_found_by_slot(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.read() as tx:
        assert tx.issues.find("daily", "2026-11-23T0700") == tx.issues.get(desk.issue.key)
        assert tx.issues.find("daily", "2026-11-24T0700") is None
        assert tx.issues.find("weekly", "2026-11-23T0700") is None


def test_newest_issue_is_listed_first(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for slot in ("2026-11-23T0700", "2026-11-24T0700", "2026-11-25T0700"):
            tx.issues.freeze(make_freeze(slot=slot), NOW)
        tx.issues.freeze(make_freeze(newsletter="weekly"), NOW)
        assert [issue.slot[8:10] for issue in tx.issues.list_all(newsletter="daily", limit=2)] == ["25", "24"]
        assert len(tx.issues.list_all()) == 4


def test_oldest_issue_comes_first_by_status(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for slot in ("2026-11-23T0700", "2026-11-24T0700"):
            tx.issues.freeze(make_freeze(slot=slot), NOW)
        tx.issues.freeze(make_freeze(newsletter="weekly"), NOW)
        assert [issue.slot[8:10] for issue in tx.issues.list_by_status(Status.OPEN, newsletter="daily")] == ["23", "24"]
        assert tx.issues.list_by_status(Status.PAUSED) == []


def test_status_moves_with_its_reason(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.write() as tx:
        assert tx.issues.set_status(desk.issue.key, Status.PAUSED, reason="an article is gone", was=[Status.OPEN])
        issue = tx.issues.get(desk.issue.key)
    assert (issue.status, issue.reason) == (Status.PAUSED, "an article is gone")


def test_status_moves_only_from_given(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.set_issue(Status.CANCELLED)
    with ledger.write() as tx:
        assert not tx.issues.set_status(desk.issue.key, Status.OPEN, was=[Status.PAUSED, Status.HELD])
        assert tx.issues.get(desk.issue.key).status is Status.CANCELLED


def test_only_open_issues_hold_articles_up(ledger: Ledger) -> None:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(), seed_digest="")
        passed = tx.articles.add(make_article(2), seed_digest="")
        issue = tx.issues.freeze(make_freeze(articles=[article], passed_over=[passed]), NOW)
        assert tx.issues.list_unfinished_with(article.key) == [issue]
        assert tx.issues.list_unfinished_with(passed.key) == []
        assert issue
        tx.issues.set_status(issue.key, Status.SENT)
        assert tx.issues.list_unfinished_with(article.key) == []


def test_manual_issues_are_counted_by_day(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for slot in ("2026-11-23-manual-1", "2026-11-23-manual-2", "2026-11-23T0700", "2026-11-24-manual-1"):
            tx.issues.freeze(make_freeze(slot=slot), NOW)
        assert tx.issues.count_manual("daily", day="2026-11-23") == 2
        assert tx.issues.count_manual("weekly", day="2026-11-23") == 0


def test_done_issue_is_finished_once(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.record(desk.begin_one(), DeliveryStatus.SENT)
    with ledger.write() as tx:
        assert [issue.id for issue in tx.issues.finish()] == [desk.issue.id]
        assert tx.issues.finish() == []
        assert tx.issues.get(desk.issue.key).status is Status.SENT


def test_issue_without_rows_is_finished(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.issues.freeze(make_freeze(), NOW)
        assert len(tx.issues.finish()) == 1


@pytest.mark.parametrize(
    "status",
    [DeliveryStatus.QUEUED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING, DeliveryStatus.DOUBTFUL],
)
def test_unsettled_row_keeps_issue_open(ledger: Ledger, status: DeliveryStatus) -> None:
    desk = open_desk(ledger)
    if status is not DeliveryStatus.QUEUED:
        ref = desk.claim_one()
    if status in {DeliveryStatus.SENDING, DeliveryStatus.DOUBTFUL}:
        desk.begin(ref)
    if status is DeliveryStatus.DOUBTFUL:
        desk.record(ref, status)
    assert desk.count() == {status: 1}
    with ledger.write() as tx:
        assert tx.issues.finish() == []


@pytest.mark.parametrize("status", [Status.PAUSED, Status.HELD, Status.CANCELLED])
def test_only_open_issues_are_finished(ledger: Ledger, status: Status) -> None:
    desk = open_desk(ledger, emails=[])
    desk.set_issue(status)
    with ledger.write() as tx:
        assert tx.issues.finish() == []


def test_nobody_mailed_means_not_mailed(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        article = tx.articles.add(make_article(), seed_digest="")
        assert not tx.issues.are_mailed("daily", [article])
        assert not tx.issues.are_mailed("daily", [])


def test_statuses_are_listed_by_row(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    with ledger.write() as tx:
        other = tx.issues.freeze(make_freeze(newsletter="weekly"), NOW)
        assert other
        tx.issues.set_status(other.key, Status.PAUSED)
        assert tx.issues.list_statuses() == {desk.issue.key: Status.OPEN, other.key: Status.PAUSED}


def test_archive_beyond_one_statement_is_asked(ledger: Ledger) -> None:
    """A statement has room for 65,535 parameters."""
    archive = [make_article(number) for number in range(1, 70_000)]
    with ledger.write() as tx:
        added = tx.articles.add(make_article(), seed_digest="")
        assert not tx.issues.are_mailed("daily", archive)
        assert not tx.articles.are_hidden(archive, now=NOW)
        tx.issues.freeze(make_freeze(articles=[added]), NOW)
        tx.articles.withdraw(added.key, now=NOW)
        assert tx.issues.are_mailed("daily", archive)
        assert tx.articles.are_hidden(archive, now=NOW)
