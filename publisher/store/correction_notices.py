"""Notices of a correction: to exactly those who were sent an earlier text and still read the newsletter."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, cast, func, literal, select, union

from publisher.domain.delivery import Status
from publisher.domain.notice import Kind
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import tables
from publisher.store.corrections import Readers
from publisher.store.dialect import insert, joining_all, note_growth
from publisher.store.notice_texts import SharedText, put_texts

_HAVE = (Status.SENT, Status.DOUBTFUL, Status.SENDING)  # it, or may have it
_WILL_HAVE = (Status.QUEUED, Status.CLAIMED)


class CorrectionNotices:
    """The notices of one correction; `topic` names it, and with a subscriber each of its notices."""

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection, self._topic = connection, topic

    def count_left(self, groups: Sequence[Readers]) -> int:
        """How many readers have an earlier text, still read that newsletter, and have no notice of it yet."""
        return self._count(groups, _HAVE)

    def count_coming(self, groups: Sequence[Readers]) -> int:
        """How many more an issue that is not through will send the earlier text to."""
        return self._count(groups, _WILL_HAVE)

    def _count(self, groups: Sequence[Readers], statuses: Sequence[Status]) -> int:
        if not groups:
            return 0
        # One who reads two of the newsletters counts once.
        people = union(*(_choose(group, statuses, tables.subscribers.c.key) for group in groups)).subquery()
        notice = tables.notices
        has_one = select(notice.c.key).where(notice.c.dedupe_key == self._name(people.c.key)).exists()
        return self._connection.scalar(select(func.count()).select_from(people).where(~has_one)) or 0

    def count(self) -> int:
        """How many notices of the correction there are."""
        notice = tables.notices
        named = notice.c.dedupe_key.startswith(f"{self._topic}:", autoescape=True)
        return self._connection.scalar(select(func.count()).where(named)) or 0

    def list_choices(self, group: Readers) -> list[tuple[str, str]]:
        """The different (language, format) among those of a group who get one, in a fixed order."""
        subscriber = tables.subscribers.c
        wanted = _choose(group, _HAVE, subscriber.language, subscriber.format).distinct()
        return sorted((language, form) for language, form in self._connection.execute(wanted))

    def put_texts(self, texts: Iterable[SharedText]) -> None:
        """Write the texts of its notices down, each once."""
        put_texts(self._connection, self._topic, texts)

    def find_span(self, group: Readers) -> tuple[int, int]:
        """The first and the last delivery of a group's issue."""
        delivery = tables.deliveries.c
        wanted = select(func.min(delivery.key), func.max(delivery.key)).where(delivery.issue_key == group.issue_key)
        first, last = self._connection.execute(wanted).one()
        return first or 0, last or -1

    def add(
        self, group: Readers, *, span: tuple[int, int], message_domain: str, expires_at: datetime, now: datetime
    ) -> int:
        """Queue the notices to a group's readers between two deliveries; gives how many are new.

        A reader whose language or format has no text yet is left for the next time.
        """
        subscriber, text, delivery = tables.subscribers, tables.notice_texts, tables.deliveries
        moments = {"due_at": now, "first_due_at": now, "expires_at": expires_at, "changed_at": now}
        columns: dict[str, Any] = {
            "subscriber_key": subscriber.c.key,
            "dedupe_key": self._name(subscriber.c.key),
            "language": text.c.language,
            "subject": text.c.subject,
            "subscription_key": delivery.c.subscription_key,
            "delivery_key": delivery.c.key,
            "text_key": text.c.key,
            "kind": literal(Kind.CORRECTION.value),
            "message_domain": literal(message_domain),
            "status": literal(Status.QUEUED.value),
            "attempts": literal(0),
            **{name: literal(moment, tables.UTCDateTime) for name, moment in moments.items()},
        }
        rows = _choose(group, _HAVE, *columns.values()).join(
            text,
            (text.c.topic == self._topic)
            & (text.c.newsletter == group.newsletter)
            & (text.c.language == subscriber.c.language)
            & (text.c.format == subscriber.c.format),
        )
        rows = rows.where(delivery.c.key.between(*span)).order_by(delivery.c.key)
        statement = insert(self._connection, tables.notices).from_select(list(columns), rows)
        once = statement.on_conflict_do_nothing(index_elements=["dedupe_key"])
        with joining_all(self._connection):
            number = self._connection.execute(once.execution_options(preserve_rowcount=True)).rowcount
        note_growth(self._connection, tables.notices)
        return number

    def _name(self, key: Any) -> Any:
        return literal(f"{self._topic}:") + cast(key, String)


def _choose(group: Readers, statuses: Sequence[Status], *columns: Any) -> Select[Any]:
    """Of a group, those in such a state who are confirmed and not suppressed."""
    delivery, subscriber, subscription = tables.deliveries, tables.subscribers, tables.subscriptions
    suppression = tables.suppressions
    return (
        select(*columns)
        .select_from(delivery)
        .join(subscription, subscription.c.key == delivery.c.subscription_key)
        .join(subscriber, subscriber.c.key == delivery.c.subscriber_key)
        .outerjoin(suppression, suppression.c.digest == subscriber.c.suppression_digest)
        .where(
            delivery.c.issue_key == group.issue_key,
            delivery.c.variant_key.in_(group.variants),
            delivery.c.status.in_([status.value for status in statuses]),
            subscription.c.status == SubscriptionStatus.CONFIRMED.value,
            suppression.c.digest.is_(None),
        )
    )
