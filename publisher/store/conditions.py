"""What a row must fulfil to be moved, as it stands in the very statement that moves it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    Table,
    and_,
    case,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
)

from publisher.domain.delivery import Status
from publisher.domain.issue import UNFINISHED
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.notice import Kind as NoticeKind
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import tables


def is_open(table: Table) -> ColumnElement[bool]:
    """Whether a row may go as far as its issue is concerned; a notice has none."""
    return _issue_is(table, IssueStatus.OPEN) if table is tables.deliveries else true()


def is_cancelled(table: Table) -> ColumnElement[bool]:
    """Whether a row's issue was cancelled."""
    return _issue_is(table, IssueStatus.CANCELLED) if table is tables.deliveries else false()


def _issue_is(table: Table, status: IssueStatus) -> ColumnElement[bool]:
    """Asked of each row by itself: as a join, PostgreSQL would sort all that is queued to claim the first few."""
    issue = tables.issues
    return select(issue.c.status).where(issue.c.key == table.c.issue_key).scalar_subquery() == written(status)


def is_of_renewed_issue() -> ColumnElement[bool]:
    """Whether a delivery's issue is unfinished and was made anew."""
    issue = tables.issues
    is_renewed = and_(issue.c.status.in_([status.value for status in UNFINISHED]), issue.c.revision > 1)
    return tables.deliveries.c.issue_key.in_(select(issue.c.key).where(is_renewed))


def is_suppressed(table: Table) -> ColumnElement[bool]:
    """Whether a row's address is not mailed any more."""
    subscriber, suppression = tables.subscribers, tables.suppressions
    return exists().where(
        subscriber.c.key == table.c.subscriber_key, subscriber.c.suppression_digest == suppression.c.digest
    )


def has_consent(table: Table) -> ColumnElement[bool]:
    """A delivery needs a confirmed subscription, a notice a subscriber who is still there; neither one suppressed.

    A correction goes to the readers of a newsletter, and so needs what a delivery of it does.
    """
    subscription = tables.subscriptions
    stands: ColumnElement[bool] = exists().where(
        subscription.c.key == table.c.subscription_key,
        subscription.c.status == written(SubscriptionStatus.CONFIRMED),
    )
    if table is tables.notices:
        is_known = exists().where(tables.subscribers.c.key == table.c.subscriber_key)
        stands = and_(is_known, or_(table.c.kind != written(NoticeKind.CORRECTION), stands))
    return and_(stands, ~is_suppressed(table))


def has_lease(worker: BindParameter[str], now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a worker's lease has not ended."""
    held = tables.workers
    return exists().where(held.c.name == worker, held.c.lease_until > now)


def to_queue(table: Table) -> ColumnElement[str]:
    """The state of a row that goes back to the queue: cancelled, where its issue has been cancelled meanwhile."""
    return case((is_cancelled(table), written(Status.CANCELLED)), else_=written(Status.QUEUED))


def written(status: StrEnum) -> ColumnElement[str]:
    """A state that stands in the statement itself: as a parameter it would be handed over again for every row."""
    return literal_column(f"'{status.value}'", String)
