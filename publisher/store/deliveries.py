"""Deliveries looked at: counts, lists, the story of one address, and what an operator decides about doubtful ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.store import tables
from publisher.store.letters import to_queue


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
    changed_at: datetime


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
            .join_from(issue, delivery)
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
        return self._list(_wanted().where(tables.deliveries.c.subscriber_key == subscriber_key))

    def _list(self, wanted: Select[Any]) -> list[Delivery]:
        return [_delivery(row) for row in self._connection.execute(wanted.order_by(tables.deliveries.c.key))]

    def resolve_doubtful(self, issue_key: int, *, is_resent: bool, now: datetime) -> int:
        """Queue an issue's doubtful rows again, or take them for sent; gives how many."""
        delivery = tables.deliveries
        values: dict[str, Any] = {"status": Status.SENT.value, "reply": "assumed sent by the operator"}
        if is_resent:
            values = {"status": to_queue(delivery), "due_at": now}
        statement = update(delivery).where(
            delivery.c.issue_key == issue_key, delivery.c.status == Status.DOUBTFUL.value
        )
        return self._connection.execute(statement.values(**values, worker=None, changed_at=now)).rowcount

    def cancel(self, issue_key: int, *, now: datetime) -> int:
        """Cancel an issue's queued and claimed rows; gives how many."""
        delivery = tables.deliveries
        statement = update(delivery).where(
            delivery.c.issue_key == issue_key, delivery.c.status.in_([Status.QUEUED.value, Status.CLAIMED.value])
        )
        return self._connection.execute(
            statement.values(status=Status.CANCELLED.value, worker=None, changed_at=now)
        ).rowcount


def _wanted() -> Select[Any]:
    delivery, subscriber, issue = tables.deliveries, tables.subscribers, tables.issues
    return (
        select(delivery, subscriber.c.email, issue.c.newsletter, issue.c.slot)
        .join_from(delivery, issue)
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
        changed_at=row.changed_at,
    )
