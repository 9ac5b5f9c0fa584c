"""Issues: their articles, their variants, and the freeze that gives each confirmed subscriber one delivery row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, exists, func, insert, literal, select, update

from publisher.domain.article import Article
from publisher.domain.delivery import NOTHING_CHOSEN
from publisher.domain.delivery import Status as DeliveryStatus
from publisher.domain.issue import UNFINISHED, Issue, Status, Variant
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.store import tables
from publisher.store.article_rows import from_snapshot, to_snapshot
from publisher.store.corrections import put_corrections
from publisher.store.dialect import joining_all, note_growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """All that one transaction writes down: the issue, its articles in order, those passed over, its variants.

    `corrections` are earlier articles whose correction it tells.
    """

    newsletter: str
    slot: str
    title: str
    subject: str
    message_domain: str
    due_at: datetime
    cutoff_at: datetime
    expires_at: datetime
    articles: Sequence[Article]
    passed_over: Sequence[Article]
    variants: Sequence[Variant]
    corrections: Sequence[Article] = ()


class Issues:
    """The issues of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def freeze(self, plan: Freeze, now: datetime) -> Issue | None:
        """Write an issue down with one delivery row for each confirmed subscriber (G1).

        Gives None, and the transaction must be given up, when somebody's choice has no variant yet
        (she changed it after the rendering): render again and repeat.
        """
        key = self._insert_issue(plan, now)
        self._insert_articles(key, plan)
        put_corrections(self._connection, key, plan.newsletter, plan.corrections)
        self._insert_variants(key, plan.variants)
        eligible = self._insert_deliveries(key, plan, now)
        if eligible != self._count_confirmed(plan.newsletter):
            return None
        self._connection.execute(update(tables.issues).where(tables.issues.c.key == key).values(eligible=eligible))
        return self.get(key)

    def _insert_issue(self, plan: Freeze, now: datetime) -> int:
        names = ("newsletter", "slot", "title", "subject", "message_domain", "due_at", "cutoff_at", "expires_at")
        values = {name: getattr(plan, name) for name in names}
        statement = insert(tables.issues).values(**values, status=Status.OPEN.value, frozen_at=now, eligible=0)
        key: int = self._connection.execute(statement.returning(tables.issues.c.key)).scalar_one()
        return key

    def _insert_articles(self, key: int, plan: Freeze) -> None:
        chosen = [(article, False) for article in plan.articles] + [(article, True) for article in plan.passed_over]
        if not chosen:
            return
        self._connection.execute(
            insert(tables.issue_articles),
            [
                {
                    "issue_key": key,
                    "article_key": article.key,
                    "newsletter": plan.newsletter,
                    "position": position,
                    "is_passed_over": is_passed_over,
                    "snapshot": None if is_passed_over else to_snapshot(article),
                }
                for position, (article, is_passed_over) in enumerate(chosen)
            ],
        )

    def _insert_variants(self, key: int, variants: Sequence[Variant]) -> None:
        rows = [variant_row(variant, issue_key=key) for variant in variants]
        if rows:
            self._connection.execute(insert(tables.variants), rows)

    def _insert_deliveries(self, key: int, plan: Freeze, now: datetime) -> int:
        subscriber, subscription, variant = tables.subscribers, tables.subscriptions, tables.variants
        suppression = tables.suppressions
        status = case(
            (suppression.c.digest.is_not(None), DeliveryStatus.SUPPRESSED.value),
            (variant.c.is_empty, DeliveryStatus.SKIPPED.value),
            else_=DeliveryStatus.QUEUED.value,
        )
        moments = {"due_at": now, "first_due_at": now, "expires_at": plan.expires_at, "changed_at": now}
        rows = (
            select(
                literal(key, tables.Key),
                subscriber.c.key,
                subscription.c.key,
                variant.c.key,
                status,
                case((variant.c.is_empty, NOTHING_CHOSEN), else_=""),
                literal(0),
                *(literal(moment, tables.UTCDateTime) for moment in moments.values()),
            )
            .join_from(subscription, subscriber)
            .join(
                variant,
                (variant.c.issue_key == key)
                & (variant.c.language == subscriber.c.language)
                & (variant.c.sections == subscription.c.sections)
                & (variant.c.format == subscriber.c.format),
            )
            .outerjoin(suppression, suppression.c.digest == subscriber.c.suppression_digest)
            .where(
                subscription.c.newsletter == plan.newsletter,
                subscription.c.status == SubscriptionStatus.CONFIRMED.value,
            )
            .order_by(subscription.c.key)
        )
        names = [
            "issue_key",
            "subscriber_key",
            "subscription_key",
            "variant_key",
            "status",
            "reply",
            "attempts",
            *moments,
        ]
        counted = insert(tables.deliveries).from_select(names, rows).execution_options(preserve_rowcount=True)
        with joining_all(self._connection):
            number = self._connection.execute(counted).rowcount
        note_growth(self._connection, tables.deliveries)
        return number

    def _count_confirmed(self, newsletter: str) -> int:
        subscription = tables.subscriptions
        return (
            self._connection.scalar(
                select(func.count()).where(
                    subscription.c.newsletter == newsletter,
                    subscription.c.status == SubscriptionStatus.CONFIRMED.value,
                )
            )
            or 0
        )

    def get(self, key: int) -> Issue:
        """The issue of that row."""
        return _issue(self._connection.execute(select(tables.issues).where(tables.issues.c.key == key)).one())

    def find(self, newsletter: str, slot: str) -> Issue | None:
        """The issue of that newsletter and slot."""
        issue = tables.issues
        found = self._list(select(issue).where(issue.c.newsletter == newsletter, issue.c.slot == slot))
        return found[0] if found else None

    def list_all(self, *, newsletter: str = "", limit: int | None = None) -> list[Issue]:
        """Issues, the newest first."""
        issue = tables.issues
        wanted = select(issue).order_by(issue.c.frozen_at.desc(), issue.c.key.desc())
        if newsletter:
            wanted = wanted.where(issue.c.newsletter == newsletter)
        return self._list(wanted.limit(limit) if limit else wanted)

    def list_statuses(self) -> dict[int, Status]:
        """The state of each issue, by its row."""
        issue = tables.issues
        return {key: Status(status) for key, status in self._connection.execute(select(issue.c.key, issue.c.status))}

    def count_cancelled(self) -> int:
        """How many issues were cancelled."""
        wanted = select(func.count()).select_from(tables.issues)
        return self._connection.scalar(wanted.where(tables.issues.c.status == Status.CANCELLED.value)) or 0

    def list_by_status(self, status: Status, *, newsletter: str = "") -> list[Issue]:
        """Issues in that state, the oldest first."""
        issue = tables.issues
        wanted = select(issue).where(issue.c.status == status.value).order_by(issue.c.key)
        return self._list(wanted.where(issue.c.newsletter == newsletter) if newsletter else wanted)

    def list_unfinished_with(self, article_key: int) -> list[Issue]:
        """The issues that hold an article and are not at their end: open, paused or held."""
        issue, used = tables.issues, tables.issue_articles
        return self._list(
            select(issue)
            .join(used)
            .where(
                used.c.article_key == article_key,
                used.c.is_passed_over.is_(False),
                used.c.left_out_of.is_(None),
                issue.c.status.in_([status.value for status in UNFINISHED]),
            )
            .order_by(issue.c.key)
        )

    def _list(self, wanted: Select[Any]) -> list[Issue]:
        return [_issue(row) for row in self._connection.execute(wanted)]

    def list_articles(self, key: int) -> list[Article]:
        """An issue's articles as its newest text has them, in its order."""
        used = tables.issue_articles
        rows = self._connection.scalars(
            select(used.c.snapshot)
            .where(used.c.issue_key == key, used.c.is_passed_over.is_(False), used.c.left_out_of.is_(None))
            .order_by(used.c.position)
        )
        return [from_snapshot(snapshot) for snapshot in rows]

    def list_mailings_of(self, article_key: int) -> list[str]:
        """The ids of the issues that hold an article, or held it in an earlier text."""
        issue, used = tables.issues, tables.issue_articles
        rows = self._connection.execute(
            select(issue.c.newsletter, issue.c.slot)
            .join(used)
            .where(used.c.article_key == article_key, used.c.is_passed_over.is_(False))
            .order_by(issue.c.key)
        )
        return [f"{newsletter}/{slot}" for newsletter, slot in rows]

    def are_mailed(self, newsletter: str, articles: Sequence[Article]) -> bool:
        """Whether an issue of the newsletter holds one of the articles already."""
        used = tables.issue_articles
        mailed = self._connection.scalars(select(used.c.article_key).where(used.c.newsletter == newsletter))
        return not {article.key for article in articles}.isdisjoint(mailed)

    def count_passed_over(self, key: int) -> int:
        """How many articles the limit left out of an issue."""
        used = tables.issue_articles
        wanted = select(func.count()).where(used.c.issue_key == key, used.c.is_passed_over.is_(True))
        return self._connection.scalar(wanted) or 0

    def set_status(self, key: int, status: Status, *, reason: str = "", was: Sequence[Status] = ()) -> bool:
        """Move an issue to another state; False when it is not in one of `was` (any, where none are given)."""
        issue = tables.issues
        statement = update(issue).where(issue.c.key == key)
        if was:
            statement = statement.where(issue.c.status.in_([state.value for state in was]))
        return self._connection.execute(statement.values(status=status.value, reason=reason)).rowcount == 1

    def count_manual(self, newsletter: str, *, day: str) -> int:
        """How many issues of that local day were sent by hand."""
        issue = tables.issues
        wanted = select(func.count()).where(
            issue.c.newsletter == newsletter, issue.c.slot.startswith(f"{day}-manual-", autoescape=True)
        )
        return self._connection.scalar(wanted) or 0

    def finish(self) -> list[Issue]:
        """Close every open issue that has nothing left to send or to resolve; gives those closed now."""
        issue, delivery = tables.issues, tables.deliveries
        waiting = [
            DeliveryStatus.QUEUED.value,
            DeliveryStatus.CLAIMED.value,
            DeliveryStatus.SENDING.value,
            DeliveryStatus.DOUBTFUL.value,
        ]
        left = exists().where(delivery.c.issue_key == issue.c.key, delivery.c.status.in_(waiting))
        rows = self._connection.execute(
            update(issue)
            .where(issue.c.status == Status.OPEN.value, ~left)
            .values(status=Status.SENT.value)
            .returning(issue)
        ).all()
        return sorted((_issue(row) for row in rows), key=lambda found: found.key)


def _issue(row: Row[Any]) -> Issue:
    return Issue(
        key=row.key,
        newsletter=row.newsletter,
        slot=row.slot,
        status=Status(row.status),
        reason=row.reason,
        title=row.title,
        subject=row.subject,
        due_at=row.due_at,
        frozen_at=row.frozen_at,
        expires_at=row.expires_at,
        eligible=row.eligible,
        revision=row.revision,
        recomposed_at=row.recomposed_at,
    )


def variant_row(variant: Variant, *, issue_key: int, revision: int = 1) -> dict[str, Any]:
    """A variant as its table has it."""
    return {
        "issue_key": issue_key,
        "language": variant.language,
        "sections": "\n".join(variant.sections),
        "format": variant.format,
        "subject": variant.subject,
        "html": variant.html,
        "text": variant.text,
        "is_empty": variant.is_empty,
        "revision": revision,
    }
