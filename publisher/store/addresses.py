"""Addresses: where articles are, where they were before, and which are still free."""

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select, tuple_

from publisher.domain.address import article_path
from publisher.domain.slugs import next_free
from publisher.store import tables
from publisher.store.chunks import chunked
from publisher.store.dialect import insert

Place = tuple[int, int, str]  # year, month, slug


class Addresses:
    """The addresses of a ledger's articles; one that was ever an article's leads to no other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_taken(self, places: Iterable[Place]) -> set[Place]:
        """Which of those addresses are, or ever were, an article's."""
        article, address = tables.articles, tables.addresses
        wanted = {article_path(*place): place for place in places}
        here = tuple_(article.c.year, article.c.month, article.c.slug)
        taken: set[Place] = set()
        for paths in chunked(wanted):
            some = [wanted[path] for path in paths]
            rows = self._connection.execute(
                select(article.c.year, article.c.month, article.c.slug).where(here.in_(some))
            )
            former = self._connection.scalars(select(address.c.path).where(address.c.path.in_(paths)))
            taken.update((row.year, row.month, row.slug) for row in rows)
            taken.update(wanted[path] for path in former)
        return taken

    def list_former(self, keys: Iterable[int]) -> list[str]:
        """The aliases of those articles, and the addresses where they lived before."""
        address = tables.addresses
        statements = (select(address.c.path).where(address.c.article_key.in_(some)) for some in chunked(keys))
        return [path for statement in statements for path in self._connection.scalars(statement)]

    def free_slug(self, year: int, month: int, wanted: str, *, key: int = 0) -> str:
        """`wanted`, or its twin with the lowest number, at an address that was never another article's than `key`."""
        return next_free(wanted, is_taken=self.list_twins(year, month, wanted, besides=key).__contains__)

    def list_twins(self, year: int, month: int, wanted: str, *, besides: int = 0) -> set[str]:
        """`wanted` and its twins that are, or ever were, in addresses of that month; those of one article left out."""
        article, address = tables.articles, tables.addresses
        prefix = f"/articles/{year:04}/{month:02}/"
        here = self._connection.scalars(
            select(article.c.slug).where(
                article.c.year == year,
                article.c.month == month,
                or_(article.c.slug == wanted, article.c.slug.startswith(f"{wanted}-", autoescape=True)),
                article.c.key != besides,
            )
        )
        former = self._connection.scalars(
            select(address.c.path).where(
                or_(
                    address.c.path == prefix + wanted,
                    address.c.path.startswith(f"{prefix}{wanted}-", autoescape=True),
                ),
                address.c.article_key != besides,
            )
        )
        return {*here, *(path.removeprefix(prefix) for path in former)}


def put_aliases(connection: Connection, key: int, paths: Iterable[str]) -> None:
    """Let paths lead to an article, but for those that lead somewhere already."""
    for path in paths:
        statement = insert(connection, tables.addresses).values(path=path, article_key=key)
        connection.execute(statement.on_conflict_do_nothing())
