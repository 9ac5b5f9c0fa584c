"""Seeds: the folder as it was at the last look."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, or_, select, update

from publisher.domain.doubt import Doubt, Remedy
from publisher.store import tables
from publisher.store.chunks import CHUNK, chunked
from publisher.store.dialect import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRecord:
    """A seed as last read; no article where it is a draft.

    Where it waits for review, `reason` (with `line`) says why, `remedy` what can be done, `doubts` which fields it is.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    article_key: int | None = None
    reason: str = ""
    line: int | None = None
    gone_at: datetime | None = None
    remedy: Remedy = Remedy.MEND
    waiting_since: datetime | None = None
    doubts: tuple[Doubt, ...] = ()


_FIELDS = tuple(SeedRecord.__dataclass_fields__)
_SEEDS = select(*(tables.seeds.c[name] for name in _FIELDS))


class Seeds:
    """What is remembered of each file in the folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_all(self) -> list[SeedRecord]:
        """Every seed that is remembered, by path."""
        return self._list(_SEEDS)

    def list_waiting(self) -> list[SeedRecord]:
        """The seeds that wait for an editor, by path."""
        return self._list(_SEEDS.where(tables.WAITS))

    def list_waiting_paths(self, *, limit: int) -> list[str]:
        """The paths of at most so many seeds that wait for an editor and could be read."""
        seed = tables.seeds.c
        wanted = select(seed.path).where(tables.WAITS, seed.digest != "").order_by(seed.path).limit(limit)
        return list(self._connection.scalars(wanted))

    def list_gone_paths(self, *, limit: int) -> list[str]:
        """The paths of at most so many seeds that the last looks have missed."""
        seed = tables.seeds.c
        wanted = select(seed.path).where(seed.gone_at.is_not(None)).order_by(seed.gone_at, seed.path).limit(limit)
        return list(self._connection.scalars(wanted))

    def list_at(self, paths: Iterable[str]) -> list[SeedRecord]:
        """What is remembered of the seeds at those paths, by path."""
        return [record for some in chunked(paths) for record in self._list(_SEEDS.where(tables.seeds.c.path.in_(some)))]

    def iter_marks(self) -> Iterator[tuple[str, int, int, bool]]:
        """(path, size, time, whether it waits or is missing) of every seed, streaming."""
        seed = tables.seeds.c
        is_open = or_(seed.reason != "", seed.gone_at.is_not(None))
        wanted = select(seed.path, seed.size, seed.mtime_ns, is_open)
        with self._connection.execute(wanted, execution_options={"yield_per": 10 * CHUNK}) as rows:
            for path, size, mtime_ns, open_ in rows:
                yield path, size, mtime_ns, bool(open_)

    def _list(self, wanted: Select[Any]) -> list[SeedRecord]:
        rows = self._connection.execute(wanted.order_by(tables.seeds.c.path))
        return [
            SeedRecord(
                path=path,
                size=size,
                mtime_ns=mtime_ns,
                digest=digest,
                article_key=article_key,
                reason=reason,
                line=line,
                gone_at=gone_at,
                remedy=Remedy(remedy or Remedy.MEND),
                waiting_since=waiting_since,
                doubts=tuple(Doubt(**doubt) for doubt in doubts or ()),
            )
            for path, size, mtime_ns, digest, article_key, reason, line, gone_at, remedy, waiting_since, doubts in rows
        ]

    def find(self, path: str) -> SeedRecord | None:
        """The seed at a path, where one is remembered."""
        found = self._list(_SEEDS.where(tables.seeds.c.path == path))
        return found[0] if found else None

    def count_in_review(self) -> int:
        """How many seeds wait for an editor."""
        return self._connection.scalar(select(func.count()).select_from(tables.seeds).where(tables.WAITS)) or 0

    def put_many(self, records: Sequence[SeedRecord]) -> None:
        """Remember seeds as they are now."""
        if not records:
            return
        statement = insert(self._connection, tables.seeds)
        changing = {name: statement.excluded[name] for name in _FIELDS if name != "path"}
        rows = [_to_row(record) for record in records]
        self._connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=changing), rows)

    def set_reason(self, path: str, reason: str, *, line: int | None = None) -> None:
        """Let a file wait for that reason, or for none any more; it is read again where it waits."""
        seed = tables.seeds
        values = {"reason": reason, "line": line, "remedy": "", "waiting_since": None, "doubts": None}
        self._connection.execute(update(seed).where(seed.c.path == path).values(values))

    def mark_gone(self, path: str, *, gone_at: datetime) -> None:
        """Note since when a file has been missing."""
        seed = tables.seeds
        self._connection.execute(update(seed).where(seed.c.path == path).values(gone_at=gone_at))

    def find_next_gone(self, *, after: datetime) -> datetime | None:
        """The earliest moment later than `after` at which a file of an article was first missed."""
        seed = tables.seeds
        moment: datetime | None = self._connection.scalar(
            select(func.min(seed.c.gone_at)).where(seed.c.gone_at > after, seed.c.article_key.is_not(None))
        )
        return moment

    def forget(self, path: str) -> None:
        """Forget a file that is gone for good."""
        self._connection.execute(delete(tables.seeds).where(tables.seeds.c.path == path))

    def forget_place_of(self, article_key: int, path: str) -> None:
        """Forget that an article lay at `path`, unless another one lies there by now."""
        seed = tables.seeds
        self._connection.execute(delete(seed).where(seed.c.path == path, seed.c.article_key == article_key))


def _to_row(record: SeedRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _FIELDS}
    row["remedy"] = record.remedy.value if record.reason else ""
    return row | {"doubts": [asdict(doubt) for doubt in record.doubts] or None}
