"""Where the months of feeds' archives were cut: noted once, so that a part that was closed stays as it is."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from publisher.domain.part import Place
from publisher.store import tables
from publisher.store.dialect import insert
from publisher.store.spans import is_before, is_from


class Cuts:
    """The first places of the further parts of months, by feed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_cuts(self, feed: str, *, since: Place, until: Place) -> list[Place]:
        """The cuts of a feed from one place on, up to but not with another, oldest first."""
        cut = tables.feed_cuts.c
        wanted = select(cut.released_at, cut.published_at, cut.id).where(
            cut.feed == feed, is_from(cut, since), is_before(cut, until)
        )
        rows = self._connection.execute(wanted.order_by(cut.released_at, cut.published_at, cut.id.desc()))
        return [Place(released_at=row.released_at, published_at=row.published_at, id=row.id) for row in rows]

    def put(self, feed: str, cuts: Iterable[Place]) -> None:
        """Note cuts of a feed; those that are noted stay."""
        rows = [
            {"feed": feed, "released_at": cut.released_at, "published_at": cut.published_at, "id": cut.id}
            for cut in cuts
        ]
        if rows:
            self._connection.execute(insert(self._connection, tables.feed_cuts).on_conflict_do_nothing(), rows)
