"""Where articles' seeds lie and what these held: what a look at the folder is compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, func, select

from publisher.store import tables
from publisher.store.chunks import chunked

_Value = TypeVar("_Value", int, str)
_PLACES = select(
    tables.articles.c.key,
    tables.articles.c.path,
    tables.articles.c.seed_digest,
    tables.articles.c.text_digest,
    tables.articles.c.title,
    tables.articles.c.declared_id,
    tables.articles.c.withdrawn_at.is_not(None),
).order_by(tables.articles.c.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePlace:
    """Where an article's seed lies and what it held when it was last read well."""

    key: int
    path: str
    seed_digest: str
    text_digest: str
    title: str
    declared_id: str
    is_withdrawn: bool


class Places:
    """The places of a ledger's articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_at(self, paths: Iterable[str]) -> list[ArticlePlace]:
        """The articles whose seeds lie, or lay, at those paths, by key within each chunk."""
        return self._list(tables.articles.c.path, paths)

    def list_with_content(self, digests: Iterable[str]) -> list[ArticlePlace]:
        """The articles whose seeds were last read well with one of those digests, by key within each chunk."""
        return self._list(tables.articles.c.seed_digest, digests)

    def list_of(self, keys: Iterable[int]) -> list[ArticlePlace]:
        """The articles of those rows, by key within each chunk."""
        return self._list(tables.articles.c.key, keys)

    def list_with_id(self, ids: Iterable[str] | None) -> list[ArticlePlace]:
        """The articles that declare one of those ids (None: any at all), by key within each chunk."""
        column = tables.articles.c.declared_id
        if ids is None:
            return _to_places(map(tuple, self._connection.execute(_PLACES.where(column > ""))))
        return self._list(column, filter(None, ids))

    def _list(self, column: Column[_Value], values: Iterable[_Value]) -> list[ArticlePlace]:
        statements = (_PLACES.where(column.in_(some)) for some in chunked(set(values)))
        return [
            place for statement in statements for place in _to_places(map(tuple, self._connection.execute(statement)))
        ]

    def count_live(self) -> int:
        """How many articles are not withdrawn; counted from indexes."""
        article = tables.articles
        count = select(func.count()).select_from(article)
        withdrawn = self._connection.scalar(count.where(article.c.withdrawn_at.is_not(None))) or 0
        return (self._connection.scalar(count) or 0) - withdrawn


def _to_places(rows: Iterable[tuple[Any, ...]]) -> list[ArticlePlace]:
    return [
        ArticlePlace(
            key=key,
            path=path,
            seed_digest=seed_digest,
            text_digest=text_digest,
            title=title,
            declared_id=declared_id,
            is_withdrawn=is_withdrawn,
        )
        for key, path, seed_digest, text_digest, title, declared_id, is_withdrawn in rows
    ]
