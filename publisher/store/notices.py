"""Notices: mail to one address outside any issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, true, update

from publisher.domain.delivery import Doubt, Ref, Status, Verdict
from publisher.domain.delivery import Kind as DeliveryKind
from publisher.domain.notice import Notice
from publisher.store import tables
from publisher.store.chunks import chunked
from publisher.store.deliveries import settle
from publisher.store.dialect import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """A notice as it stands."""

    key: int
    kind: str
    subject: str
    status: Status
    attempts: int
    relay: str
    code: int
    reply: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime
    expires_at: datetime
    message_domain: str


class Notices:
    """The notices of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notice: Notice, *, message_domain: str, expires_at: datetime, now: datetime) -> bool:
        """Queue a notice; False when one with its `dedupe_key` is there already."""
        names = ("dedupe_key", "subscriber_key", "language", "subject", "html", "text")
        values = {name: getattr(notice, name) for name in names}
        moments = {"due_at": now, "first_due_at": now, "changed_at": now, "expires_at": expires_at}
        statement = insert(self._connection, tables.notices).values(
            **values, **moments, kind=notice.kind.value, message_domain=message_domain, status=Status.QUEUED.value
        )
        added = self._connection.execute(statement.on_conflict_do_nothing().returning(tables.notices.c.key))
        return added.first() is not None

    def list_for(self, subscriber_key: int) -> list[NoticeRecord]:
        """The notices to a subscriber, oldest first."""
        notice = tables.notices
        rows = self._connection.execute(
            select(notice).where(notice.c.subscriber_key == subscriber_key).order_by(notice.c.key)
        )
        return [
            NoticeRecord(
                key=row.key,
                kind=row.kind,
                subject=row.subject,
                status=Status(row.status),
                attempts=row.attempts,
                relay=row.relay,
                code=row.code,
                reply=row.reply,
                created_at=row.first_due_at,
                changed_at=row.changed_at,
                due_at=row.due_at,
                expires_at=row.expires_at,
                message_domain=row.message_domain,
            )
            for row in rows
        ]

    def list_doubtful(self) -> list[Doubt]:
        """The notices that nobody can know about, oldest first."""
        notice, subscriber = tables.notices, tables.subscribers
        rows = self._connection.execute(
            select(notice.c.key, notice.c.message_domain, notice.c.changed_at, subscriber.c.email)
            .outerjoin(subscriber, subscriber.c.key == notice.c.subscriber_key)
            .where(notice.c.status == Status.DOUBTFUL.value)
            .order_by(notice.c.key)
        )
        return [
            Doubt(
                ref=Ref(kind=DeliveryKind.NOTICE, key=row.key),
                message_domain=row.message_domain,
                email=row.email or "",
                at=row.changed_at,
            )
            for row in rows
        ]

    def resolve_doubtful(self, *, verdict: Verdict, now: datetime, keys: Sequence[int] | None = None) -> int:
        """Settle all doubtful notices, or those of them that are named; gives how many."""
        notice = tables.notices
        settled = update(notice).where(notice.c.status == Status.DOUBTFUL.value)
        settled = settled.values(**settle(notice, verdict, now=now))
        count = 0
        for rows in [true()] if keys is None else [notice.c.key.in_(chunk) for chunk in chunked(keys)]:
            count += self._connection.execute(settled.where(rows)).rowcount
        return count

    def count_by_status(self) -> dict[Status, int]:
        """How many notices are in each state."""
        notice = tables.notices
        rows = self._connection.execute(select(notice.c.status, func.count()).group_by(notice.c.status))
        counts = {Status(status): number for status, number in rows}
        return {status: counts.get(status, 0) for status in Status}

    def count_doubtful(self, *, until: datetime) -> int:
        """How many notices have been in doubt since `until` or longer."""
        notice = tables.notices
        wanted = select(func.count()).where(notice.c.status == Status.DOUBTFUL.value, notice.c.changed_at <= until)
        return self._connection.scalar(wanted) or 0
