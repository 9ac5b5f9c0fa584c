"""The freeze: one row for everybody who is confirmed, in one transaction (G1)."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Format
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.errors import LedgerError
from publisher.store import Ledger, Transaction
from publisher.store.issues import Freeze
from tests.conftest import MakeLedger
from tests.factories import NOW, make_article, make_freeze, make_variant, put_cast, put_member, suppress
from tests.store.processes import run_threads


def _freeze(tx: Transaction, plan: Freeze | None = None) -> Issue:
    issue = tx.issues.freeze(plan or make_freeze(), NOW)
    assert issue
    return issue


def _count(tx: Transaction, issue: Issue) -> dict[Status, int]:
    return {status: number for status, number in tx.deliveries.count_by_status(issue.key).items() if number}


def test_cast_gets_its_states(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        issue = _freeze(tx)
        rows = tx.deliveries.list_in(issue.key, list(Status))
    assert [(row.email, row.status) for row in rows] == [
        ("alice@example.org", Status.QUEUED),
        ("dave@example.org", Status.SUPPRESSED),
    ]


def test_issue_is_as_planned(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        issue = _freeze(tx)
    assert (issue.id, issue.status, issue.eligible) == ("daily/2026-11-23T0700", IssueStatus.OPEN, 2)
    assert (issue.frozen_at, issue.due_at, issue.title, issue.subject) == (NOW, NOW, "The morning", "Today")


def test_issue_without_readers_is_frozen(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _freeze(tx).eligible == 0


def test_empty_choice_is_skipped(ledger: Ledger) -> None:
    variants = (make_variant(), make_variant(sections=("sport",), is_empty=True))
    with ledger.write() as tx:
        put_member(tx, "alice@example.org")
        put_member(tx, "bea@example.org", sections=["sport"])
        assert _count(tx, _freeze(tx, make_freeze(variants=variants))) == {Status.QUEUED: 1, Status.SKIPPED: 1}


def test_suppressed_with_empty_choice_is_suppressed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, "alice@example.org")
        suppress(tx, "alice@example.org")
        issue = _freeze(tx, make_freeze(variants=(make_variant(is_empty=True),)))
        assert _count(tx, issue) == {Status.SUPPRESSED: 1}


def test_other_newsletter_gets_nothing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, "alice@example.org", newsletter="weekly")
        assert _freeze(tx).eligible == 0


def test_everybody_gets_her_variant(ledger: Ledger) -> None:
    variants = [
        make_variant(subject="plain"),
        make_variant(subject="french", language="fr"),
        make_variant(subject="two sections", sections=("arts", "sport")),
        make_variant(subject="text", format="text"),
    ]
    with ledger.write() as tx:
        put_member(tx, "a@example.org")
        put_member(tx, "b@example.org", language="fr")
        put_member(tx, "c@example.org", sections=["sport", "arts"])
        put_member(tx, "d@example.org", form=Format.TEXT)
        _freeze(tx, make_freeze(variants=variants))
        claims = tx.letters.claim("ours", limit=9, now=NOW)
        subjects = [tx.letters.get_rendering(claim.rendering).subject for claim in claims]
    assert subjects == [variant.subject for variant in variants]


def test_variant_choices_are_what_is_missing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, "a@example.org")
        put_member(tx, "b@example.org", language="fr", sections=["sport", "arts"])
        put_member(tx, "c@example.org", language="fr", sections=["arts", "sport"])
        put_member(tx, "d@example.org", language="nl", status=SubscriptionStatus.PENDING)
        choices = tx.subscribers.list_variant_choices("daily")
    assert choices == [("", (), "html"), ("fr", ("arts", "sport"), "html")]


@pytest.mark.parametrize("wish", [{"language": "fr"}, {"sections": ["sport"]}, {"form": Format.TEXT}])
def test_missing_variant_gives_none(ledger: Ledger, wish: dict[str, object]) -> None:
    with ledger.write() as tx:
        put_member(tx, "alice@example.org")
        put_member(tx, "bea@example.org", **wish)  # type: ignore[arg-type]
        assert tx.issues.freeze(make_freeze(), NOW) is None


def test_slot_has_one_issue(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _freeze(tx)
    with pytest.raises(LedgerError), ledger.write() as tx:
        _freeze(tx)


def test_newsletters_share_a_slot(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _freeze(tx).slot == _freeze(tx, make_freeze(newsletter="weekly")).slot


def test_racing_freezes_make_one_issue(ledger: Ledger) -> None:
    put_cast(ledger)

    def freeze(_: int) -> bool:
        try:
            with ledger.write() as tx:
                return bool(_freeze(tx))
        except LedgerError:
            return False

    assert Counter(run_threads(freeze, number=4)) == {True: 1, False: 3}
    with ledger.read() as tx:
        (issue,) = tx.issues.list_all()
        assert issue.eligible == sum(_count(tx, issue).values()) == 2


def test_article_is_in_one_issue(ledger: Ledger) -> None:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(), seed_digest="1")
        _freeze(tx, make_freeze(articles=[article]))
    with pytest.raises(LedgerError), ledger.write() as tx:
        _freeze(tx, make_freeze(slot="2026-11-24T0700", articles=[article]))


def test_passed_over_article_is_used_up(ledger: Ledger) -> None:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(), seed_digest="1")
        _freeze(tx, make_freeze(passed_over=[article]))
        assert tx.issues.are_mailed("daily", [article])
        assert list(tx.articles.iter_candidates(newsletter="daily", since=NOW)) == []


def test_article_may_be_in_each_newsletter(ledger: Ledger) -> None:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(), seed_digest="1")
        _freeze(tx, make_freeze(articles=[article]))
        _freeze(tx, make_freeze(newsletter="weekly", articles=[article]))
        assert tx.issues.list_mailings_of(article.key) == ["daily/2026-11-23T0700", "weekly/2026-11-23T0700"]


def test_articles_keep_order_and_text(ledger: Ledger) -> None:
    with ledger.write() as tx:
        one, two, three = (tx.articles.add(make_article(number), seed_digest="") for number in (1, 2, 3))
        issue = _freeze(tx, make_freeze(articles=[two, one], passed_over=[three]))
        tx.articles.change(make_article(1, key=one.key, title="Corrected"), seed_digest="")
        assert tx.issues.list_articles(issue.key) == [two, one]
        assert tx.issues.count_passed_over(issue.key) == 1


def test_later_reader_gets_no_row(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        issue = _freeze(tx)
        put_member(tx, "late@example.org")
        assert sum(_count(tx, issue).values()) == issue.eligible == 2


def test_undone_freeze_leaves_nothing(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.engine.connect() as connection:
        _freeze(Transaction(connection))
    with ledger.read() as tx:
        assert tx.issues.list_all() == []
        assert tx.letters.find_next_due() is None


_STATES = st.lists(st.tuples(st.sampled_from(list(SubscriptionStatus)), st.booleans()), max_size=12)


@settings(max_examples=25)
@given(states=_STATES)
def test_every_confirmed_gets_one_row(make_ledger: MakeLedger, states: list[tuple[SubscriptionStatus, bool]]) -> None:
    ledger = make_ledger()
    with ledger.write() as tx:
        for number, (status, is_suppressed) in enumerate(states):
            put_member(tx, f"{number}@example.org", status=status)
            if is_suppressed:
                suppress(tx, f"{number}@example.org")
        issue = _freeze(tx)
        rows = {row.email: row.status for row in tx.deliveries.list_in(issue.key, list(Status))}
    ledger.close()
    assert rows == {
        f"{number}@example.org": Status.SUPPRESSED if is_suppressed else Status.QUEUED
        for number, (status, is_suppressed) in enumerate(states)
        if status is SubscriptionStatus.CONFIRMED
    }
