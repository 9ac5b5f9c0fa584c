"""Streams: the articles that a choice takes, in the order of feeds, with the places of those that were taken back.

Everything is asked of `article_topics`, topic by topic in the order of one of its indexes, and only as far as it is
wanted: what a feed costs does not grow with the number of articles that there are.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, and_, func, or_, select

from publisher.domain.article import Article
from publisher.domain.feed import Choice, Gone
from publisher.domain.part import Place
from publisher.domain.topic import Kind, Topic, to_slug
from publisher.store import tables
from publisher.store.article_rows import from_row
from publisher.store.chunks import chunked
from publisher.store.spans import is_before, is_from
from publisher.store.topics import ALL

_TOPICS = tables.article_topics
_T = _TOPICS.c
_NEWEST_FIRST = (_T.released_at.desc(), _T.published_at.desc(), _T.id)
_OLDEST_FIRST = (_T.released_at, _T.published_at, _T.id.desc())
_PLACE = (_T.article_key, _T.released_at, _T.published_at, _T.id)
_EPOCH = datetime.min.replace(tzinfo=UTC)
_KINDS = list(Kind)
_MANY = 1000  # from so many articles on, topics are equally large

_Query = Select[Any]
_Rank = Callable[[Row[Any]], Any]


class Streams:
    """The articles of a ledger by choice."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sizes: dict[str, int] = {}

    def list_newest(self, choice: Choice, *, limit: int, now: datetime) -> list[Article]:
        """The newest that readers can see at `now`, newest first."""
        wanted = select(*_PLACE).where(_T.released_at <= now, _stands(now)).order_by(*_NEWEST_FIRST).limit(limit)
        return self._get(islice(self._merge(choice, wanted, rank=_rank_newest), limit))

    def list_between(self, choice: Choice, *, since: Place, until: Place | None, now: datetime) -> list[Article]:
        """Those that readers can see at `now`, from one place on, up to but not with another, newest first."""
        wanted = select(*_PLACE).where(is_from(_T, since), _came_out(now, before=until), _stands(now))
        return self._get(self._merge(choice, wanted.order_by(*_NEWEST_FIRST), rank=_rank_newest))

    def list_changed(self, choice: Choice, *, since: datetime, limit: int, now: datetime) -> list[Article]:
        """Those that readers can see at `now` and that were changed later than `since`, newest change first."""
        return self._get(islice(self._iter_changed(choice, since=since, limit=limit, now=now), limit))

    def _iter_changed(self, choice: Choice, *, since: datetime | None, limit: int, now: datetime) -> Iterator[Row[Any]]:
        is_changed = and_(_T.updated_at > _T.released_at, _T.updated_at <= now)
        wanted = select(_T.updated_at, *_PLACE).where(is_changed, _stands(now)).limit(limit)
        if since:
            wanted = wanted.where(_T.updated_at > since)
        return self._merge(choice, wanted.order_by(_T.updated_at.desc(), *_NEWEST_FIRST), rank=_rank_changed)

    def list_gone(self, choice: Choice, *, since: datetime, limit: int, now: datetime) -> list[Gone]:
        """What readers could see and what was taken back, or over, later than `since` and by `now`, newest first."""
        rows = islice(self._iter_gone(choice, since=since, limit=limit, now=now), limit)
        return [Gone(id=row.id, at=row.at) for row in rows]

    def _iter_gone(self, choice: Choice, *, since: datetime | None, limit: int, now: datetime) -> Iterator[Row[Any]]:
        withdrawn_first = or_(_T.expires_at.is_(None), _T.expires_at >= _T.withdrawn_at)
        expired_first = or_(_T.withdrawn_at.is_(None), _T.withdrawn_at > _T.expires_at)
        merged = [
            self._merge(choice, _select_gone(at, since=since, now=now).where(comes_first).limit(limit), rank=_rank_gone)
            for at, comes_first in ((_T.withdrawn_at, withdrawn_first), (_T.expires_at, expired_first))
        ]
        return heapq.merge(*merged, key=_rank_gone)

    def find_newest_change(self, choice: Choice, *, now: datetime) -> datetime | None:
        """When the last thing happened by `now`: a release, a change of what readers can see, an end of it."""
        newest = self.find_place_before(choice, None, now=now)
        moments = [
            *([newest.released_at] if newest else []),
            *(row.updated_at for row in islice(self._iter_changed(choice, since=None, limit=1, now=now), 1)),
            *(row.at for row in islice(self._iter_gone(choice, since=None, limit=1, now=now), 1)),
        ]
        return max(moments, default=None)

    def find_place_before(self, choice: Choice, place: Place | None, *, now: datetime) -> Place | None:
        """The newest released place that is older than that one (None: of all); those taken back count too."""
        wanted = select(*_PLACE).where(_came_out(now, before=place), _was_seen()).order_by(*_NEWEST_FIRST).limit(1)
        return next(map(_to_place, self._merge(choice, wanted, rank=_rank_newest)), None)

    def list_places(self, choice: Choice, *, since: Place, until: Place, now: datetime) -> list[Place]:
        """The released places from one on, up to but not with another, oldest first; those taken back count too."""
        wanted = select(*_PLACE).where(is_from(_T, since), _came_out(now, before=until), _was_seen())
        newest_first = self._merge(choice, wanted.order_by(*_NEWEST_FIRST), rank=_rank_newest)
        return list(map(_to_place, newest_first))[::-1]

    def find_topic(self, path: str, *, least: int, now: datetime) -> Topic | None:
        """The topic of that path, named as the oldest of its articles writes it, where so many were ever released.

        As the oldest, since the name stands in each part of its archive, and what is closed stays as it is.
        """
        if not _is_path(path):
            return None
        named = select(_T.name).where(_T.topic == path, _T.released_at <= now, _was_seen())
        names = self._connection.scalars(named.order_by(*_OLDEST_FIRST).limit(least)).all()
        return _to_topic(path, names[0]) if names and len(names) >= least else None

    def list_topics(self, *, most: int, now: datetime) -> list[tuple[Topic, int]]:
        """Each topic that has an article which readers can see at `now`, by kind and slug, with how many up to `most`.

        It is named as the oldest of all that were ever released writes it.
        """
        topics = _every_topic()
        one = _TOPICS.alias().c
        names = select(one.name).where(one.topic == topics.c.topic, one.released_at <= now, _was_seen(one))
        by_place = (one.released_at, one.published_at, one.id.desc())
        name = names.order_by(*by_place).limit(1).scalar_subquery().label("name")
        some = select(_T.article_key).where(_T.topic == topics.c.topic, _T.released_at <= now, _stands(now)).limit(most)
        counted = select(func.count()).select_from(some.correlate(topics).subquery())
        number = counted.correlate(topics).scalar_subquery().label("number")
        rows = self._connection.execute(select(topics.c.topic, number, name).where(topics.c.topic.is_not(None)))
        found = [(_to_topic(row.topic, row.name), row.number) for row in rows if row.number]
        return sorted(found, key=lambda topic: (_KINDS.index(topic[0].kind), topic[0].slug))

    def list_months(self, keys: Iterable[int], *, now: datetime) -> list[tuple[int, int]]:
        """The months (UTC) in which those rows came out, each once, oldest first."""
        seen = select(_T.released_at).distinct().where(_T.released_at <= now, _was_seen())
        moments = (
            moment
            for some in chunked(set(keys))
            for moment in self._connection.scalars(seen.where(_T.article_key.in_(some)))
        )
        return sorted({(moment.year, moment.month) for moment in moments})

    def _merge(self, choice: Choice, wanted: _Query, *, rank: _Rank) -> Iterator[Row[Any]]:
        """The rows of a query for each topic of one part of the choice, merged by rank, each article once."""
        driving, others = self._split(choice)
        for number, paths in enumerate(others):
            wanted = wanted.where(_is_in(paths, name=f"other_{number}"))
        found = [self._connection.execute(wanted.where(_T.topic == path)).all() for path in sorted(driving)]
        return (next(rows) for _, rows in groupby(heapq.merge(*found, key=rank), key=lambda row: row.article_key))

    def _split(self, choice: Choice) -> tuple[set[str], list[set[str]]]:
        """(the topics of the part with the fewest articles, those of the other parts)."""
        parts = _list_parts(choice)
        if len(parts) > 1:
            parts.sort(key=lambda paths: sum(map(self._measure, paths)))
        return parts[0], parts[1:]

    def _measure(self, path: str) -> int:
        """How many articles a topic has, at most `_MANY`."""
        if path not in self._sizes:
            some = select(_T.topic).where(_T.topic == path).limit(_MANY).subquery()
            self._sizes[path] = self._connection.scalar(select(func.count()).select_from(some)) or 0
        return self._sizes[path]

    def _get(self, rows: Iterable[Row[Any]]) -> list[Article]:
        keys = [row.article_key for row in rows]
        article = tables.articles
        found = {
            row.key: row
            for some in chunked(keys)
            for row in self._connection.execute(select(article).where(article.c.key.in_(some)))
        }
        return [from_row(found[key]) for key in keys if key in found]


def _list_parts(choice: Choice) -> list[set[str]]:
    """The topics of each part of a choice that is not empty; all articles where each is."""
    written = {
        Kind.TAG: choice.tags,
        Kind.AUTHOR: choice.authors,
        Kind.SECTION: choice.sections,
        Kind.LANGUAGE: choice.languages,
    }
    parts = [
        {Topic(kind=kind, slug=slug, name="").path for slug in map(to_slug, names) if slug}
        for kind, names in written.items()
        if names
    ]
    return parts or [{ALL}]


def _every_topic() -> CTE:
    """Every topic but that of all articles, and nothing at the end: each found behind the one before by the index.

    To group by them would read the rows of all articles.
    """
    first = select(func.min(_T.topic).label("topic")).where(_T.topic > ALL)
    found = first.cte("every_topic", recursive=True)
    further = select(func.min(_T.topic)).where(_T.topic > found.c.topic).scalar_subquery()
    return found.union_all(select(further).where(found.c.topic.is_not(None)))


def _is_in(paths: set[str], *, name: str) -> ColumnElement[bool]:
    other = _TOPICS.alias(name)
    return select(other.c.topic).where(other.c.article_key == _T.article_key, other.c.topic.in_(sorted(paths))).exists()


def _came_out(now: datetime, *, before: Place | None) -> ColumnElement[bool]:
    """Whether it is released and older than a place; by one bound alone: SQLite enters an index by the first."""
    return _T.released_at <= now if before is None or before.released_at > now else is_before(_T, before)


def _stands(now: datetime) -> ColumnElement[bool]:
    """Whether it was neither withdrawn nor is past its time."""
    return and_(_T.withdrawn_at.is_(None), or_(_T.expires_at.is_(None), _T.expires_at > now))


def _was_seen(topics: Any = _T) -> ColumnElement[bool]:
    """Whether it was neither withdrawn nor over before it was released."""
    return and_(*(or_(end.is_(None), end > topics.released_at) for end in (topics.withdrawn_at, topics.expires_at)))


def _select_gone(at: ColumnElement[Any], *, since: datetime | None, now: datetime) -> _Query:
    """What ended by `now` at one of its moments, after it had been released, and known: old ones may come when over."""
    article = tables.articles.c
    first_seen_at = select(article.first_seen_at).where(article.key == _T.article_key).scalar_subquery()
    wanted = select(at.label("at"), *_PLACE).where(at <= now, at > _T.released_at, at > first_seen_at)
    ordered = wanted.order_by(at.desc(), *_NEWEST_FIRST)
    return ordered.where(at > since) if since else ordered


def _rank_newest(row: Row[Any]) -> Any:
    return _EPOCH - row.released_at, _EPOCH - row.published_at, row.id


def _rank_changed(row: Row[Any]) -> Any:
    return _EPOCH - row.updated_at, _rank_newest(row)


def _rank_gone(row: Row[Any]) -> Any:
    return _EPOCH - row.at, _rank_newest(row)


def _to_place(row: Row[Any]) -> Place:
    return Place(released_at=row.released_at, published_at=row.published_at, id=row.id)


def _is_path(path: str) -> bool:
    kind, _, slug = path.partition("/")
    return kind in _KINDS and to_slug(slug) == slug != ""


def _to_topic(path: str, name: str) -> Topic:
    kind, _, slug = path.partition("/")
    return Topic(kind=Kind(kind), slug=slug, name=name)
