"""Notices: mail to one address outside any issue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from publisher.domain.delivery import Status
from publisher.domain.notice import Notice
from publisher.store import tables
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
            )
            for row in rows
        ]

    def resolve_doubtful(self, *, is_resent: bool, now: datetime) -> int:
        """Queue all doubtful notices again, or take them for sent; gives how many."""
        notice = tables.notices
        values = {"status": Status.SENT.value} if not is_resent else {"status": Status.QUEUED.value, "due_at": now}
        statement = update(notice).where(notice.c.status == Status.DOUBTFUL.value)
        return self._connection.execute(statement.values(**values, worker=None, changed_at=now)).rowcount

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
