"""What the layout of a `.txt` file means, said in Markdown: tables drawn with spaces or dashes, verse, lists."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import mean

_RULE = re.compile(r"[\s|+:=-]*[=-]{2}[\s|+:=-]*")
_BORDER = re.compile(r"\s*\+[-=+]+\+\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ITEM = re.compile(r"\s{0,3}(?:[-*•+]|\d{1,2}[.)])\s+\S")
_YEAR = re.compile(r"(?m)^(\s*\d{3,9})([.)])(?=\s)")
_VERSE_START = re.compile(r"[^\w\s]{0,3}\s?[^\W\d_]")
_VERSE_END = re.compile(r"[,;:.!?…—–-][\"'»”’)]?$")
_NARROW = 14
_LONGEST_VERSE = 60
_FEWEST_ROWS = 3


def mark_layout(text: str) -> str:
    """The text with its tables as Markdown tables, the lines of verse held apart, and its lists as lists.

    A year that begins a paragraph is no numbering. Whatever is not plainly one of these stays as it is.
    """
    groups = (list(lines) for _, lines in groupby(text.split("\n"), key=lambda line: bool(line.strip())))
    marked, is_code = [], False
    for group in groups:
        marked.append("\n".join(group if is_code else _mark(group)))
        is_code ^= sum(1 for line in group if _FENCE.match(line)) % 2 == 1
    return "\n".join(marked)


def _mark(lines: list[str]) -> list[str]:
    if any(map(_FENCE.match, lines)) or not lines[0].strip():
        return lines
    if len(lines) == 1:
        return [_YEAR.sub(r"\1\\\2", lines[0])]
    table = _read_box(lines) or _read_columns(lines)
    if table:
        return table
    if _is_verse(lines):
        return ["<br>".join(line.strip() for line in lines)]
    return _part_list([_YEAR.sub(r"\1\\\2", line) for line in lines])


def _read_box(lines: Sequence[str]) -> list[str]:
    """The rows between borders such as `+---+`, as a Markdown table; nothing for other lines."""
    if not (_BORDER.fullmatch(lines[0]) and _BORDER.fullmatch(lines[-1])):
        return []
    rows = [None if _BORDER.fullmatch(line) else _cells(line.strip().strip("|").split("|")) for line in lines[1:-1]]
    return _as_markdown(rows)


def _read_columns(lines: Sequence[str]) -> list[str]:
    """Rows whose cells stand one below the other, two spaces or more apart, as a Markdown table; else nothing."""
    lines = [line.expandtabs() for line in lines]
    width = max(map(len, lines))
    padded = [line.ljust(width) for line in lines if not _RULE.fullmatch(line)]
    if len(padded) < _FEWEST_ROWS:
        return []
    blank = [all(line[place] == " " for line in padded) for place in range(width)]
    gutters = [
        match.span() for match in re.finditer("1{2,}", "".join("1" if each else "0" for each in blank)) if match.start()
    ]
    edges = [0, *(end for _, end in gutters if end < width), width]
    if len(edges) < 3:
        return []
    rows = [None if _RULE.fullmatch(line) else _slice(line.ljust(width), edges) for line in lines]
    columns = zip(*(row for row in rows if row), strict=True)
    # Prose set in two columns has no narrow one.
    is_narrow = any(mean(map(len, column)) <= _NARROW for column in columns)
    return _as_markdown(rows) if is_narrow else []


def _slice(line: str, edges: Sequence[int]) -> list[str]:
    return _cells([line[start:end] for start, end in pairwise(edges)])


def _cells(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).replace("|", "\\|") for cell in cells]


def _as_markdown(rows: Sequence[list[str] | None]) -> list[str]:
    """A table whose first row is its head if a rule (None) follows it, or it has no figures and those below have."""
    filled = [row for row in rows if row]
    if len(filled) < 2 or len({len(row) for row in filled}) != 1:
        return []
    has_head = (len(rows) > 1 and rows[1] is None) or (not _has_figure(filled[0]) and all(map(_has_figure, filled[1:])))
    head, body = (filled[0], filled[1:]) if has_head else ([""] * len(filled[0]), filled)
    return [_row(head), _row(["---"] * len(head)), *map(_row, body)]


def _has_figure(row: Sequence[str]) -> bool:
    return any(any(map(str.isdigit, cell)) for cell in row)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _is_verse(lines: Sequence[str]) -> bool:
    """Whether each line begins with a capital and half of them end with a stop, as wrapped prose hardly does."""
    stripped = [line.strip() for line in lines]
    if len(stripped) < _FEWEST_ROWS or max(map(len, stripped)) > _LONGEST_VERSE:
        return False
    starts = [_VERSE_START.match(line) for line in stripped]
    if not all(start and start[0][-1].isupper() for start in starts) or "".join(stripped).isupper():
        return False
    return sum(1 for line in stripped if _VERSE_END.search(line)) * 2 >= len(stripped)


def _part_list(lines: list[str]) -> list[str]:
    """The lines with an empty one where a list of two items or more follows a line that ends with a colon."""
    first = next((place for place, line in enumerate(lines) if _ITEM.match(line)), 0)
    is_led_into = first > 0 and lines[first - 1].rstrip().endswith(":")
    if is_led_into and len(lines) - first > 1 and all(map(_ITEM.match, lines[first:])):
        return [*lines[:first], "", *lines[first:]]
    return lines
