"""A Markdown text as blocks: which parts are prose that may be repaired, and which are left as they stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from publisher.ingest.clippings.boxes import Box

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_FIXED = re.compile(r"^(?: {0,3}(?:[-*+] |\d{1,9}[.)] |>|\||<[A-Za-z!/?]|\[[^\]]+\]:)| {4}|\t)")
_DAY = re.compile(r"\d{1,2}[.][ ][A-ZÀ-Þa-zà-ÿ]{3,9}[.]?[ ](?:19|20)\d\d\b.{0,40}$")
_EMPHASIS = re.compile(r"^([*_]{1,3})(\S|\S.*?\S)\1$", re.S)
_SENTENCE_ENDS = (".", "!", "?", "…", "»", "”", '"')
_INDENT = re.compile(r"(?: {2,12}|\t)\S")
_TABLE_SIGNS = frozenset("|:- \t")


class Kind(StrEnum):
    """What a block is: only prose is ever repaired, and running text flows around a box."""

    HEADING = "heading"
    PROSE = "prose"
    FIXED = "fixed"
    BOX = "box"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of Markdown; a heading's `text` has no signs, its `level` is 1 to 6; a box's `box` says all of it."""

    kind: Kind
    text: str
    level: int = 0
    box: Box | None = None


def split_blocks(text: str, *, is_plain: bool = False) -> list[Block]:
    """The blocks of a text, in order. In plain text an indented line is prose, in Markdown it is code."""
    groups = _iter_groups(text.split("\n"))
    if is_plain:
        groups = (part for group in groups for part in _split_indented(group))
    return [block for group in groups for block in _iter_blocks(group, is_plain=is_plain)]


def join_blocks(blocks: Iterable[Block]) -> str:
    """The Markdown that the blocks came from, a blank line between each."""
    return "\n\n".join(f"{'#' * block.level} {block.text}" if block.level else block.text for block in blocks)


def without_emphasis(text: str) -> str:
    """The text without the stars or underscores that stand around the whole of it."""
    found = _EMPHASIS.match(text)
    return found[2] if found and found[1] not in found[2] else text


def heading_text(text: str) -> str:
    """A heading's words without the signs that may close it ("## Words ##")."""
    words = text.strip()
    opened = words.rstrip("#")
    return opened.rstrip() if not opened or opened[-1] in " \t" else words


def _iter_groups(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            group.append(line)
            is_end = mark is not None and mark[1].startswith(fence) and not line.strip(" `~")
            fence = "" if is_end else fence
        elif line.strip():
            fence = mark[1] if mark else ""
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _split_indented(group: list[str]) -> Iterator[list[str]]:
    """The paragraphs of a group whose first lines alone are indented."""
    indented = [bool(_INDENT.match(line)) for line in group]
    if not 0 < sum(indented) <= len(group) / 2 or _FENCE.match(group[0]):
        yield group
        return
    start = 0
    for index in range(1, len(group)):
        if indented[index] and (not indented[index - 1] or group[index - 1].rstrip().endswith(_SENTENCE_ENDS)):
            yield group[start:index]
            start = index
    yield group[start:]


def _iter_blocks(group: list[str], *, is_plain: bool) -> Iterator[Block]:
    start = 0
    while start < len(group):
        heading, count = _read_heading(group, start)
        if heading is None:
            yield _read_paragraph(group[start:], is_plain=is_plain)
            return
        yield heading
        start += count


def _read_heading(group: list[str], at: int) -> tuple[Block | None, int]:
    """The heading that begins at a line, and how many lines it takes."""
    found = _HEADING.match(group[at])
    if found:
        return Block(Kind.HEADING, heading_text(found[2]), len(found[1])), 1
    if at + 1 < len(group) and _UNDERLINE.match(group[at + 1]) and not _FIXED.match(group[at]):
        return Block(Kind.HEADING, group[at].strip(), 1 if "=" in group[at + 1] else 2), 2
    return None, 0


def _read_paragraph(lines: list[str], *, is_plain: bool) -> Block:
    if is_plain:
        lines = [line.strip() for line in lines]
    if _is_fixed(lines) and not (is_plain and _is_day(lines)):
        return Block(Kind.FIXED, "\n".join(lines))
    return Block(Kind.PROSE, "\n".join(lines).strip())


def _is_day(lines: list[str]) -> bool:
    """Whether a line that looks like an item of a list is a German day with its year ("11. Januar 2026")."""
    return len(lines) == 1 and bool(_DAY.match(lines[0]))


def _is_fixed(group: list[str]) -> bool:
    first = group[0]
    if _FIXED.match(first) or _FENCE.match(first) or _RULE.match(first):
        return True
    return any(_FENCE.match(line) or _is_table_rule(line) or _HEADING.match(line) for line in group[1:])


def _is_table_rule(line: str) -> bool:
    return "|" in line and "-" in line and set(line) <= _TABLE_SIGNS
