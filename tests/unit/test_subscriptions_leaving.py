"""Leaving and choosing: by the links in the mail, by an operator's hand, and for good."""

from datetime import datetime

import pytest

from publisher.domain.subscriber import Event, Format, Reason, Status, Subscriber, canonical
from publisher.domain.token import Keys, Purpose
from publisher.errors import NotFoundError, RefusedError
from publisher.store import Ledger, Transaction
from publisher.subscriptions import (
    Preferences,
    change_preferences,
    check_email,
    erase,
    find_by_preferences_token,
    find_by_unsubscribe_token,
    suppress,
    unsubscribe,
)
from tests.factories import DAY, KEYS, NOW, Member, put_cast, put_member

LATER = NOW + DAY


def _leave(tx: Transaction, member: Member, *, keys: Keys = KEYS, now: datetime = LATER) -> Status:
    token = keys.sign(Purpose.UNSUBSCRIBE, member.subscription.key)
    left = unsubscribe(tx, token, keys=KEYS, source="one click", ip="192.0.2.1", now=now)
    assert left
    return left.status


def _choose(tx: Transaction, member: Member, wanted: Preferences) -> Subscriber:
    token = KEYS.sign(Purpose.PREFERENCES, member.key)
    return change_preferences(tx, token, wanted, keys=KEYS, ip="192.0.2.1", now=LATER)


def _wishes(*, language: str = "en", form: Format = Format.HTML, **newsletters: tuple[str, ...]) -> Preferences:
    return Preferences(language=language, format=form, newsletters=newsletters)


def _states(tx: Transaction, member: Member) -> dict[str, Status]:
    return {one.newsletter: one.status for one in tx.subscribers.list_subscriptions(member.key)}


def _events(tx: Transaction, member: Member) -> list[tuple[Event, str]]:
    return [(line.event, line.newsletter) for line in tx.subscribers.list_consents(member.key)]


def test_one_click_ends_subscription(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _leave(tx, cast.alice) is Status.UNSUBSCRIBED
        (line,) = tx.subscribers.list_consents(cast.alice.key)
    assert (line.event, line.newsletter, line.at) == (Event.UNSUBSCRIBED, "daily", LATER)
    assert (line.source, line.ip) == ("one click", "192.0.2.1")


def test_second_click_is_harmless(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert [_leave(tx, cast.alice) for _ in range(3)] == [Status.UNSUBSCRIBED] * 3
        assert _events(tx, cast.alice) == [(Event.UNSUBSCRIBED, "daily")]


def test_click_ends_one_newsletter_only(ledger: Ledger) -> None:
    with ledger.write() as tx:
        alice = put_member(tx)
        put_member(tx, newsletter="weekly")
        _leave(tx, alice)
        assert _states(tx, alice) == {"daily": Status.UNSUBSCRIBED, "weekly": Status.CONFIRMED}


def test_pending_reader_may_leave(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _leave(tx, cast.bob) is Status.UNSUBSCRIBED


@pytest.mark.parametrize("secret", KEYS.secrets)
def test_old_links_work_for_ever(ledger: Ledger, secret: bytes) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _leave(tx, cast.alice, keys=Keys((secret,)), now=NOW + 9999 * DAY) is Status.UNSUBSCRIBED


def test_looking_ends_nothing(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    token = KEYS.sign(Purpose.UNSUBSCRIBE, cast.alice.subscription.key)
    with ledger.read() as tx:
        assert find_by_unsubscribe_token(tx, token, keys=KEYS) == cast.alice.subscription


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", KEYS.sign(Purpose.CONFIRM, 1, 1)],
)
def test_wrong_link_is_refused(ledger: Ledger, token: str) -> None:
    put_cast(ledger)
    with ledger.write() as tx, pytest.raises(RefusedError, match="not complete"):
        unsubscribe(tx, token, keys=KEYS, source="link", ip="", now=NOW)


def test_link_of_an_erased_reader_is_no_fault(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    token = KEYS.sign(Purpose.UNSUBSCRIBE, cast.alice.subscription.key)
    with ledger.write() as tx:
        tx.subscribers.erase(cast.alice.key)
        assert unsubscribe(tx, token, keys=KEYS, source="link", ip="", now=NOW) is None


def test_preferences_are_opened_by_link(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.read() as tx:
        token = KEYS.sign(Purpose.PREFERENCES, cast.alice.key)
        assert find_by_preferences_token(tx, token, keys=KEYS) == cast.alice.subscriber


@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.CONFIRM])
def test_other_link_opens_no_preferences(ledger: Ledger, purpose: Purpose) -> None:
    cast = put_cast(ledger)
    with ledger.read() as tx, pytest.raises(RefusedError, match="not complete"):
        find_by_preferences_token(tx, KEYS.sign(purpose, cast.alice.key), keys=KEYS)


def test_wishes_are_made_so(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        changed = _choose(tx, cast.alice, _wishes(language="nl", form=Format.TEXT, daily=("sport", "arts")))
        subscription = tx.subscribers.find_subscription(cast.alice.key, "daily")
    assert (changed.language, changed.format) == ("nl", Format.TEXT)
    assert subscription
    assert (subscription.sections, subscription.consent_at) == (("arts", "sport"), NOW)


def test_ticked_newsletter_is_confirmed(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        _choose(tx, cast.alice, _wishes(daily=(), weekly=()))
        assert _states(tx, cast.alice) == {"daily": Status.CONFIRMED, "weekly": Status.CONFIRMED}
        assert _events(tx, cast.alice) == [(Event.CONFIRMED, "weekly")]


def test_unticked_newsletter_is_left(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        _choose(tx, cast.alice, _wishes())
        assert _states(tx, cast.alice) == {"daily": Status.UNSUBSCRIBED}
        assert _events(tx, cast.alice) == [(Event.UNSUBSCRIBED, "daily")]


def test_one_who_left_may_tick_again(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        _choose(tx, cast.carol, _wishes(daily=()))
        subscription = tx.subscribers.find_subscription(cast.carol.key, "daily")
    assert subscription
    assert (subscription.status, subscription.consent_at) == (Status.CONFIRMED, LATER)


def test_saving_twice_logs_once(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        for _ in range(2):
            _choose(tx, cast.alice, _wishes(weekly=()))
        assert _events(tx, cast.alice) == [(Event.CONFIRMED, "weekly"), (Event.UNSUBSCRIBED, "daily")]


def test_suppressed_address_is_known_by_digest(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        suppress(tx, "Alice@Example.ORG", keys=KEYS, reason=Reason.COMPLAINT, source="feedback loop", now=LATER)
        found = tx.suppressions.find(KEYS.suppression_digest(canonical(cast.alice.email)))
        assert found == (Reason.COMPLAINT, "feedback loop", LATER)
        assert _events(tx, cast.alice) == [(Event.SUPPRESSED, "")]


def test_unknown_address_may_be_suppressed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        suppress(tx, "nobody@example.org", keys=KEYS, reason=Reason.OPERATOR, source="letter", now=NOW)
        assert tx.suppressions.find(KEYS.suppression_digest("nobody@example.org"))
        assert tx.subscribers.find("nobody@example.org") is None


def test_erased_leaves_digest_only(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        _leave(tx, cast.alice)
        erase(tx, "ALICE@example.org", keys=KEYS, now=LATER)
        assert tx.subscribers.find(cast.alice.email) is None
        assert tx.subscribers.list_consents(cast.alice.key) == []
        found = tx.suppressions.find(KEYS.suppression_digest(cast.alice.email))
    assert found == (Reason.ERASED, "erased on request", LATER)


def test_erasing_keeps_an_earlier_reason(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        erase(tx, cast.dave.email, keys=KEYS, now=LATER)
        found = tx.suppressions.find(KEYS.suppression_digest(cast.dave.email))
    assert found
    assert found[0] is Reason.COMPLAINT


def test_erasing_nobody_is_said(ledger: Ledger) -> None:
    with ledger.write() as tx, pytest.raises(NotFoundError, match=r"nobody has the address stranger@example\.org"):
        erase(tx, "stranger@example.org", keys=KEYS, now=NOW)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("alice@example.org", "alice@example.org"),
        ("  Alice@Example.ORG ", "Alice@example.org"),
        ("alice+news@example.org", "alice+news@example.org"),
        ("jo@bücher.example", "jo@xn--bcher-kva.example"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("élodie@example.org", "élodie@example.org"),
    ],
)
def test_good_address_is_taken(typed: str, expected: str) -> None:
    assert check_email(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "alice@",
        "@example.org",
        "a b@example.org",
        "alice@example.org, bob@example.org",
        "alice@example.org\nBcc: eve@example.org",
        "alice@exa\0mple.org",
        "alice@-example.org",
        "<alice@example.org>",
        "a" * 65 + "@example.org",
        "alice@" + "a" * 64 + ".org",
        "alice@" + ".".join(["a" * 60] * 5) + ".org",
    ],
)
def test_bad_address_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="this is no e-mail address"):
        check_email(typed)
