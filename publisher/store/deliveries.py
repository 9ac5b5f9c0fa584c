"""Deliveries looked at: counts, lists, the story of one address, and what an operator decides about doubtful ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, func, select, true, update

from publisher.domain.delivery import Doubt, Kind, Ref, Status, Verdict, make_message_id
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.token import Keys
from publisher.store import tables
from publisher.store.chunks import chunked
from publisher.store.conditions import to_queue
from publisher.store.revisions import renew_texts

_SETTLED = {
    Verdict.ASSUMED: "assumed sent by the operator",
    Verdict.LOGGED: "the relay's log says that it took it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as it stands, with the address that it is for ("" once that is erased)."""

    key: int
    issue: str
    email: str
    status: Status
    attempts: int
    relay: str
    code: int
    reply: str
    due_at: datetime
    expires_at: datetime
    changed_at: datetime
    message_domain: str
    variant_key: int

    def message_id(self, keys: Keys) -> str:
        """The Message-ID of every message of this row."""
        return make_message_id(Ref(kind=Kind.DELIVERY, key=self.key), domain=self.message_domain, keys=keys)


class Deliveries:
    """The deliveries of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count_by_status(self, issue_key: int) -> dict[Status, int]:
        """How many rows of an issue are in each of the ten states."""
        delivery = tables.deliveries
        rows = self._connection.execute(
            select(delivery.c.status, func.count()).where(delivery.c.issue_key == issue_key).group_by(delivery.c.status)
        )
        counts = {Status(status): number for status, number in rows}
        return {status: counts.get(status, 0) for status in Status}

    def count_deferred(self, issue_key: int) -> int:
        """How many queued rows have an attempt behind them."""
        delivery = tables.deliveries
        return (
            self._connection.scalar(
                select(func.count()).where(
                    delivery.c.issue_key == issue_key,
                    delivery.c.status == Status.QUEUED.value,
                    delivery.c.attempts > 0,
                )
            )
            or 0
        )

    def count_by_relay(self, issue_key: int) -> dict[str, int]:
        """How many rows of an issue each relay took."""
        delivery = tables.deliveries
        rows = self._connection.execute(
            select(delivery.c.relay, func.count())
            .where(delivery.c.issue_key == issue_key, delivery.c.status == Status.SENT.value)
            .group_by(delivery.c.relay)
            .order_by(delivery.c.relay)
        )
        return {relay: number for relay, number in rows}  # noqa: C416 (rows are not pairs to mypy)

    def count_doubtful(self, *, until: datetime) -> dict[str, int]:
        """How many rows have been in doubt since `until` or longer, by their issue's id."""
        delivery, issue = tables.deliveries, tables.issues
        unsent = [status.value for status in IssueStatus if status is not IssueStatus.SENT]  # a sent one has none
        rows = self._connection.execute(
            select(issue.c.newsletter, issue.c.slot, func.count())
            .join_from(issue, delivery, issue.c.key == delivery.c.issue_key)
            .where(
                issue.c.status.in_(unsent), delivery.c.status == Status.DOUBTFUL.value, delivery.c.changed_at <= until
            )
            .group_by(issue.c.key, issue.c.newsletter, issue.c.slot)
            .order_by(issue.c.key)
        )
        return {f"{newsletter}/{slot}": number for newsletter, slot, number in rows}

    def list_in(self, issue_key: int, statuses: Sequence[Status]) -> list[Delivery]:
        """The rows of an issue in those states, in order of their making."""
        delivery = tables.deliveries
        return self._list(
            _wanted().where(
                delivery.c.issue_key == issue_key, delivery.c.status.in_([status.value for status in statuses])
            )
        )

    def list_for(self, subscriber_key: int) -> list[Delivery]:
        """Everything that a subscriber was to get, oldest first."""
        return self._list(_wanted().where(tables.is_for(subscriber_key)))

    def _list(self, wanted: Select[Any]) -> list[Delivery]:
        return [_delivery(row) for row in self._connection.execute(wanted.order_by(tables.deliveries.c.key))]

    def list_doubtful(self, issue_key: int) -> list[Doubt]:
        """The rows of an issue that nobody can know about, oldest first."""
        rows = self._connection.execute(
            _wanted()
            .where(tables.deliveries.c.issue_key == issue_key, tables.deliveries.c.status == Status.DOUBTFUL.value)
            .order_by(tables.deliveries.c.key)
        )
        return [
            Doubt(
                ref=Ref(kind=Kind.DELIVERY, key=row.key),
                message_domain=row.message_domain,
                email=row.email or "",
                at=row.changed_at,
            )
            for row in rows
        ]

    def resolve_doubtful(
        self, issue_key: int, *, verdict: Verdict, now: datetime, keys: Sequence[int] | None = None
    ) -> int:
        """Settle an issue's doubtful rows, or those of them that are named; gives how many."""
        delivery = tables.deliveries
        doubtful = and_(delivery.c.issue_key == issue_key, delivery.c.status == Status.DOUBTFUL.value)
        count = 0
        for rows in [true()] if keys is None else [delivery.c.key.in_(chunk) for chunk in chunked(keys)]:
            settled = update(delivery).where(doubtful, rows).values(**settle(delivery, verdict, now=now))
            count += self._connection.execute(settled).rowcount
        if count and verdict is Verdict.RESEND:
            is_queued = and_(delivery.c.issue_key == issue_key, delivery.c.status == Status.QUEUED.value)
            renew_texts(self._connection, is_queued, now=now)
        return count

    def cancel(self, issue_key: int, *, now: datetime, limit: int | None = None) -> int:
        """Cancel an issue's queued and claimed rows, so many at most; gives how many.

        A million take half a minute, in which nobody else can write. Once the issue itself is cancelled none of them
        can be sent, so they may be done in pieces, a transaction each.
        """
        delivery = tables.deliveries
        waiting = [Status.QUEUED.value, Status.CLAIMED.value]
        some = select(delivery.c.key).where(delivery.c.issue_key == issue_key, delivery.c.status.in_(waiting))
        statement = update(delivery).where(delivery.c.key.in_(some.limit(limit)))
        return self._connection.execute(
            statement.values(status=Status.CANCELLED.value, worker=None, changed_at=now)
        ).rowcount


def settle(table: Table, verdict: Verdict, *, now: datetime) -> dict[str, Any]:
    """What becomes of a doubtful row."""
    settled = {"worker": None, "changed_at": now}
    if verdict is Verdict.RESEND:
        return {"status": to_queue(table), "due_at": now, **settled}
    return {"status": Status.SENT.value, "reply": _SETTLED[verdict], "code": 0, **settled}


def _wanted() -> Select[Any]:
    delivery, subscriber, issue = tables.deliveries, tables.subscribers, tables.issues
    return (
        select(delivery, subscriber.c.email, issue.c.newsletter, issue.c.slot, issue.c.message_domain)
        .join_from(delivery, issue, issue.c.key == delivery.c.issue_key)
        .outerjoin(subscriber, subscriber.c.key == delivery.c.subscriber_key)
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        key=row.key,
        issue=f"{row.newsletter}/{row.slot}",
        email=row.email or "",
        status=Status(row.status),
        attempts=row.attempts,
        relay=row.relay,
        code=row.code,
        reply=row.reply,
        due_at=row.due_at,
        expires_at=row.expires_at,
        changed_at=row.changed_at,
        message_domain=row.message_domain,
        variant_key=row.variant_key,
    )
