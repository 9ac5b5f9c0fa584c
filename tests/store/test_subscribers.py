"""Subscribers: one row an address, one subscription a newsletter, a log that only grows."""

from dataclasses import replace
from typing import Any

import pytest

from publisher.domain.delivery import Status as DeliveryStatus
from publisher.domain.subscriber import Consent, Event, Format, Status
from publisher.store import Ledger, Transaction
from tests.factories import DAY, HOUR, NOW, make_subscriber, put_cast, put_member
from tests.store.desk import ALICE, open_desk


def _consent(event: Event = Event.REQUESTED, **changes: Any) -> Consent:
    return replace(Consent(newsletter="daily", event=event, at=NOW, source="form"), **changes)


def _put(tx: Transaction, email: str) -> tuple[int, bool]:
    subscriber, is_new = tx.subscribers.put(make_subscriber(email), suppression_digest="digest")
    return subscriber.key, is_new


def test_new_address_is_written_down(ledger: Ledger) -> None:
    wanted = make_subscriber(name="Alice", language="fr", timezone="Europe/Brussels", format=Format.TEXT)
    with ledger.write() as tx:
        found, is_new = tx.subscribers.put(wanted, suppression_digest="digest")
        assert is_new
        assert found == replace(wanted, key=found.key)
        assert tx.subscribers.find_by_key(found.key) == found


@pytest.mark.parametrize("spelling", ["Alice@Example.org", "ALICE@EXAMPLE.ORG", " alice@example.org "])
def test_spellings_are_one_subscriber(ledger: Ledger, spelling: str) -> None:
    with ledger.write() as tx:
        key, _ = _put(tx, "alice@example.org")
        assert _put(tx, spelling) == (key, False)
        found = tx.subscribers.find(spelling)
    assert found
    assert found.email == "alice@example.org"


def test_tagged_address_is_another(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _put(tx, "alice@example.org") != _put(tx, "alice+news@example.org")


def test_stranger_is_not_found(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert tx.subscribers.find("stranger@example.org") is None
        assert tx.subscribers.find_by_key(1) is None


def test_changed_wishes_are_kept(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx)
        tx.subscribers.change(alice.key, language="nl", format="text")
        found = tx.subscribers.find_by_key(alice.key)
    assert found == replace(alice.subscriber, language="nl", format=Format.TEXT)


def test_subscription_keeps_what_is_not_given(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx, sections=["sport", "arts"])
        left = tx.subscribers.set_subscription(alice.key, "daily", status=Status.UNSUBSCRIBED, now=NOW + DAY)
    assert left == replace(alice.subscription, status=Status.UNSUBSCRIBED)
    assert left.sections == ("arts", "sport")


def test_consent_replaces_consent(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx)
        again = tx.subscribers.set_subscription(
            alice.key, "daily", status=Status.CONFIRMED, now=NOW, consent_at=NOW + DAY, consent_source="new form"
        )
    assert (again.key, again.consent_at, again.consent_source) == (alice.subscription.key, NOW + DAY, "new form")


def test_sections_can_be_cleared(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx, sections=["arts"])
        tx.subscribers.set_subscription(alice.key, "daily", status=Status.CONFIRMED, now=NOW, sections=())
        found = tx.subscribers.find_subscription(alice.key, "daily")
    assert found
    assert found.sections == ()


def test_subscriptions_are_found_both_ways(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx, newsletter="weekly")
        put_member(tx, newsletter="daily")
        assert tx.subscribers.find_subscription_by_key(alice.subscription.key) == alice.subscription
        assert [one.newsletter for one in tx.subscribers.list_subscriptions(alice.key)] == ["daily", "weekly"]
        assert tx.subscribers.find_subscription(alice.key, "monthly") is None


def test_consent_log_keeps_its_order(ledger: Ledger) -> None:
    lines = [_consent(), _consent(Event.CONFIRMED, ip="192.0.2.1", wording="I agree"), _consent(Event.UNSUBSCRIBED)]
    with ledger.write() as tx:
        alice = put_member(tx)
        for line in lines:
            tx.subscribers.log(alice.key, line)
        assert tx.subscribers.list_consents(alice.key) == lines


def test_requests_are_counted_since(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice, bea = put_member(tx), put_member(tx, "bea@example.org")
        for event, at in ((Event.REQUESTED, NOW), (Event.REQUESTED, NOW + DAY), (Event.CONFIRMED, NOW + DAY)):
            tx.subscribers.log(alice.key, replace(_consent(event), at=at))
        assert tx.subscribers.count_requests(alice.key) == 2
        assert tx.subscribers.count_requests(alice.key, since=NOW + HOUR) == 1
        assert tx.subscribers.count_requests(bea.key) == 0


def test_erased_leaves_no_person(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx)
        tx.subscribers.log(alice.key, _consent())
        tx.subscribers.erase(alice.key)
        assert tx.subscribers.find(alice.email) is None
        assert tx.subscribers.list_subscriptions(alice.key) == []
        assert tx.subscribers.list_consents(alice.key) == []


def test_erased_leaves_nameless_deliveries(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.record(desk.begin_one(), DeliveryStatus.SENT)
    with ledger.write() as tx:
        alice = tx.subscribers.find(ALICE)
        assert alice
        tx.subscribers.erase(alice.key)
        (row,) = tx.deliveries.list_in(desk.issue.key, list(DeliveryStatus))
    assert (row.email, row.status) == ("", DeliveryStatus.SENT)


def test_memberships_stream_by_address(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        put_member(tx, newsletter="weekly")
        found = [(one.subscriber.email[0], one.subscription.newsletter) for one in tx.subscribers.iter_memberships()]
    assert found == [("a", "daily"), ("a", "weekly"), ("b", "daily"), ("c", "daily"), ("d", "daily")]


def test_memberships_are_chosen(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.read() as tx:
        pending = list(tx.subscribers.iter_memberships(newsletter="daily", status=Status.PENDING))
        assert [one.subscriber.email for one in pending] == ["bob@example.org"]
        assert list(tx.subscribers.iter_memberships(newsletter="weekly")) == []


def test_membership_holds_both_halves(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, "first@example.org")
        alice = put_member(tx, "alice@example.org", sections=["arts"])
        first = next(tx.subscribers.iter_memberships())
    assert (first.subscriber, first.subscription) == (alice.subscriber, alice.subscription)


def test_states_are_counted(ledger: Ledger) -> None:
    put_cast(ledger)
    with ledger.read() as tx:
        assert tx.subscribers.count_by_status("daily") == {
            Status.PENDING: 1,
            Status.CONFIRMED: 2,
            Status.UNSUBSCRIBED: 1,
        }
        assert set(tx.subscribers.count_by_status("weekly").values()) == {0}
