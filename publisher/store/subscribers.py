"""Subscribers, their subscriptions and the log of their consent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from publisher.domain.subscriber import Consent, Format, Status, Subscriber, Subscription, canonical
from publisher.domain.subscriber import Event as ConsentEvent
from publisher.store import tables
from publisher.store.dialect import insert

_CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A subscriber with one of her subscriptions."""

    subscriber: Subscriber
    subscription: Subscription


class Subscribers:
    """The people of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, subscriber: Subscriber, *, suppression_digest: str) -> tuple[Subscriber, bool]:
        """Add an address that is not there yet; gives the subscriber as she stands, and whether she is new."""
        values = {
            **{name: getattr(subscriber, name) for name in ("email", "name", "language", "timezone", "created_at")},
            "format": subscriber.format.value,
            "canonical": canonical(subscriber.email),
            "suppression_digest": suppression_digest,
        }
        added = insert(self._connection, tables.subscribers).values(values).on_conflict_do_nothing()
        row = self._connection.execute(added.returning(tables.subscribers)).first()
        return (_subscriber(row), True) if row else (self._get_canonical(values["canonical"]), False)

    def _get_canonical(self, address: str) -> Subscriber:
        row = self._connection.execute(select(tables.subscribers).where(tables.subscribers.c.canonical == address))
        return _subscriber(row.one())

    def find(self, email: str) -> Subscriber | None:
        """The subscriber of an address, in any spelling of it that is equal."""
        subscriber = tables.subscribers
        row = self._connection.execute(select(subscriber).where(subscriber.c.canonical == canonical(email))).first()
        return _subscriber(row) if row else None

    def find_by_key(self, key: int) -> Subscriber | None:
        """The subscriber of that row."""
        row = self._connection.execute(select(tables.subscribers).where(tables.subscribers.c.key == key)).first()
        return _subscriber(row) if row else None

    def change(self, key: int, **values: str) -> None:
        """Set name, language, timezone or format (the row's own names)."""
        self._connection.execute(update(tables.subscribers).where(tables.subscribers.c.key == key).values(**values))

    def erase(self, key: int) -> None:
        """Remove a subscriber with her subscriptions and consent log; her deliveries stay, without a name."""
        self._connection.execute(
            update(tables.deliveries).where(tables.is_for(key)).values(subscriber_key=None, subscription_key=None)
        )
        self._connection.execute(delete(tables.subscribers).where(tables.subscribers.c.key == key))

    def set_subscription(
        self,
        subscriber_key: int,
        newsletter: str,
        *,
        status: Status,
        now: datetime,
        sections: Sequence[str] | None = None,
        consent_at: datetime | None = None,
        consent_source: str = "",
    ) -> Subscription:
        """Tie a subscriber to a newsletter in that state; sections and consent that are not given stay."""
        subscription = tables.subscriptions
        values: dict[str, Any] = {"status": status.value}
        if sections is not None:
            values["sections"] = "\n".join(sorted(sections))
        if consent_at is not None:
            values |= {"consent_at": consent_at, "consent_source": consent_source}
        identity = {"subscriber_key": subscriber_key, "newsletter": newsletter}
        statement = insert(self._connection, subscription).values({**identity, **values, "created_at": now})
        row = self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(identity), set_=values).returning(subscription)
        ).one()
        return _subscription(row)

    def find_subscription(self, subscriber_key: int, newsletter: str) -> Subscription | None:
        """The tie of a subscriber to a newsletter."""
        subscription = tables.subscriptions
        return self._first_subscription(
            select(subscription).where(
                subscription.c.subscriber_key == subscriber_key, subscription.c.newsletter == newsletter
            )
        )

    def find_subscription_by_key(self, key: int) -> Subscription | None:
        """The subscription of that row."""
        return self._first_subscription(select(tables.subscriptions).where(tables.subscriptions.c.key == key))

    def _first_subscription(self, wanted: Select[Any]) -> Subscription | None:
        row = self._connection.execute(wanted).first()
        return _subscription(row) if row else None

    def list_subscriptions(self, subscriber_key: int) -> list[Subscription]:
        """Every subscription of a subscriber, by newsletter."""
        subscription = tables.subscriptions
        rows = self._connection.execute(
            select(subscription)
            .where(subscription.c.subscriber_key == subscriber_key)
            .order_by(subscription.c.newsletter)
        )
        return [_subscription(row) for row in rows]

    def log(self, subscriber_key: int, consent: Consent) -> None:
        """Add a line to the consent log."""
        values = {name: getattr(consent, name) for name in ("newsletter", "at", "source", "ip", "wording")}
        statement = insert(self._connection, tables.consents)
        self._connection.execute(statement.values(subscriber_key=subscriber_key, event=consent.event.value, **values))

    def list_consents(self, subscriber_key: int) -> list[Consent]:
        """The consent log of a subscriber, oldest first."""
        consent = tables.consents
        rows = self._connection.execute(
            select(consent).where(consent.c.subscriber_key == subscriber_key).order_by(consent.c.key)
        )
        return [
            Consent(
                newsletter=row.newsletter,
                event=ConsentEvent(row.event),
                at=row.at,
                source=row.source,
                ip=row.ip,
                wording=row.wording,
            )
            for row in rows
        ]

    def count_requests(self, subscriber_key: int, *, since: datetime | None = None) -> int:
        """How often a confirmation was asked for, ever or since a moment."""
        consent = tables.consents
        wanted = select(func.count()).where(
            consent.c.subscriber_key == subscriber_key, consent.c.event == ConsentEvent.REQUESTED.value
        )
        return self._connection.scalar(wanted.where(consent.c.at > since) if since else wanted) or 0

    def iter_memberships(self, *, newsletter: str = "", status: Status | None = None) -> Iterator[Membership]:
        """Every subscriber with each of her subscriptions, by address and newsletter, streaming."""
        subscriber, subscription = tables.subscribers, tables.subscriptions
        wanted = select(subscriber, *(column.label(f"s_{column.name}") for column in subscription.columns)).join_from(
            subscriber, subscription
        )
        if newsletter:
            wanted = wanted.where(subscription.c.newsletter == newsletter)
        if status:
            wanted = wanted.where(subscription.c.status == status.value)
        wanted = wanted.order_by(subscriber.c.canonical, subscription.c.newsletter)
        with self._connection.execute(wanted, execution_options={"yield_per": _CHUNK}) as rows:
            for row in rows:
                yield Membership(subscriber=_subscriber(row), subscription=_subscription(row, prefix="s_"))

    def count_by_status(self, newsletter: str) -> dict[Status, int]:
        """How many subscriptions of a newsletter are in each state."""
        subscription = tables.subscriptions
        rows = self._connection.execute(
            select(subscription.c.status, func.count())
            .where(subscription.c.newsletter == newsletter)
            .group_by(subscription.c.status)
        )
        counts = {Status(status): number for status, number in rows}
        return {status: counts.get(status, 0) for status in Status}

    def list_variant_choices(self, newsletter: str) -> list[tuple[str, tuple[str, ...], str]]:
        """The different (language, sections, format) among a newsletter's confirmed, in a fixed order."""
        subscriber, subscription = tables.subscribers, tables.subscriptions
        wanted = (
            select(subscriber.c.language, subscription.c.sections, subscriber.c.format)
            .join_from(subscriber, subscription)
            .where(subscription.c.newsletter == newsletter, subscription.c.status == Status.CONFIRMED.value)
            .distinct()
        )
        rows = sorted(tuple(row) for row in self._connection.execute(wanted))
        return [(language, _split(sections), form) for language, sections, form in rows]


def _split(sections: str) -> tuple[str, ...]:
    """The names of a `sections` column, one a line; a name may hold other ends of lines than ours."""
    return tuple(sections.split("\n")) if sections else ()


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        key=row.key,
        email=row.email,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        format=Format(row.format),
        created_at=row.created_at,
    )


def _subscription(row: Row[Any], *, prefix: str = "") -> Subscription:
    values = row._mapping
    return Subscription(
        key=values[f"{prefix}key"],
        subscriber_key=values[f"{prefix}subscriber_key"],
        newsletter=values[f"{prefix}newsletter"],
        status=Status(values[f"{prefix}status"]),
        sections=_split(values[f"{prefix}sections"]),
        consent_at=values[f"{prefix}consent_at"],
        consent_source=values[f"{prefix}consent_source"],
    )
