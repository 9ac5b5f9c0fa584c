"""Suppressions: addresses that are not mailed any more, known by a keyed digest alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, literal, select, update

from publisher.domain.delivery import Ref, Status
from publisher.domain.issue import UNFINISHED
from publisher.domain.subscriber import Reason
from publisher.store import tables
from publisher.store.dialect import insert


class Suppressions:
    """The suppression list."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, reason: Reason, source: str, now: datetime) -> None:
        """Suppress an address; the first reason stays."""
        values = {"digest": digest, "reason": reason.value, "source": source, "at": now}
        statement = insert(self._connection, tables.suppressions).values(values)
        self._connection.execute(statement.on_conflict_do_nothing())

    def find(self, digest: str) -> tuple[Reason, str, datetime] | None:
        """(reason, source, since when) for a suppressed address."""
        suppression = tables.suppressions
        row = self._connection.execute(select(suppression).where(suppression.c.digest == digest)).first()
        return (Reason(row.reason), row.source, row.at) if row else None

    def add_refused(self, refused: Mapping[Ref, str], *, now: datetime) -> None:
        """Suppress whom deliveries that have failed were for; `refused` says by whose words."""
        delivery, subscriber = tables.deliveries, tables.subscribers
        names = ["digest", "reason", "source", "at", "letter"]
        for ref, source in refused.items():
            rows = (
                select(
                    subscriber.c.suppression_digest,
                    literal(Reason.BOUNCE.value),
                    literal(source),
                    literal(now, tables.UTCDateTime),
                    literal(_name(ref)),
                )
                .join_from(delivery, subscriber, subscriber.c.key == delivery.c.subscriber_key)
                .where(delivery.c.key == ref.key, delivery.c.status == Status.FAILED.value)
            )
            statement = insert(self._connection, tables.suppressions).from_select(names, rows)
            self._connection.execute(statement.on_conflict_do_nothing())

    def lift_refused(self, refs: Iterable[Ref], *, now: datetime) -> int:
        """Take back what those refusals suppressed, and queue what was not sent because of it; gives how many."""
        suppression, delivery, subscriber, issue = (
            tables.suppressions,
            tables.deliveries,
            tables.subscribers,
            tables.issues,
        )
        lifted = self._connection.execute(
            delete(suppression)
            .where(suppression.c.letter.in_([_name(ref) for ref in refs]))
            .returning(suppression.c.digest, suppression.c.at)
        ).all()
        for digest, at in lifted:
            people = select(subscriber.c.key).where(subscriber.c.suppression_digest == digest)
            unfinished = select(issue.c.key).where(issue.c.status.in_([status.value for status in UNFINISHED]))
            self._connection.execute(
                update(delivery)
                .where(
                    delivery.c.subscriber_key.in_(people),
                    delivery.c.issue_key.in_(unfinished),
                    delivery.c.status == Status.SUPPRESSED.value,
                    delivery.c.changed_at >= at,
                )
                .values(status=Status.QUEUED.value, due_at=now, worker=None, changed_at=now)
            )
        return len(lifted)

    def lift(self, digest: str) -> None:
        """Mail an address again."""
        self._connection.execute(delete(tables.suppressions).where(tables.suppressions.c.digest == digest))


def _name(ref: Ref) -> str:
    return f"{ref.kind}:{ref.key}"
