"""The table of a run: a row a fault and database, and under it the names of whom it went wrong for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tests.torture.play import Row

_HEAD = ("fault", "database", "runs", "kills", "recipients", "lost", "twice", "in doubt", "")
_FEW = 4


def draw(rows: Sequence[Row]) -> Iterator[str]:
    """The table's lines, then a line for each thing that is wrong."""
    cells = [_HEAD, *(_cells(row) for row in rows), _sum(rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    for line in cells:
        shown = (_align(cell, width, column) for column, (cell, width) in enumerate(zip(line, widths, strict=True)))
        yield "  ".join(shown).rstrip()
    for row in rows:
        yield from explain(row)


def _align(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if 2 <= column <= 7 else cell.ljust(width)


def _cells(row: Row) -> tuple[str, ...]:
    verdict = row.word or ("" if row.is_good else "FAILED")
    numbers = (row.runs, row.kills, row.recipients, len(row.lost), len(row.twice), len(row.doubtful))
    return (f"{row.rule} {row.name}", row.kind, *(f"{number:,}" for number in numbers), verdict)


def _sum(rows: Sequence[Row]) -> tuple[str, ...]:
    columns = [
        [row.runs for row in rows],
        [row.kills for row in rows],
        [row.recipients for row in rows],
        [len(row.lost) for row in rows],
        [len(row.twice) for row in rows],
        [len(row.doubtful) for row in rows],
    ]
    verdict = "" if all(row.is_good for row in rows) else "FAILED"
    return ("all", "", *(f"{sum(column):,}" for column in columns), verdict)


def explain(row: Row) -> Iterator[str]:
    """A line for each thing that is wrong, and one for whom it is in doubt."""
    where = f"{row.rule} {row.name} ({row.kind})"
    if row.doubtful:
        yield f"  in doubt  {where}: {_few(row.doubtful)}"
    if row.lost:
        yield f"! lost      {where}: {_few(row.lost)}"
    if row.twice:
        yield f"! twice     {where}: {_few(row.twice)}"
    for wrong in row.wrongs:
        yield f"! wrong     {where}: {wrong}"


def _few(people: Sequence[str]) -> str:
    more = f" and {len(people) - _FEW} more" if len(people) > _FEW else ""
    return ", ".join(people[:_FEW]) + more


def to_json(rows: Iterable[Row], *, seed: int) -> dict[str, Any]:
    """The table for a program; everybody by name."""
    listed = list(rows)
    return {"seed": seed, "good": all(row.is_good for row in listed), "faults": [asdict(row) for row in listed]}
