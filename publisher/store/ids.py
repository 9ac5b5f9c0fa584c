"""What of each article no file can tell."""

from sqlalchemy import Connection, select

from publisher.domain.ids import IdRecord
from publisher.store import tables


class Ids:
    """The identities, addresses and moments of a ledger's articles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_all(self) -> list[IdRecord]:
        """A record for each article; one whose file another article has taken names no path."""
        article = tables.articles.c
        columns = (article.id, article.path, article.year, article.month, article.slug, article.declared_id)
        moments = (article.published_at, article.released_at, article.first_seen_at)
        wanted = select(*columns, *moments, article.key, article.withdrawn_at.is_(None))
        rows = self._connection.execute(wanted.order_by(article.key)).all()
        holders = {row[1]: row.key for row in sorted(rows, key=lambda row: (row[-1], row.key))}  # a live one comes last
        former = self._list_former()
        return [
            IdRecord(
                id=row.id,
                path=row.path if holders[row.path] == row.key else "",
                year=row.year,
                month=row.month,
                slug=row.slug,
                declared_id=row.declared_id,
                published_at=row.published_at,
                released_at=row.released_at,
                first_seen_at=row.first_seen_at,
                former=tuple(former.get(row.key, ())),
            )
            for row in rows
        ]

    def list_standing(self) -> dict[str, str]:
        """The id of the article that stands at each path."""
        article = tables.articles.c
        wanted = select(article.path, article.id).where(article.withdrawn_at.is_(None), article.path != "")
        return {row.path: row.id for row in self._connection.execute(wanted)}

    def _list_former(self) -> dict[int, list[str]]:
        address = tables.addresses.c
        found: dict[int, list[str]] = {}
        for path, key in self._connection.execute(select(address.path, address.article_key).order_by(address.path)):
            found.setdefault(key, []).append(path)
        return found
