"""Leaving: by a link, by an operator's hand, and for good."""

from datetime import datetime

from publisher.domain.subscriber import Consent, Event, Reason, Status, Subscription, canonical
from publisher.domain.token import Keys, Purpose
from publisher.errors import NotFoundError, RefusedError
from publisher.store import Transaction


def find_by_unsubscribe_token(tx: Transaction, token: str, *, keys: Keys) -> Subscription | None:
    """The subscription that an unsubscribe link ends, however old; None once its subscriber is erased.

    Raises RefusedError for a token not ours.
    """
    parts = keys.verify(Purpose.UNSUBSCRIBE, token)
    if not parts:
        raise RefusedError("This link is not complete. Please open it as it stands in the mail.")
    return tx.subscribers.find_subscription_by_key(int(parts[0]))


def unsubscribe(tx: Transaction, token: str, *, keys: Keys, source: str, ip: str, now: datetime) -> Subscription | None:
    """End a subscription; a second time, or after an erasure, changes nothing. Raises RefusedError for a bad token."""
    subscription = find_by_unsubscribe_token(tx, token, keys=keys)
    if subscription is None or subscription.status is Status.UNSUBSCRIBED:
        return subscription
    tx.subscribers.log(
        subscription.subscriber_key,
        Consent(newsletter=subscription.newsletter, event=Event.UNSUBSCRIBED, at=now, source=source, ip=ip),
    )
    return tx.subscribers.set_subscription(
        subscription.subscriber_key, subscription.newsletter, status=Status.UNSUBSCRIBED, now=now
    )


def suppress(tx: Transaction, email: str, *, keys: Keys, reason: Reason, source: str, now: datetime) -> None:
    """Mail this address never again, whoever adds it."""
    tx.suppressions.add(keys.suppression_digest(canonical(email)), reason=reason, source=source, now=now)
    subscriber = tx.subscribers.find(email)
    if subscriber:
        tx.subscribers.log(
            subscriber.key, Consent(newsletter="", event=Event.SUPPRESSED, at=now, source=f"{reason}: {source}")
        )


def lift_suppression(tx: Transaction, email: str, *, keys: Keys) -> Reason | None:
    """Mail an address again; gives why it was not mailed, None where it was.

    Raises RefusedError where the person herself wanted it so: a complaint, an erasure.
    """
    digest = keys.suppression_digest(canonical(email))
    found = tx.suppressions.find(digest)
    if found is None:
        return None
    if found[0] not in (Reason.BOUNCE, Reason.OPERATOR):
        raise RefusedError(f"this address is suppressed by a person's own wish ({found[0]}): nobody else can lift that")
    tx.suppressions.lift(digest)
    return found[0]


def erase(tx: Transaction, email: str, *, keys: Keys, now: datetime) -> None:
    """Forget a person (GDPR 17): nothing of her stays but the keyed digest that keeps her from being mailed again."""
    subscriber = tx.subscribers.find(email)
    if subscriber is None:
        raise NotFoundError(f"nobody has the address {email}")
    tx.suppressions.add(
        keys.suppression_digest(canonical(email)), reason=Reason.ERASED, source="erased on request", now=now
    )
    tx.subscribers.erase(subscriber.key)
