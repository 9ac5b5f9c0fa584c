"""Who was sent which text of an article, and the notices to exactly those who were sent an earlier one."""

from dataclasses import dataclass, replace

import pytest

from publisher.domain.article import Article
from publisher.domain.delivery import Kind, Outcome, Ref, Status
from publisher.domain.subscriber import Format
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import Ledger, Transaction
from publisher.store.notice_texts import SharedText
from publisher.store.revisions import Recomposed
from tests.factories import DAY, NOW, make_article, make_freeze, make_variant, put_member, suppress

TOPIC, WORKER = "correction:1:abc", "a worker"
READERS = tuple(f"reader{number}@example.org" for number in range(4))
VARIANTS = (make_variant(), make_variant(sections=("sport",)))
TEXT = SharedText(newsletter="daily", language="", format="html", subject="Mend", html="<p>Mend</p>", text="Mend")


@dataclass(frozen=True, slots=True)
class Press:
    """A ledger with an article that was mailed to two of four readers, and corrected since."""

    ledger: Ledger
    article: Article
    issue: int
    sent: tuple[Ref, ...]

    def count(self, tx: Transaction) -> tuple[int, int]:
        """(those who are to be told, those who wait for the earlier text)."""
        groups, notices = tx.corrections.list_readers(self.article), tx.correction_notices(TOPIC)
        return notices.count_left(groups), notices.count_coming(groups)

    def queue(self) -> int:
        """Queue the notices; gives how many are new."""
        with self.ledger.write() as tx:
            notices = tx.correction_notices(TOPIC)
            notices.put_texts([TEXT])
            return sum(
                notices.add(group, span=(0, 99), message_domain="example.org", expires_at=NOW + DAY, now=NOW)
                for group in tx.corrections.list_readers(self.article)
            )


@pytest.fixture
def press(ledger: Ledger) -> Press:
    with ledger.write() as tx:
        article = tx.articles.add(make_article(section="town"), seed_digest="")
        for email in READERS:
            put_member(tx, email)
        issue = tx.issues.freeze(make_freeze(articles=(article,)), NOW)
        assert issue
        sent = tuple(claim.ref for claim in tx.letters.claim(WORKER, limit=2, now=NOW))
        tx.facts.put_worker(WORKER, host="here", now=NOW, until=NOW + DAY)
        tx.letters.begin(WORKER, refs=sent, now=NOW)
        tx.letters.record(WORKER, outcomes=dict.fromkeys(sent, Outcome(status=Status.SENT, relay="main")), now=NOW)
        mended = replace(article, text_digest="mended", correction="It was not so.", corrected_at=NOW + DAY)
        tx.articles.change(mended, seed_digest="")
        return Press(ledger, tx.articles.get(article.key), issue.key, sent)


def test_those_who_were_sent_the_earlier_text_are_counted(press: Press) -> None:
    with press.ledger.read() as tx:
        assert press.count(tx) == (2, 2)


def test_each_gets_one_notice(press: Press) -> None:
    assert (press.queue(), press.queue()) == (2, 0)
    with press.ledger.read() as tx:
        assert press.count(tx) == (0, 2)
        assert tx.correction_notices(TOPIC).count() == 2


def test_notice_names_text_subscription_and_answered(press: Press) -> None:
    press.queue()
    with press.ledger.write() as tx:
        claims = [one for one in tx.letters.claim("b", limit=9, now=NOW) if one.ref.kind is Kind.NOTICE]
        assert {one.answers for one in claims} == {(ref, "example.org") for ref in press.sent}
        assert all(one.subscription_key for one in claims)
        (name,) = {one.rendering for one in claims}
        found = tx.letters.get_rendering(name)
    assert (found.subject, found.list_name, found.kind) == ("Mend", "daily", "correction")


def test_one_who_left_or_is_suppressed_gets_none(press: Press) -> None:
    with press.ledger.write() as tx:
        subscriber = tx.subscribers.find(READERS[0])
        assert subscriber
        tx.subscribers.set_subscription(
            subscriber.key, "daily", status=SubscriptionStatus.UNSUBSCRIBED, sections=(), now=NOW
        )
        suppress(tx, READERS[1])
    assert press.queue() == 0


def test_notice_is_not_begun_without_its_subscription(press: Press) -> None:
    press.queue()
    with press.ledger.write() as tx:
        refs = [one.ref for one in tx.letters.claim(WORKER, limit=9, now=NOW) if one.ref.kind is Kind.NOTICE]
        subscriber = tx.subscribers.find(READERS[0])
        assert subscriber
        tx.subscribers.set_subscription(
            subscriber.key, "daily", status=SubscriptionStatus.UNSUBSCRIBED, sections=(), now=NOW
        )
        assert len(tx.letters.begin(WORKER, refs=refs, now=NOW)) == 1
        (record,) = tx.notices.list_for(subscriber.key)
        assert record.status is Status.SKIPPED


def test_those_with_a_text_made_anew_are_not_told(press: Press) -> None:
    with press.ledger.write() as tx:
        text = Recomposed(subject="New", articles=[press.article], variants=[make_variant()])
        tx.revisions.add(press.issue, text, now=NOW)
        assert press.count(tx) == (2, 0)


def test_correction_alone_is_told_to_all(press: Press) -> None:
    with press.ledger.write() as tx:
        same = replace(press.article, text_digest="text-1")
        tx.articles.change(same, seed_digest="")
        assert len(tx.corrections.list_readers(tx.articles.get(same.key))) == 1


def test_reader_without_a_text_yet_is_left(press: Press) -> None:
    with press.ledger.write() as tx:
        subscriber = tx.subscribers.find(READERS[0])
        assert subscriber
        tx.subscribers.change(subscriber.key, format=Format.TEXT.value)
    assert press.queue() == 1
