"""Signing up: one mail, one confirmation, and nothing that a stranger could learn or do."""

from datetime import datetime, timedelta

import pytest

from publisher.domain.subscriber import Event, Format, Reason, Status, Subscriber
from publisher.domain.token import Keys, Purpose
from publisher.errors import RefusedError
from publisher.store import Ledger, Transaction
from publisher.subscriptions import Request, add_confirmed, confirm, erase, find_pending, request, unsubscribe
from publisher.subscriptions.signup import ASK_AGAIN_AFTER, CONFIRM_WITHIN
from tests.factories import DAY, HOUR, KEYS, NOW, put_cast, put_member, suppress

NEW = "erin@example.org"
SECOND = timedelta(seconds=1)


def _ask(tx: Transaction, email: str = NEW, *, newsletter: str = "daily", now: datetime = NOW) -> Subscriber | None:
    wish = Request(email=email, newsletters=tuple(newsletter.split()), source="form", ip="192.0.2.1", wording="Sign up")
    return request(tx, wish, keys=KEYS, now=now)


def _token(subscriber: Subscriber | None, *, at: datetime = NOW) -> str:
    assert subscriber
    return KEYS.sign(Purpose.CONFIRM, subscriber.key, int(at.timestamp()))


def _confirm(tx: Transaction, token: str, *, now: datetime = NOW + HOUR) -> list[str]:
    return confirm(tx, token, keys=KEYS, ip="192.0.2.2", now=now)


def _add(tx: Transaction, email: str, *, newsletter: str = "daily") -> list[str]:
    wish = Request(email=email, newsletters=tuple(newsletter.split()), source="paper list")
    return list(add_confirmed(tx, wish, keys=KEYS, consent_at=NOW - DAY, now=NOW))


def _status(tx: Transaction, email: str, newsletter: str = "daily") -> Status | None:
    subscriber = tx.subscribers.find(email)
    subscription = subscriber and tx.subscribers.find_subscription(subscriber.key, newsletter)
    return subscription.status if subscription else None


def _events(tx: Transaction, email: str) -> list[Event]:
    subscriber = tx.subscribers.find(email)
    return [line.event for line in tx.subscribers.list_consents(subscriber.key)] if subscriber else []


def test_request_waits_for_confirmation(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _ask(tx)
        assert _status(tx, NEW) is Status.PENDING


def test_request_leaves_its_evidence(ledger: Ledger) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx, newsletter="daily weekly")
        assert subscriber
        (line,) = tx.subscribers.list_consents(subscriber.key)
    assert (line.event, line.newsletter, line.at) == (Event.REQUESTED, "daily weekly", NOW)
    assert (line.source, line.ip, line.wording) == ("form", "192.0.2.1", "Sign up")


def test_wishes_are_kept_with_request(ledger: Ledger) -> None:
    wish = Request(
        email=NEW, newsletters=("daily",), source="form", language="nl", format=Format.TEXT, sections=("sport", "arts")
    )
    with ledger.write() as tx:
        subscriber = request(tx, wish, keys=KEYS, now=NOW)
        assert subscriber
        (subscription,) = tx.subscribers.list_subscriptions(subscriber.key)
    assert (subscriber.language, subscriber.format) == ("nl", Format.TEXT)
    assert subscription.sections == ("arts", "sport")


@pytest.mark.parametrize("name", ["alice", "dave"])
def test_confirmed_and_suppressed_get_no_mail(ledger: Ledger, name: str) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        assert _ask(tx, f"{name}@example.org") is None
        assert _status(tx, f"{name}@example.org") is Status.CONFIRMED


def test_one_who_left_may_ask_again(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _ask(tx, cast.carol.email)
        assert _status(tx, cast.carol.email) is Status.PENDING


def test_confirmed_reader_may_ask_for_more(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _ask(tx, cast.alice.email, newsletter="daily weekly")
        assert _status(tx, cast.alice.email) is Status.CONFIRMED
        assert _status(tx, cast.alice.email, "weekly") is Status.PENDING


def test_suppressed_address_is_not_written_down(ledger: Ledger) -> None:
    with ledger.write() as tx:
        suppress(tx, NEW)
        assert _ask(tx) is None
        assert tx.subscribers.find(NEW) is None


def test_erased_address_is_not_written_down(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        erase(tx, cast.alice.email, keys=KEYS, now=NOW)
        assert _ask(tx, "Alice@Example.org") is None
        assert tx.subscribers.find(cast.alice.email) is None


@pytest.mark.parametrize(
    ("later", "is_asked"), [(SECOND, False), (ASK_AGAIN_AFTER - SECOND, False), (ASK_AGAIN_AFTER, True)]
)
def test_address_is_asked_once_a_day(ledger: Ledger, later: timedelta, is_asked: bool) -> None:
    with ledger.write() as tx:
        _ask(tx)
        assert bool(_ask(tx, newsletter="weekly", now=NOW + later)) is is_asked


def test_address_is_asked_three_times(ledger: Ledger) -> None:
    with ledger.write() as tx:
        asked = [bool(_ask(tx, now=NOW + number * 2 * DAY)) for number in range(6)]
    assert asked == [True, True, True, False, False, False]


@pytest.mark.parametrize("name", ["alice", "carol"])
def test_known_address_is_asked_three_times(ledger: Ledger, name: str) -> None:
    put_cast(ledger)
    with ledger.write() as tx:
        asked = [
            bool(_ask(tx, f"{name}@example.org", newsletter="weekly", now=NOW + number * 2 * DAY))
            for number in range(5)
        ]
    assert asked == [True, True, True, False, False]


def test_confirmation_clears_the_count(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for number in range(3):
            subscriber = _ask(tx, now=NOW + number * 2 * DAY)
        last = NOW + 4 * DAY
        _confirm(tx, _token(subscriber, at=last), now=last + HOUR)
        assert _ask(tx, newsletter="weekly", now=NOW + 6 * DAY)


def test_refused_request_leaves_no_trace(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _ask(tx)
        _ask(tx, newsletter="weekly", now=NOW + HOUR)
        assert _status(tx, NEW, "weekly") is None
        assert _events(tx, NEW) == [Event.REQUESTED]


def test_confirmation_makes_it_count(ledger: Ledger) -> None:
    with ledger.write() as tx:
        token = _token(_ask(tx, newsletter="daily weekly"))
        assert _confirm(tx, token) == ["daily", "weekly"]
        assert _status(tx, NEW) is _status(tx, NEW, "weekly") is Status.CONFIRMED


def test_confirmation_leaves_its_evidence(ledger: Ledger) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx)
        _confirm(tx, _token(subscriber))
        assert subscriber
        line = tx.subscribers.list_consents(subscriber.key)[-1]
        (subscription,) = tx.subscribers.list_subscriptions(subscriber.key)
    assert (line.event, line.newsletter, line.at, line.ip) == (Event.CONFIRMED, "daily", NOW + HOUR, "192.0.2.2")
    assert subscription.consent_at == NOW + HOUR


def test_looking_confirms_nothing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        token = _token(_ask(tx))
        subscriber, pending = find_pending(tx, token, keys=KEYS, now=NOW)
        assert (subscriber.email, [one.newsletter for one in pending]) == (NEW, ["daily"])
        assert _status(tx, NEW) is Status.PENDING


def test_second_click_changes_nothing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        token = _token(_ask(tx))
        _confirm(tx, token)
        assert _confirm(tx, token, now=NOW + DAY) == []
        assert _events(tx, NEW) == [Event.REQUESTED, Event.CONFIRMED]


def test_click_after_leaving_brings_nobody_back(ledger: Ledger) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx)
        _confirm(tx, _token(subscriber))
        assert subscriber
        (subscription,) = tx.subscribers.list_subscriptions(subscriber.key)
        leave = KEYS.sign(Purpose.UNSUBSCRIBE, subscription.key)
        unsubscribe(tx, leave, keys=KEYS, source="link", ip="", now=NOW + 2 * HOUR)
        assert _confirm(tx, _token(subscriber), now=NOW + 3 * HOUR) == []
        assert _status(tx, NEW) is Status.UNSUBSCRIBED


@pytest.mark.parametrize(("age", "is_taken"), [(CONFIRM_WITHIN, True), (CONFIRM_WITHIN + SECOND, False)])
def test_link_gets_too_old(ledger: Ledger, age: timedelta, is_taken: bool) -> None:
    with ledger.write() as tx:
        token = _token(_ask(tx))
        if is_taken:
            assert _confirm(tx, token, now=NOW + age) == ["daily"]
        else:
            with pytest.raises(RefusedError, match="too old"):
                _confirm(tx, token, now=NOW + age)


@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.SUPPRESSION])
def test_token_of_other_purpose_confirms_nothing(ledger: Ledger, purpose: Purpose) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx)
        assert subscriber
        with pytest.raises(RefusedError, match="not complete"):
            _confirm(tx, KEYS.sign(purpose, subscriber.key, int(NOW.timestamp())))
        assert _status(tx, NEW) is Status.PENDING


@pytest.mark.parametrize("token", ["", ".", "nonsense", "a.b", "é", "MQ."])
def test_nonsense_confirms_nothing(ledger: Ledger, token: str) -> None:
    with ledger.write() as tx, pytest.raises(RefusedError, match="not complete"):
        _confirm(tx, token)


def test_token_of_another_ledger_confirms_nothing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx)
        assert subscriber
        forged = Keys((b"somebody else's secret",)).sign(Purpose.CONFIRM, subscriber.key, int(NOW.timestamp()))
        with pytest.raises(RefusedError, match="not complete"):
            _confirm(tx, forged)


def test_token_of_erased_person_confirms_nothing(ledger: Ledger) -> None:
    with ledger.write() as tx:
        token = _token(_ask(tx))
        erase(tx, NEW, keys=KEYS, now=NOW)
        put_member(tx, "next@example.org", status=Status.PENDING)
        with pytest.raises(RefusedError, match="not complete"):
            _confirm(tx, token)


def test_shown_consent_is_written_down(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _add(tx, NEW) == ["daily"]
        subscriber = tx.subscribers.find(NEW)
        assert subscriber
        (subscription,) = tx.subscribers.list_subscriptions(subscriber.key)
    assert (subscription.status, subscription.consent_at) == (Status.CONFIRMED, NOW - DAY)
    assert subscription.consent_source == "paper list"


def test_adding_confirms_the_pending(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _add(tx, cast.bob.email) == ["daily"]
        assert _status(tx, cast.bob.email) is Status.CONFIRMED


def test_adding_twice_changes_nothing(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        assert _add(tx, cast.alice.email) == []
        assert tx.subscribers.find_subscription(cast.alice.key, "daily") == cast.alice.subscription
        assert _events(tx, cast.alice.email) == []


def test_suppressed_are_never_added(ledger: Ledger) -> None:
    with ledger.write() as tx:
        suppress(tx, NEW, reason=Reason.BOUNCE)
        with pytest.raises(RefusedError, match="suppressed"):
            _add(tx, NEW)
        assert tx.subscribers.find(NEW) is None


def test_those_who_left_are_never_added(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        with pytest.raises(RefusedError, match="has left daily"):
            _add(tx, cast.carol.email)
        assert _status(tx, cast.carol.email) is Status.UNSUBSCRIBED


def test_refused_row_adds_nothing_at_all(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        with pytest.raises(RefusedError, match="has left daily"):
            _add(tx, cast.carol.email, newsletter="weekly daily")
        assert _status(tx, cast.carol.email, "weekly") is None


def test_strangers_request_undoes_no_leaving(ledger: Ledger) -> None:
    with ledger.write() as tx:
        subscriber = _ask(tx)
        _confirm(tx, _token(subscriber))
        assert subscriber
        (subscription,) = tx.subscribers.list_subscriptions(subscriber.key)
        leave = KEYS.sign(Purpose.UNSUBSCRIBE, subscription.key)
        unsubscribe(tx, leave, keys=KEYS, source="link", ip="", now=NOW + DAY)
        assert _ask(tx, now=NOW + 2 * DAY)
        with pytest.raises(RefusedError, match="has left daily"):
            _add(tx, NEW)


def test_coming_back_herself_is_possible(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        _confirm(tx, _token(_ask(tx, cast.carol.email)))
        assert _status(tx, cast.carol.email) is Status.CONFIRMED
