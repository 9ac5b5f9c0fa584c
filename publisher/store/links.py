"""Links between articles: who links to what, and where that lies now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, literal, select, update
from sqlalchemy import insert as plain_insert

from publisher.domain.link import Place, list_names, to_name, to_page
from publisher.store import tables
from publisher.store.chunks import chunked
from publisher.store.dialect import insert

_ARTICLE, _FORMER = tables.articles.c, tables.former_paths.c
_ADDRESS = (_ARTICLE.year, _ARTICLE.month, _ARTICLE.slug, _ARTICLE.released_at, _ARTICLE.expires_at)
_STANDS = _ARTICLE.withdrawn_at.is_(None)
_HERE = select(_ARTICLE.name, _ARTICLE.path, literal(False).label("is_former"), *_ADDRESS).where(_STANDS)
_BEFORE = select(_FORMER.name, _FORMER.path, literal(True).label("is_former"), *_ADDRESS).where(_STANDS)
_BEFORE = _BEFORE.join(tables.articles, _ARTICLE.key == _FORMER.article_key)


class Links:
    """The links between a ledger's articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_linking_to(self, keys: Iterable[int]) -> list[int]:
        """The articles that may link to one of those articles, where these lie now or lay before."""
        article, former, link = tables.articles.c, tables.former_paths.c, tables.article_links.c
        if self._connection.scalar(select(link.article_key).limit(1)) is None:
            return []
        by_name = select(link.article_key).join(tables.articles, article.name == link.target)
        by_former = select(link.article_key).join(tables.former_paths, former.name == link.target)
        statements = (
            wanted
            for some in chunked(keys)
            for wanted in (by_name.where(article.key.in_(some)), by_former.where(former.article_key.in_(some)))
        )
        return sorted({key for statement in statements for key in self._connection.scalars(statement)})

    def list_targets(self, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What the seeds at those paths link to, by path; those without links to others are left out."""
        linking = select(tables.article_links.c.article_key)
        wanted = select(_ARTICLE.path, _ARTICLE.details["links"]).where(_ARTICLE.key.in_(linking))
        statements = (wanted.where(_ARTICLE.path.in_(some)).order_by(_ARTICLE.path) for some in chunked(paths))
        return {path: tuple(links) for statement in statements for path, links in self._connection.execute(statement)}

    def list_places(self, targets: Iterable[str], *, now: datetime) -> dict[str, list[Place]]:
        """Where the articles lie or lay that those targets may mean, by their names; withdrawn ones are left out."""
        found: dict[str, list[Place]] = {}
        for names in chunked(list_names(targets)):
            for wanted in (_HERE.where(_ARTICLE.name.in_(names)), _BEFORE.where(_FORMER.name.in_(names))):
                for row in self._connection.execute(wanted.order_by(_ARTICLE.key)):
                    found.setdefault(row.name, []).append(_to_place(row, now=now))
        return found


def _to_place(row: Row[Any], *, now: datetime) -> Place:
    return Place(
        path=row.path,
        year=row.year,
        month=row.month,
        slug=row.slug,
        is_visible=row.released_at <= now and (row.expires_at is None or row.expires_at > now),
        is_former=bool(row.is_former),
    )


def name_of(path: str) -> str:
    """The name of the seed at a path, as `articles.name` has it."""
    return to_name(to_page(path))


def put_links(connection: Connection, links: Mapping[int, Sequence[str]]) -> None:
    """Note what articles without any such note link to."""
    rows = [{"article_key": key, "target": name} for key, targets in links.items() for name in list_names(targets)]
    if rows:
        connection.execute(plain_insert(tables.article_links), rows)


def renew_links(connection: Connection, key: int, targets: Sequence[str]) -> None:
    """Note what an article links to now, and no more what it did."""
    connection.execute(delete(tables.article_links).where(tables.article_links.c.article_key == key))
    put_links(connection, {key: targets})


def leave_path(connection: Connection, key: int, path: str, *, revision: int) -> None:
    """Note that an article's seed lay at `path`, and count the articles as changed that may link to it there."""
    former = insert(connection, tables.former_paths).values(path=path, name=name_of(path), article_key=key)
    connection.execute(former.on_conflict_do_update(index_elements=["path"], set_={"article_key": key}))
    article, link = tables.articles, tables.article_links.c
    linking = select(link.article_key).where(link.target == name_of(path))
    connection.execute(update(article).where(article.c.key.in_(linking)).values(revision=revision))
