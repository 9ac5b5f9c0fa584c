"""Articles: their text, their identity, when readers can see them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update
from sqlalchemy import insert as plain_insert

from publisher.domain.address import article_path
from publisher.domain.article import Article, Image, Status
from publisher.store import tables
from publisher.store.addresses import put_aliases
from publisher.store.article_rows import from_row, to_row
from publisher.store.chunks import chunked
from publisher.store.links import leave_path, put_links, renew_links
from publisher.store.topics import note_withdrawal, put_topics, renew_topics

_IMAGES = TypeAdapter(tuple[Image, ...])
_AT_ONCE = 64  # articles fetched together: a feed is full after 50, and each holds a whole text
_NEWEST_FIRST = (
    tables.articles.c.released_at.desc(),
    tables.articles.c.published_at.desc(),
    tables.articles.c.id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPictures:
    """The pictures of one article, where its seed lies, and where pictures would lie that it misses."""

    path: str
    images: tuple[Image, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """An article's identity and its moments, without its text."""

    id: str
    released_at: datetime
    published_at: datetime
    updated_at: datetime


class Articles:
    """The articles of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _revision(self) -> int:
        """The number of this transaction's changes."""
        return self.find_revision() + 1

    def find_revision(self) -> int:
        """The number of the newest change; it grows with every transaction that changes articles."""
        return self._connection.scalar(select(func.max(tables.articles.c.revision))) or 0

    def add(self, article: Article, *, seed_digest: str) -> Article:
        """Write a new article down; its `key` is the ledger's to give, the one given here is left aside."""
        return self.get(self.add_many([(article, seed_digest)])[0])

    def add_many(self, new: Sequence[tuple[Article, str]]) -> list[int]:
        """Write new articles down, each with its seed's digest; gives their keys in that order."""
        if not new:
            return []
        rows = [to_row(article, seed_digest=digest, revision=self._revision) for article, digest in new]
        self._connection.execute(plain_insert(tables.articles), rows)
        keys = self._list_keys_by_id([article.id for article, _ in new])
        for article, _ in new:
            put_aliases(self._connection, keys[article.id], article.aliases)
        put_links(self._connection, {keys[article.id]: article.links for article, _ in new if article.links})
        # What waits for its file was never seen: it is withdrawn, and held nothing.
        seen = {keys[article.id]: article for article, digest in new if digest or article.withdrawn_at is None}
        put_topics(self._connection, seen)
        return [keys[article.id] for article, _ in new]

    def _list_keys_by_id(self, ids: Sequence[str]) -> dict[str, int]:
        article = tables.articles.c
        statements = (select(article.id, article.key).where(article.id.in_(some)) for some in chunked(ids))
        return {row.id: row.key for statement in statements for row in self._connection.execute(statement)}

    def change(self, article: Article, *, seed_digest: str) -> None:
        """Replace an article's content, path and moments; a former address goes on leading to it."""
        values = to_row(article, seed_digest=seed_digest, revision=self._revision)
        before = self.get(article.key)
        if (before.year, before.month, before.slug) != (article.year, article.month, article.slug):
            former = article_path(before.year, before.month, before.slug)
            put_aliases(self._connection, article.key, [former])
        self._connection.execute(update(tables.articles).where(tables.articles.c.key == article.key).values(values))
        put_aliases(self._connection, article.key, article.aliases)
        renew_links(self._connection, article.key, article.links)
        renew_topics(self._connection, article)
        if before.path not in {"", article.path}:
            leave_path(self._connection, article.key, before.path, revision=self._revision)

    def withdraw(self, key: int, *, now: datetime) -> None:
        """Take an article back; it keeps its identity."""
        self._set(key, withdrawn_at=now, revision=self._revision)
        note_withdrawal(self._connection, key, now=now)

    def detach(self, key: int) -> None:
        """Leave an article without a file, since its path holds another one now; for readers nothing changes."""
        self._set(key, path="")

    def _set(self, key: int, **values: Any) -> None:
        self._connection.execute(update(tables.articles).where(tables.articles.c.key == key).values(**values))

    def get(self, key: int) -> Article:
        """The article of that row."""
        row = self._connection.execute(select(tables.articles).where(tables.articles.c.key == key)).one()
        return from_row(row)

    def find_at(self, *, year: int, month: int, slug: str) -> Article | None:
        """The article at that address, withdrawn ones too."""
        article = tables.articles
        wanted = select(article).where(article.c.year == year, article.c.month == month, article.c.slug == slug)
        return self._first(wanted)

    def find_by_former_address(self, path: str) -> Article | None:
        """The article that a former address or an alias leads to."""
        article, address = tables.articles, tables.addresses
        return self._first(select(article).join(address).where(address.c.path == path))

    def _first(self, wanted: Select[Any]) -> Article | None:
        row = self._connection.execute(wanted.order_by(tables.articles.c.key).limit(1)).first()
        return from_row(row) if row else None

    def list_named(self, name: str) -> list[Article]:
        """Those whose id, path or slug is `name`, by key; an id or a path stands before slugs."""
        article = tables.articles
        for matching in (article.c.id == name, article.c.path == name, article.c.slug == name):
            rows = self._connection.execute(select(article).where(matching).order_by(article.c.key)).all()
            if rows:
                return [from_row(row) for row in rows]
        return []

    def list_all(self) -> list[Article]:
        """Every article, scheduled and withdrawn ones too, newest first."""
        return list(self._iter(select(tables.articles)))

    def iter_released(self, now: datetime) -> Iterator[Article]:
        """What readers can see at `now`, newest first, streaming."""
        article = tables.articles
        return self._iter(select(article).where(_stands(now), article.c.released_at <= now))

    def iter_candidates(self, *, newsletter: str, since: datetime) -> Iterator[Article]:
        """What stands (scheduled too), comes out from `since` on and is in no issue of the newsletter, newest first."""
        article, used = tables.articles, tables.issue_articles
        mailed = select(used.c.article_key).where(used.c.newsletter == newsletter)
        return self._iter(
            select(article).where(
                article.c.withdrawn_at.is_(None), article.c.released_at >= since, article.c.key.not_in(mailed)
            )
        )

    def _iter(self, wanted: Select[Any]) -> Iterator[Article]:
        in_order, streaming = wanted.order_by(*_NEWEST_FIRST), {"yield_per": _AT_ONCE}
        with self._connection.execute(in_order, execution_options=streaming) as rows:
            for row in rows:
                yield from_row(row)

    def iter_keys(self, keys: Iterable[int]) -> Iterator[Article]:
        """The articles of those rows, newest first within each chunk."""
        for chunk in chunked(keys):
            yield from self._iter(select(tables.articles).where(tables.articles.c.key.in_(chunk)))

    def list_pictures(self, *, since: int | None = None) -> dict[int, ShownPictures]:
        """The pictures that articles show, by key: of those that have any, or of all changed after a revision.

        Withdrawn ones show none.
        """
        article = tables.articles.c
        columns = (article.key, article.path, article.withdrawn_at, article.details["images"])
        wanted = select(*columns, article.details["missing_pictures"])
        rows = self._connection.execute(
            wanted.where(tables.HAS_PICTURES if since is None else article.revision > since)
        )
        return {
            key: ShownPictures(path=path, images=(), missing=())
            if gone_at or not (images or missing)
            else ShownPictures(path=path, images=_IMAGES.validate_python(images), missing=tuple(missing or ()))
            for key, path, gone_at, images, missing in rows
        }

    def are_hidden(self, articles: Sequence[Article], *, now: datetime) -> bool:
        """Whether readers may not see one of the articles (any more) at `now`."""
        article = tables.articles
        hidden = or_(article.c.withdrawn_at.is_not(None), article.c.released_at > now, article.c.expires_at <= now)
        found = self._connection.scalars(select(article.c.key).where(hidden))
        return not {one.key for one in articles}.isdisjoint(found)

    def has_id(self, identity: str) -> bool:
        """Whether an article has that identity."""
        wanted = select(tables.articles.c.key).where(tables.articles.c.id == identity)
        return self._connection.execute(wanted).first() is not None

    def list_with_ids(self, ids: Sequence[str]) -> list[Article]:
        """The articles with those identities, as far as there are any; withdrawn ones too."""
        article = tables.articles
        statements = (select(article).where(article.c.id.in_(some)) for some in chunked(ids))
        return [found for statement in statements for found in self._iter(statement)]

    def list_moments(self, ids: Sequence[str]) -> list[Moments]:
        """When the articles with those identities came out, what they are dated and when they changed last."""
        article = tables.articles.c
        columns = (article.id, article.released_at, article.published_at, article.updated_at)
        statements = (select(*columns).where(article.id.in_(some)) for some in chunked(ids))
        return [Moments(**row._mapping) for statement in statements for row in self._connection.execute(statement)]

    def list_sections(self, now: datetime) -> list[str]:
        """The sections that have an article which readers can see at `now`, by name."""
        article = tables.articles
        wanted = select(article.c.section).where(_stands(now), article.c.released_at <= now, article.c.section != "")
        return list(self._connection.scalars(wanted.distinct().order_by(article.c.section)))

    def find_next_release(self, now: datetime) -> datetime | None:
        """The moment when the next scheduled article comes out."""
        article = tables.articles
        wanted = select(func.min(article.c.released_at))
        moment: datetime | None = self._connection.scalar(
            wanted.where(article.c.withdrawn_at.is_(None), article.c.released_at > now)
        )
        return moment

    def find_next_expiry(self, now: datetime) -> datetime | None:
        """The moment when the next article's time is over."""
        article = tables.articles
        wanted = select(func.min(article.c.expires_at))
        moment: datetime | None = self._connection.scalar(
            wanted.where(article.c.withdrawn_at.is_(None), article.c.expires_at > now)
        )
        return moment

    def list_expired(self, *, after: datetime, until: datetime) -> list[Article]:
        """The standing articles whose time was over later than `after` and not later than `until`."""
        article = tables.articles
        is_over = and_(article.c.expires_at > after, article.c.expires_at <= until)
        return list(self._iter(select(article).where(article.c.withdrawn_at.is_(None), is_over)))

    def count_by_status(self, now: datetime) -> dict[Status, int]:
        """How many articles stand where at `now`; counted from indexes, never through their texts."""
        article = tables.articles
        count = select(func.count()).select_from(article)
        is_withdrawn = article.c.withdrawn_at.is_not(None)
        is_early = article.c.released_at > now
        is_over = and_(article.c.expires_at <= now, article.c.withdrawn_at.is_(None))
        total, withdrawn, expired, early, early_withdrawn, early_expired = (
            self._connection.scalar(wanted) or 0
            for wanted in (
                count,
                count.where(is_withdrawn),
                count.where(is_over),
                count.where(is_early),
                count.where(is_early, is_withdrawn),
                count.where(is_early, is_over),
            )
        )
        scheduled = early - early_withdrawn - early_expired
        return {
            Status.SCHEDULED: scheduled,
            Status.PUBLISHED: total - withdrawn - expired - scheduled,
            Status.EXPIRED: expired,
            Status.WITHDRAWN: withdrawn,
        }

    def list_keys_since(self, *, revision: int, released_after: datetime, until: datetime) -> list[int]:
        """The rows changed after that revision, or come out or over later than `released_after`, by `until`."""
        article = tables.articles.c
        came_out = and_(article.released_at > released_after, article.released_at <= until)
        is_over = and_(article.expires_at > released_after, article.expires_at <= until)
        # One by one: each has an index, and together none is used.
        found = (self._connection.scalars(select(article.key).where(is_news)) for is_news in (came_out, is_over))
        changed = self._connection.scalars(select(article.key).where(article.revision > revision))
        return sorted({*changed, *(key for keys in found for key in keys)})


def _stands(now: datetime) -> ColumnElement[bool]:
    """Whether an article was neither withdrawn nor is past its time."""
    article = tables.articles.c
    return and_(article.withdrawn_at.is_(None), or_(article.expires_at.is_(None), article.expires_at > now))
