"""Revisions: an issue's text made anew for everybody who has not had it. Those who have keep the variant they got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from publisher.domain.article import Article
from publisher.domain.delivery import NOTHING_CHOSEN, Status
from publisher.domain.issue import Variant
from publisher.store import tables
from publisher.store.article_rows import to_snapshot
from publisher.store.corrections import keep_former, put_corrections
from publisher.store.issues import variant_row

_HAD = [status.value for status in (Status.SENT, Status.DOUBTFUL, Status.SENDING)]
_WAITING = [status.value for status in (Status.QUEUED, Status.CLAIMED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomposed:
    """An issue's new text: its articles in its order, and a variant for each choice that a delivery was made for.

    `corrections` are earlier articles whose correction it tells.
    """

    subject: str
    articles: Sequence[Article]
    variants: Sequence[Variant]
    corrections: Sequence[Article] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """How many have an earlier text, how many will get the new one, and for how many nothing is left in it."""

    had: int
    waiting: int
    skipped: int


class Revisions:
    """The texts of a ledger's issues."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_choices(self, issue_key: int) -> list[tuple[str, tuple[str, ...], str]]:
        """The (language, sections, format) that an issue has a variant for, in a fixed order."""
        variant = tables.variants
        wanted = select(variant.c.language, variant.c.sections, variant.c.format).where(
            variant.c.issue_key == issue_key
        )
        rows = sorted(tuple(row) for row in self._connection.execute(wanted.distinct()))
        return [(language, tuple(sections.split("\n")) if sections else (), form) for language, sections, form in rows]

    def list_article_keys(self, issue_key: int, *, is_passed_over: bool = False) -> list[int]:
        """The articles of an issue in its order, those left out of it since included; or those passed over."""
        used = tables.issue_articles
        return list(
            self._connection.scalars(
                select(used.c.article_key)
                .where(used.c.issue_key == issue_key, used.c.is_passed_over.is_(is_passed_over))
                .order_by(used.c.position)
            )
        )

    def count_had(self, issue_key: int) -> dict[int, int]:
        """How many have, or may have, each revision of an issue's text."""
        delivery, variant = tables.deliveries, tables.variants
        # Counted by variant first: the text of one is read once, not for each delivery.
        had = (
            select(delivery.c.variant_key, func.count().label("number"))
            .where(delivery.c.issue_key == issue_key, delivery.c.status.in_(_HAD))
            .group_by(delivery.c.variant_key)
            .subquery()
        )
        rows = self._connection.execute(
            select(variant.c.revision, func.sum(had.c.number))
            .join_from(had, variant, variant.c.key == had.c.variant_key)
            .group_by(variant.c.revision)
            .order_by(variant.c.revision)
        )
        return {revision: int(number) for revision, number in rows}

    def get_number(self, variant_key: int) -> int:
        """Which revision of its issue's text a variant belongs to."""
        variant = tables.variants
        number: int = self._connection.execute(
            select(variant.c.revision).where(variant.c.key == variant_key)
        ).scalar_one()
        return number

    def count_recomposed(self) -> int:
        """How often any issue was made anew: a number that grows with each."""
        return self._connection.scalar(select(func.coalesce(func.sum(tables.issues.c.revision - 1), 0))) or 0

    def add(self, issue_key: int, text: Recomposed, *, now: datetime) -> Renewed:
        """Write an issue's new text down, and give it to everybody whose message has not begun.

        Claimed rows go back to the queue. What is in sending or in doubt keeps its text until it is queued again.
        """
        had, skipped = sum(self.count_had(issue_key).values()), self._count(issue_key, Status.SKIPPED)
        number = self._count_up(issue_key, subject=text.subject, now=now)
        rows = [variant_row(variant, issue_key=issue_key, revision=number) for variant in text.variants]
        self._connection.execute(insert(tables.variants), rows)
        if had:
            keep_former(self._connection, issue_key, text.articles, until=number - 1)
        self._put_articles(issue_key, text.articles, number=number, is_known=had > 0)
        newsletter = select(tables.issues.c.newsletter).where(tables.issues.c.key == issue_key)
        put_corrections(self._connection, issue_key, self._connection.scalar(newsletter) or "", text.corrections)
        delivery = tables.deliveries
        is_waiting = and_(delivery.c.issue_key == issue_key, delivery.c.status.in_(_WAITING))
        renew_texts(self._connection, is_waiting, now=now)
        return Renewed(
            had=had,
            waiting=self._count(issue_key, Status.QUEUED),
            skipped=self._count(issue_key, Status.SKIPPED) - skipped,
        )

    def _count_up(self, issue_key: int, *, subject: str, now: datetime) -> int:
        issue = tables.issues
        counted = update(issue).where(issue.c.key == issue_key)
        number: int = self._connection.execute(
            counted.values(revision=issue.c.revision + 1, subject=subject, recomposed_at=now).returning(
                issue.c.revision
            )
        ).scalar_one()
        return number

    def _put_articles(self, issue_key: int, articles: Sequence[Article], *, number: int, is_known: bool) -> None:
        """Keep the articles as they are mailed now. One left out is free for another issue, if nobody had it."""
        used = tables.issue_articles
        for article in articles:
            kept = update(used).where(used.c.issue_key == issue_key, used.c.article_key == article.key)
            self._connection.execute(kept.values(snapshot=to_snapshot(article), left_out_of=None))
        is_left = and_(
            used.c.issue_key == issue_key,
            used.c.is_passed_over.is_(False),
            used.c.article_key.not_in([article.key for article in articles]),
        )
        left = update(used).where(is_left, used.c.left_out_of.is_(None)).values(left_out_of=number)
        self._connection.execute(left if is_known else delete(used).where(is_left))

    def _count(self, issue_key: int, status: Status) -> int:
        delivery = tables.deliveries
        wanted = select(func.count()).where(delivery.c.issue_key == issue_key, delivery.c.status == status.value)
        return self._connection.scalar(wanted) or 0


def renew_texts(connection: Connection, rows: ColumnElement[bool], *, now: datetime) -> None:
    """Queue deliveries that have an earlier text of their issue with the newest one; skip those it leaves empty.

    `rows` says which; those that have the newest text, or no issue that was made anew, stay as they are.
    """
    delivery, issue, variant = tables.deliveries, tables.issues, tables.variants
    revision = select(issue.c.revision).where(issue.c.key == delivery.c.issue_key).scalar_subquery()
    newest = _newest(variant.c.key)
    # The issue is asked first: most were never made anew.
    is_stale = case((revision == 1, literal(0)), (delivery.c.variant_key != newest, literal(1)), else_=literal(0)) == 1
    renewed = connection.execute(
        update(delivery)
        .where(rows, is_stale)
        .values(variant_key=newest, status=Status.QUEUED.value, worker=None, changed_at=now)
    ).rowcount
    if not renewed:
        return
    # By themselves: a variant's mark lies behind its whole text, which must not be walked through for each row.
    empty = connection.scalars(select(variant.c.key).where(variant.c.revision > 1, variant.c.is_empty)).all()
    if empty:
        connection.execute(
            update(delivery)
            .where(delivery.c.variant_key.in_(empty), delivery.c.status == Status.QUEUED.value)
            .values(status=Status.SKIPPED.value, reply=NOTHING_CHOSEN, changed_at=now)
        )


def _newest(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A column of the newest variant for the same choice as a delivery's own."""
    delivery, issue, own, newest = tables.deliveries, tables.issues, tables.variants.alias(), tables.variants
    return (
        select(column)
        .join(own, _is_same_choice(own, newest))
        .join(issue, (issue.c.key == newest.c.issue_key) & (issue.c.revision == newest.c.revision))
        .where(own.c.key == delivery.c.variant_key)
        .correlate(delivery)
        .scalar_subquery()
    )


def _is_same_choice(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    names = ("issue_key", "language", "sections", "format")
    return and_(*(one.c[name] == other.c[name] for name in names))
