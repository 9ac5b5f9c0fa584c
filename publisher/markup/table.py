"""Tables in plain text: columns lined up as far as that stays short."""

from collections.abc import Sequence
from itertools import zip_longest

_WIDEST = 30  # one long cell must not push every other row to the right


def table_lines(rows: Sequence[Sequence[str]], *, has_header: bool) -> list[str]:
    """One line a row, cells apart by a bar, the first row underlined where it is a header."""
    widths = _column_widths(rows)
    lines = [_line(row, widths) for row in rows]
    if has_header and len(lines) > 1:
        lines.insert(1, "-+-".join("-" * width for width in widths))
    return lines


def _column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [min(_WIDEST, max(map(len, column))) for column in zip_longest(*rows, fillvalue="")]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
