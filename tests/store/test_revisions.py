"""A text made anew beside workers that hold the old one: nobody gets a text that was replaced before she began."""

from dataclasses import replace

import pytest

from publisher.domain.delivery import Ref, Status
from publisher.domain.issue import Status as IssueStatus
from publisher.store import Ledger
from publisher.store.revisions import Recomposed, Renewed
from tests.factories import MINUTE, NOW, make_article, make_variant
from tests.store.desk import ALICE, Desk, open_desk

READERS = [f"reader{number}@example.org" for number in range(4)]


def renew(desk: Desk, *, is_empty: bool = False) -> Renewed:
    """Make the issue anew, as the command does."""
    variant = make_variant(html="<p>New</p>", text="New", is_empty=is_empty)
    text = Recomposed(subject="New", articles=[], variants=[variant])
    desk.set_issue(IssueStatus.PAUSED)
    with desk.ledger.write() as tx:
        return tx.revisions.add(desk.issue.key, text, now=NOW)


def read_text(desk: Desk, ref: Ref) -> str:
    """The text that a row's message has, or would have."""
    with desk.ledger.read() as tx:
        return tx.letters.get_rendering(f"variant:{desk.find(ref).variant_key}").text


def test_waiting_rows_get_the_new_text(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    sent = desk.begin_one()
    desk.record(sent, Status.SENT)
    doubtful = desk.begin_one()
    desk.record(doubtful, Status.DOUBTFUL)
    claimed = desk.claim_one()
    assert renew(desk) == Renewed(had=2, waiting=2, skipped=0)
    assert desk.find(claimed).status is Status.QUEUED
    assert [read_text(desk, ref) for ref in (sent, doubtful, claimed)] == ["Today", "Today", "New"]


def test_held_letter_of_the_old_text_is_not_begun(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    old = desk.claim_one()
    renew(desk)
    desk.set_issue(IssueStatus.OPEN)
    assert not desk.begin(old)
    new = desk.claim_one()
    assert new == old
    assert not desk.begin(old)  # the same worker holds the row again, but not with this text
    assert desk.find(old).attempts == 0
    assert desk.begin(desk.claim_one())


@pytest.mark.parametrize("counts", [True, False])
def test_late_deferral_goes_on_with_the_new_text(ledger: Ledger, counts: bool) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    assert renew(desk).had == 1
    desk.record(ref, Status.QUEUED, retry_at=NOW + MINUTE, counts=counts)
    assert (desk.find(ref).status, read_text(desk, ref)) == (Status.QUEUED, "New")


def test_late_acceptance_keeps_the_old_text(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    renew(desk)
    desk.record(ref, Status.SENT)
    assert (desk.find(ref).status, read_text(desk, ref)) == (Status.SENT, "Today")


def test_recovered_row_that_is_resent_gets_the_new_text(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    renew(desk)
    desk.recover(is_resent=True)
    assert (desk.find(ref).status, read_text(desk, ref)) == (Status.QUEUED, "New")


def test_refused_row_that_is_queued_again_gets_the_new_text(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.FAILED)
    renew(desk)
    assert read_text(desk, ref) == "Today"
    desk.requeue(ref)
    assert read_text(desk, ref) == "New"


def test_resolved_row_that_is_resent_gets_the_new_text(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    ref = desk.begin_one()
    desk.record(ref, Status.DOUBTFUL)
    renew(desk)
    desk.resolve(is_resent=True)
    assert read_text(desk, ref) == "New"


def test_empty_text_skips_who_waits(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.SENT)
    assert renew(desk, is_empty=True) == Renewed(had=1, waiting=0, skipped=3)
    assert desk.count() == {Status.SENT: 1, Status.SKIPPED: 3}


def test_texts_are_counted_by_who_has_them(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=READERS)
    desk.record(desk.begin_one(), Status.SENT)
    renew(desk)
    renew(desk)
    desk.set_issue(IssueStatus.OPEN)
    desk.record(desk.begin_one(), Status.SENT)
    desk.record(desk.begin_one(), Status.FAILED)
    with ledger.read() as tx:
        assert tx.revisions.count_had(desk.issue.key) == {1: 1, 3: 1}
        assert tx.revisions.count_recomposed() == 2
        assert (tx.issues.get(desk.issue.key).revision, tx.issues.get(desk.issue.key).subject) == (3, "New")


def test_two_texts_of_one_choice_stand_side_by_side(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    renew(desk)
    with ledger.read() as tx:
        assert tx.revisions.list_choices(desk.issue.key) == [("", (), "html")]


def test_left_out_article_is_kept_for_who_has_it(ledger: Ledger) -> None:
    with ledger.write() as tx:
        articles = [tx.articles.add(make_article(number), seed_digest="") for number in (1, 2)]
    desk = open_desk(ledger, emails=[ALICE], articles=articles)
    desk.record(desk.begin_one(), Status.SENT)
    changed = replace(articles[1], title="Another title")
    text = Recomposed(subject="New", articles=[changed], variants=[make_variant()])
    with ledger.write() as tx:
        tx.revisions.add(desk.issue.key, text, now=NOW)
        assert tx.issues.list_articles(desk.issue.key) == [changed]
        assert tx.issues.list_mailings_of(articles[0].key) == [desk.issue.id]
        assert tx.issues.are_mailed("daily", [articles[0]])
        assert tx.issues.list_unfinished_with(articles[0].key) == []
