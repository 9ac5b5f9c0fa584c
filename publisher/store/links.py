"""Links between articles: who links to what, and where that lies now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from publisher.domain.link import Place, list_names, to_name, to_page
from publisher.store import tables
from publisher.store.chunks import chunked


class Links:
    """The links between a ledger's articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_linking_to(self, keys: Iterable[int]) -> list[int]:
        """The articles that may link to one of those articles, where these lie now."""
        article, link = tables.articles.c, tables.article_links.c
        if self._connection.scalar(select(link.article_key).limit(1)) is None:
            return []
        statements = (
            select(link.article_key).join(tables.articles, article.name == link.target).where(article.key.in_(some))
            for some in chunked(keys)
        )
        return sorted({key for statement in statements for key in self._connection.scalars(statement)})

    def list_places(self, targets: Iterable[str], *, now: datetime) -> dict[str, list[Place]]:
        """Where the articles lie that those targets may mean, by their names; withdrawn ones are left out."""
        article = tables.articles.c
        columns = (article.name, article.path, article.year, article.month, article.slug)
        wanted = select(*columns, article.released_at, article.expires_at).where(article.withdrawn_at.is_(None))
        found: dict[str, list[Place]] = {}
        for names in chunked(list_names(targets)):
            for row in self._connection.execute(wanted.where(article.name.in_(names)).order_by(article.key)):
                is_visible = row.released_at <= now and (row.expires_at is None or row.expires_at > now)
                place = Place(path=row.path, year=row.year, month=row.month, slug=row.slug, is_visible=is_visible)
                found.setdefault(row.name, []).append(place)
        return found


def name_of(path: str) -> str:
    """The name of the seed at a path, as `articles.name` has it."""
    return to_name(to_page(path))


def put_links(connection: Connection, links: Mapping[int, Sequence[str]]) -> None:
    """Note what articles without any such note link to."""
    rows = [{"article_key": key, "target": name} for key, targets in links.items() for name in list_names(targets)]
    if rows:
        connection.execute(insert(tables.article_links), rows)


def renew_links(connection: Connection, key: int, targets: Sequence[str]) -> None:
    """Note what an article links to now, and no more what it did."""
    connection.execute(delete(tables.article_links).where(tables.article_links.c.article_key == key))
    put_links(connection, {key: targets})


def touch_linking_to(connection: Connection, path: str, *, revision: int) -> None:
    """Count the articles as changed that may link to the seed which lay at `path`."""
    article, link = tables.articles, tables.article_links.c
    linking = select(link.article_key).where(link.target == name_of(path))
    connection.execute(update(article).where(article.c.key.in_(linking)).values(revision=revision))
