"""Verdicts: what an editor said of the bytes of files that waited for review."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select

from publisher.domain.doubt import Remedy, Verdict
from publisher.store import tables
from publisher.store.dialect import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """What was said of the bytes of that digest at that path, and why they had waited."""

    path: str
    digest: str
    verdict: Verdict
    reason: str
    line: int | None
    remedy: Remedy
    decided_at: datetime


class Verdicts:
    """The verdicts of a ledger. They are kept when their file goes: it may come back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, record: VerdictRecord) -> None:
        """Note a verdict; the latest on the same bytes counts."""
        names = VerdictRecord.__dataclass_fields__
        values = {name: getattr(record, name) for name in names}
        values |= {"verdict": record.verdict.value, "remedy": record.remedy.value}
        statement = insert(self._connection, tables.verdicts).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["path", "digest"], set_=values))

    def find_all(self) -> dict[tuple[str, str], Verdict]:
        """Every verdict, by path and digest."""
        verdict = tables.verdicts.c
        rows = self._connection.execute(select(verdict.path, verdict.digest, verdict.verdict))
        return {(path, digest): Verdict(word) for path, digest, word in rows}

    def list_standing(self) -> list[VerdictRecord]:
        """The verdicts on files that still hold those bytes, by path."""
        verdict, seed = tables.verdicts, tables.seeds
        is_present = (seed.c.path == verdict.c.path) & (seed.c.digest == verdict.c.digest)
        return self._list(select(verdict).join(seed, is_present))

    def find(self, path: str, digest: str) -> VerdictRecord | None:
        """The verdict on those bytes at that path."""
        verdict = tables.verdicts.c
        found = self._list(select(tables.verdicts).where(verdict.path == path, verdict.digest == digest))
        return found[0] if found else None

    def _list(self, wanted: Select[tuple[str]]) -> list[VerdictRecord]:
        rows = self._connection.execute(wanted.order_by(tables.verdicts.c.path)).mappings()
        return [
            VerdictRecord(**{**row, "verdict": Verdict(row["verdict"]), "remedy": Remedy(row["remedy"])})
            for row in rows
        ]
