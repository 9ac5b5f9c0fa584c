"""What a subscriber may change by the link in her mail: language, format, newsletters and their sections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.domain.subscriber import Consent, Event, Format, Status, Subscriber
from publisher.domain.token import Keys, Purpose
from publisher.errors import RefusedError
from publisher.store import Transaction

_SOURCE = "preferences page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What she wants from now on: each newsletter that she gets, with its sections (none means all)."""

    language: str
    format: Format
    newsletters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def find_by_preferences_token(tx: Transaction, token: str, *, keys: Keys) -> Subscriber:
    """Whose preferences a link opens. Raises RefusedError for a token not ours."""
    parts = keys.verify(Purpose.PREFERENCES, token)
    subscriber = tx.subscribers.find_by_key(int(parts[0])) if parts else None
    if subscriber is None:
        raise RefusedError("This link is not complete. Please open it as it stands in the mail.")
    return subscriber


def change_preferences(
    tx: Transaction, token: str, wanted: Preferences, *, keys: Keys, ip: str, now: datetime
) -> Subscriber:
    """Make it so; what she ticks she has asked for from her own mailbox, so it needs no other confirmation."""
    subscriber = find_by_preferences_token(tx, token, keys=keys)
    tx.subscribers.change(subscriber.key, language=wanted.language, format=wanted.format.value)
    known = {
        subscription.newsletter: subscription for subscription in tx.subscribers.list_subscriptions(subscriber.key)
    }
    for newsletter, sections in wanted.newsletters.items():
        was = known.get(newsletter)
        is_new = was is None or was.status is not Status.CONFIRMED
        tx.subscribers.set_subscription(
            subscriber.key,
            newsletter,
            status=Status.CONFIRMED,
            sections=sections,
            now=now,
            consent_at=now if is_new else None,
            consent_source=_SOURCE,
        )
        if is_new:
            _log(tx, subscriber, newsletter, event=Event.CONFIRMED, ip=ip, now=now)
    for newsletter, subscription in known.items():
        if newsletter not in wanted.newsletters and subscription.status is not Status.UNSUBSCRIBED:
            tx.subscribers.set_subscription(subscriber.key, newsletter, status=Status.UNSUBSCRIBED, now=now)
            _log(tx, subscriber, newsletter, event=Event.UNSUBSCRIBED, ip=ip, now=now)
    return find_by_preferences_token(tx, token, keys=keys)


def _log(tx: Transaction, subscriber: Subscriber, newsletter: str, *, event: Event, ip: str, now: datetime) -> None:
    tx.subscribers.log(subscriber.key, Consent(newsletter=newsletter, event=event, at=now, source=_SOURCE, ip=ip))
