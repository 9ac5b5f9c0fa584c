"""Corrections of articles that were mailed: what each text of an issue said, and which issue told of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from publisher.domain.article import Article
from publisher.domain.correction import Mailed, find_stale, find_text, is_untold, make_digest
from publisher.domain.delivery import Status
from publisher.store import tables
from publisher.store.article_rows import from_snapshot, to_snapshot
from publisher.store.articles import Articles

_REACHED = [status.value for status in (Status.SENT, Status.SENDING, Status.DOUBTFUL, Status.CLAIMED, Status.QUEUED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The readers of one newsletter who got an earlier text of an article: by their issue and their variants of it."""

    newsletter: str
    issue_key: int
    due_at: datetime
    variants: tuple[int, ...]


class Corrections:
    """The corrections of a ledger's articles, as its newsletters' readers know them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_untold(self, newsletter: str, *, now: datetime, besides: int | None = None) -> list[Article]:
        """The articles whose correction no issue of a newsletter that had mailed them has told, the oldest first.

        What the issue `besides` tells counts as untold: it is being made anew.
        """
        keys = self._list_corrected(newsletter, now=now)
        told = self._list_told(newsletter, besides=besides)
        articles = Articles(self._connection).iter_keys(keys)
        found = [
            article
            for article in articles
            if (article.key, make_digest(article.correction)) not in told
            and is_untold(article, (one for one, _ in self.list_mailed(article.key, newsletter=newsletter)))
        ]
        return sorted(found, key=lambda article: (article.corrected_at or now, article.id))

    def _list_corrected(self, newsletter: str, *, now: datetime) -> list[int]:
        """The standing articles with a correction that some reader of a newsletter was mailed."""
        article, used = tables.articles, tables.issue_articles
        wanted = select(article.c.key).join(used, used.c.article_key == article.c.key)
        return list(
            self._connection.scalars(
                wanted.where(
                    article.c.corrected_at.is_not(None),
                    article.c.withdrawn_at.is_(None),
                    article.c.released_at <= now,
                    or_(article.c.expires_at.is_(None), article.c.expires_at > now),
                    used.c.newsletter == newsletter,
                    used.c.is_passed_over.is_(False),
                    _has_reached(used.c.issue_key),
                )
            )
        )

    def _list_told(self, newsletter: str, *, besides: int | None) -> set[tuple[int, str]]:
        told = tables.issue_corrections.c
        wanted = select(told.article_key, told.digest).where(told.newsletter == newsletter)
        if besides is not None:
            wanted = wanted.where(told.issue_key != besides)
        return {(key, digest) for key, digest in self._connection.execute(wanted)}

    def list_mailed(self, article_key: int, *, newsletter: str = "") -> list[tuple[Mailed, int]]:
        """(an article as it was mailed, the issue), oldest first; of all newsletters where none is named."""
        used, former = tables.issue_articles, tables.former_snapshots
        wanted = select(used.c.issue_key, used.c.snapshot, used.c.left_out_of).where(
            used.c.article_key == article_key, used.c.is_passed_over.is_(False), _has_reached(used.c.issue_key)
        )
        if newsletter:
            wanted = wanted.where(used.c.newsletter == newsletter)
        mailed: list[tuple[Mailed, int]] = []
        for issue_key, snapshot, left_out_of in self._connection.execute(wanted.order_by(used.c.issue_key)).all():
            earlier = select(former.c.snapshot, former.c.until_revision).where(
                former.c.issue_key == issue_key, former.c.article_key == article_key
            )
            rows = self._connection.execute(earlier.order_by(former.c.until_revision))
            mailed += [(_mailed(old, until=until), issue_key) for old, until in rows]
            mailed.append((_mailed(snapshot, until=left_out_of - 1 if left_out_of else None), issue_key))
        return mailed

    def list_readers(self, article: Article) -> list[Readers]:
        """Who was, or is about to be, sent an article otherwise than it stands, a newsletter each, oldest first."""
        mailed = self.list_mailed(article.key)
        stale = find_stale(article, [one for one, _ in mailed])
        found = []
        for key in dict.fromkeys(issue_key for _, issue_key in mailed):
            texts = [one for one, issue_key in mailed if issue_key == key]
            if variants := self._list_variants(key, texts, stale=stale):
                issue = tables.issues.c
                row = self._connection.execute(select(issue.newsletter, issue.due_at).where(issue.key == key)).one()
                newsletter, due_at = row
                found.append(Readers(newsletter=newsletter, issue_key=key, due_at=due_at, variants=tuple(variants)))
        return found

    def _list_variants(self, issue_key: int, texts: Sequence[Mailed], *, stale: Sequence[Mailed]) -> list[int]:
        variant = tables.variants.c
        wanted = select(variant.key, variant.revision, variant.sections).where(variant.issue_key == issue_key)
        return [
            key
            for key, revision, sections in self._connection.execute(wanted.order_by(variant.key))
            if (text := find_text(texts, revision)) in stale and text and _has_section(text.section, sections)
        ]

    def list_in(self, issue_key: int) -> list[Article]:
        """The corrected articles that an issue tells of, in its order; without their text."""
        told = tables.issue_corrections
        wanted = select(told.c.snapshot).where(told.c.issue_key == issue_key).order_by(told.c.position)
        return [from_snapshot(snapshot) for snapshot in self._connection.scalars(wanted)]

    def give_back(self, issue_key: int) -> None:
        """Let another issue tell what this one would have told."""
        told = tables.issue_corrections
        self._connection.execute(delete(told).where(told.c.issue_key == issue_key))


def _has_section(section: str, wanted: str) -> bool:
    """Whether a choice of sections, one a line, holds a section; no choice holds all."""
    return not wanted or section.casefold() in wanted.casefold().split("\n")


def put_corrections(connection: Connection, issue_key: int, newsletter: str, articles: Sequence[Article]) -> None:
    """Note which corrections an issue tells, in place of those that an earlier text of it told."""
    Corrections(connection).give_back(issue_key)
    rows = [
        {
            "issue_key": issue_key,
            "article_key": article.key,
            "newsletter": newsletter,
            "digest": make_digest(article.correction),
            "position": position,
            "snapshot": to_snapshot(replace(article, html="", images=(), links=(), notes=(), extra={})),
        }
        for position, article in enumerate(articles)
    ]
    if rows:
        connection.execute(insert(tables.issue_corrections), rows)


def keep_former(connection: Connection, issue_key: int, articles: Iterable[Article], *, until: int) -> None:
    """Keep what an issue's text said so far of those articles that it will tell otherwise."""
    used, former = tables.issue_articles, tables.former_snapshots
    for article in articles:
        wanted = select(used.c.snapshot, used.c.left_out_of).where(
            used.c.issue_key == issue_key, used.c.article_key == article.key
        )
        snapshot, left_out_of = connection.execute(wanted).one()
        if _mailed(snapshot) != _mailed(to_snapshot(article)):
            last = left_out_of - 1 if left_out_of else until
            row = {"issue_key": issue_key, "article_key": article.key, "until_revision": last, "snapshot": snapshot}
            connection.execute(insert(former).values(row))


def _mailed(snapshot: dict[str, Any], *, until: int | None = None) -> Mailed:
    names = ("title", "text_digest", "correction", "section")
    return Mailed(**{name: snapshot.get(name, "") for name in names}, until=until)


def _has_reached(issue_key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether somebody has, may have, or is about to get an issue."""
    delivery = tables.deliveries
    return (
        select(delivery.c.key)
        .where(delivery.c.issue_key == issue_key, delivery.c.status.in_(_REACHED))
        .correlate(tables.issue_articles)
        .exists()
    )
