"""Signing up: a request, one confirmation mail, a confirmation. Every step writes a line of the consent log (L01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.domain.subscriber import Consent, Event, Format, Status, Subscriber, Subscription, canonical
from publisher.domain.token import Keys, Purpose
from publisher.errors import RefusedError
from publisher.store import Transaction

CONFIRM_WITHIN = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(hours=24)
ASK_AT_MOST = 3  # without an answer
_CAME = frozenset({Event.CONFIRMED, Event.ADDED})
_LEFT = frozenset({Event.UNSUBSCRIBED, Event.IMPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody's wish to get newsletters; `email` has been checked, `source` says where she said so."""

    email: str
    newsletters: tuple[str, ...]
    source: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    format: Format = Format.HTML
    sections: tuple[str, ...] = ()
    ip: str = ""
    wording: str = ""


def request(tx: Transaction, wish: Request, *, keys: Keys, now: datetime) -> Subscriber | None:
    """Note a wish as pending; gives the subscriber when a confirmation mail should go out, None when none should.

    None covers everything a stranger must not learn: confirmed already, suppressed, or asked too often (L03, L05).
    """
    if tx.suppressions.find(keys.suppression_digest(canonical(wish.email))):
        return None
    subscriber = put_subscriber(tx, wish, keys=keys, now=now)
    wanted = [name for name in wish.newsletters if _is_open(tx.subscribers.find_subscription(subscriber.key, name))]
    if not wanted or _asked_too_often(tx, subscriber.key, now=now):
        return None
    for newsletter in wanted:
        tx.subscribers.set_subscription(
            subscriber.key, newsletter, status=Status.PENDING, sections=wish.sections, now=now
        )
    tx.subscribers.log(subscriber.key, _consent(Event.REQUESTED, wish, newsletter=" ".join(wanted), now=now))
    return subscriber


def put_subscriber(tx: Transaction, wish: Request, *, keys: Keys, now: datetime) -> Subscriber:
    """The subscriber of a wish, added where the address is new."""
    new = Subscriber(
        key=0,
        email=wish.email,
        name=wish.name,
        language=wish.language,
        timezone=wish.timezone,
        format=wish.format,
        created_at=now,
    )
    subscriber, _ = tx.subscribers.put(new, suppression_digest=keys.suppression_digest(canonical(wish.email)))
    return subscriber


def _is_open(subscription: Subscription | None) -> bool:
    return subscription is None or subscription.status is not Status.CONFIRMED


def _asked_too_often(tx: Transaction, subscriber_key: int, *, now: datetime) -> bool:
    came = [line.at for line in tx.subscribers.list_consents(subscriber_key) if line.event in _CAME]
    return (
        tx.subscribers.count_requests(subscriber_key, since=now - ASK_AGAIN_AFTER) > 0
        or tx.subscribers.count_requests(subscriber_key, since=max(came, default=None)) >= ASK_AT_MOST
    )


def _consent(event: Event, wish: Request, *, newsletter: str, now: datetime) -> Consent:
    return Consent(newsletter=newsletter, event=event, at=now, source=wish.source, ip=wish.ip, wording=wish.wording)


def find_pending(tx: Transaction, token: str, *, keys: Keys, now: datetime) -> tuple[Subscriber, list[Subscription]]:
    """Who a confirmation token is for, and what she has not confirmed yet (nothing, on a second click).

    Raises RefusedError for a token that is not ours, or too old.
    """
    parts = keys.verify(Purpose.CONFIRM, token)
    subscriber = tx.subscribers.find_by_key(int(parts[0])) if parts else None
    if parts is None or subscriber is None:
        raise RefusedError("This link is not complete. Please open it as it stands in the mail.")
    if now - datetime.fromtimestamp(int(parts[1]), tz=now.tzinfo) > CONFIRM_WITHIN:
        raise RefusedError("This link is too old. Please sign up once more.")
    return subscriber, [
        subscription
        for subscription in tx.subscribers.list_subscriptions(subscriber.key)
        if subscription.status is Status.PENDING
    ]


def confirm(tx: Transaction, token: str, *, keys: Keys, ip: str, now: datetime) -> list[str]:
    """Confirm all that is pending; gives the newsletters confirmed now. Raises RefusedError like `find_pending`."""
    subscriber, pending = find_pending(tx, token, keys=keys, now=now)
    for subscription in pending:
        tx.subscribers.set_subscription(
            subscriber.key,
            subscription.newsletter,
            status=Status.CONFIRMED,
            now=now,
            consent_at=now,
            consent_source="confirmed by mail",
        )
        tx.subscribers.log(
            subscriber.key,
            Consent(
                newsletter=subscription.newsletter, event=Event.CONFIRMED, at=now, source="confirmation link", ip=ip
            ),
        )
    return [subscription.newsletter for subscription in pending]


def add_confirmed(tx: Transaction, wish: Request, *, keys: Keys, consent_at: datetime, now: datetime) -> Sequence[str]:
    """Add somebody whose consent was shown elsewhere (`wish.source` says where); gives the newsletters that are new.

    Raises RefusedError for a suppressed address, and for one that left: only she herself can come back.
    """
    suppressed = tx.suppressions.find(keys.suppression_digest(canonical(wish.email)))
    if suppressed:
        raise RefusedError(f"this address is suppressed ({suppressed[0]}, {suppressed[2]:%Y-%m-%d})")
    subscriber = put_subscriber(tx, wish, keys=keys, now=now)
    if left := [name for name in wish.newsletters if _has_left(tx, subscriber.key, name)]:
        raise RefusedError(f"this address has left {', '.join(left)}: only a confirmation by mail brings it back")
    new = [name for name in wish.newsletters if _is_open(tx.subscribers.find_subscription(subscriber.key, name))]
    for newsletter in new:
        tx.subscribers.set_subscription(
            subscriber.key,
            newsletter,
            status=Status.CONFIRMED,
            sections=wish.sections,
            now=now,
            consent_at=consent_at,
            consent_source=wish.source,
        )
        tx.subscribers.log(subscriber.key, _consent(Event.ADDED, wish, newsletter=newsletter, now=now))
    return new


def _has_left(tx: Transaction, subscriber_key: int, newsletter: str) -> bool:
    """Whether she left and did not come back herself: a request that nobody confirmed does not undo her leaving."""
    known = tx.subscribers.find_subscription(subscriber_key, newsletter)
    if known is None or known.status is not Status.PENDING:
        return known is not None and known.status is Status.UNSUBSCRIBED
    log = [line.event for line in tx.subscribers.list_consents(subscriber_key) if line.newsletter == newsletter]
    return next((event in _LEFT for event in reversed(log) if event in _LEFT | _CAME), False)
