"""Running heads and feet, page numbers and the like, taken out of the text that they interrupt."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from publisher.ingest.clippings.blocks import Block, Kind
from publisher.ingest.clippings.datelines import read_date_line
from publisher.ingest.clippings.kickers import is_section
from publisher.ingest.clippings.labels import is_figure_label, is_quote_label
from publisher.ingest.clippings.pages import (
    comes_from,
    is_jump,
    is_marked_page_number,
    is_noise,
    is_numbered_head,
    is_page_number,
    is_running_head,
    is_section_head,
    is_site_furniture,
    is_wire_furniture,
    is_wire_tail,
    names_paper,
    without_jump,
)
from publisher.ingest.words import FINAL, ends_open

_MOST_LINES = 4
_LONGEST_REPEATED = 70
_SHORTEST_TEXT = 35
_ROOM = 0.85
_DIGITS = re.compile(r"[\d\W_]+")
_OPENS_SMALL = re.compile(r"[\"«“(„]?\s?[^\W\d_]")


class Sort(IntEnum):
    """What a line may be: text, a page's head, its number or date, or furniture beyond doubt."""

    TEXT = 0
    HEAD = 1
    DATE = 2
    NUMBER = 3
    SURE = 4


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    block: int
    sort: Sort
    is_alone: bool


def take_running(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """The blocks without what belongs to the page, and those lines, in order."""
    tail = next((at for at, block in enumerate(blocks) if at and is_wire_tail(block.text)), len(blocks))
    blocks, below = blocks[:tail], blocks[tail:]
    lines = list(_iter_lines(blocks))
    gone = {at for start, end in _iter_runs(lines) for at in _find_furniture(lines, start, end)}
    taken = [line.text.strip() for at, line in enumerate(lines) if at in gone]
    kept: dict[int, list[str]] = {}
    for at, line in enumerate(lines):
        if at not in gone:
            shorter = without_jump(line.text)
            if shorter != line.text:
                taken.append(line.text[len(shorter) :].strip())
            kept.setdefault(line.block, []).append(shorter)
    rebuilt = [_rebuild(block, kept.get(index, [])) for index, block in enumerate(blocks)]
    return [block for block in rebuilt if block.text], [*taken, *(block.text for block in below)]


def _rebuild(block: Block, lines: list[str]) -> Block:
    if block.kind is Kind.PROSE:
        return Block(Kind.PROSE, "\n".join(line for line in lines if line.strip()).strip())
    return block if lines else Block(block.kind, "")


def _iter_lines(blocks: Sequence[Block]) -> Iterator[_Line]:
    repeated = _find_repeated(blocks)
    label_before = False
    for index, block in enumerate(blocks):
        texts = block.text.split("\n") if block.kind is Kind.PROSE else [block.text]
        for at, text in enumerate(texts):
            sort = _sort_line(text, block, repeated=repeated, is_alone=len(texts) == 1)
            if index and at == 0 and _heads_further_part(texts):
                sort = Sort.SURE
            yield _Line(text, index, Sort.TEXT if label_before else sort, len(texts) == 1)
            label_before = is_figure_label(text)


def _heads_further_part(texts: Sequence[str]) -> bool:
    """Whether a block's first line only repeats a headline over "continued from A1"."""
    return len(texts) > 1 and comes_from(texts[1]) and texts[0].rstrip()[-1:] not in FINAL


def _sort_line(text: str, block: Block, *, repeated: frozenset[str], is_alone: bool) -> Sort:
    if block.kind is Kind.FIXED:
        return Sort.SURE if is_page_number(text) or (is_noise(text) and not _is_rule(text)) else Sort.TEXT
    if block.kind is Kind.HEADING:
        return Sort.SURE if is_jump(text) or is_running_head(text) else Sort.TEXT
    if is_quote_label(text) or is_figure_label(text):
        return Sort.TEXT
    if is_jump(text) or is_running_head(text) or is_marked_page_number(text) or (is_noise(text) and not _is_rule(text)):
        return Sort.SURE
    if is_site_furniture(text) or is_wire_furniture(text):
        return Sort.SURE
    if is_page_number(text):
        return Sort.SURE if is_alone else Sort.NUMBER
    if _key(text) in repeated:
        return Sort.SURE if any(letter.isdigit() for letter in text) else Sort.HEAD
    if read_date_line(text.strip()):
        return Sort.DATE
    return Sort.HEAD if is_section_head(text) or _is_numbered_section(text) else Sort.TEXT


def _is_numbered_section(text: str) -> bool:
    """Whether a section's name stands beside a page's number ("Lokales 9")."""
    return text[:1].isupper() and any(letter.isdigit() for letter in text) and is_section(text.strip("0123456789 "))


def _is_rule(text: str) -> bool:
    return len(set(text.strip()) - {" "}) == 1 and len(text.strip()) > 1


def _iter_runs(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The stretches of lines that may be furniture."""
    start = 0
    for at in range(len(lines) + 1):
        if at < len(lines) and lines[at].sort is not Sort.TEXT:
            continue
        if at > start:
            yield start, at
        start = at + 1


def _find_furniture(lines: Sequence[_Line], start: int, end: int) -> Iterator[int]:
    run = lines[start:end]
    is_last = end == len(lines) and start > 0
    if len(run) <= _MOST_LINES and (_interrupts(lines, start, end) or (is_last and _closes(run))):
        yield from range(start, end)
        return
    for at in range(start, end):
        line = lines[at]
        if line.sort is Sort.SURE or (line.sort is not Sort.TEXT and _is_masthead(lines, start, end, line.block)):
            yield at


def _is_masthead(lines: Sequence[_Line], start: int, end: int, block: int) -> bool:
    """Whether a block is a page's head alone: one with the page's number, or a paper's name and a date."""
    own = [line for line in lines[start:end] if line.block == block]
    around = [line for line in (*lines[start - 1 : start], *lines[end : end + 1]) if line.block == block]
    if around or len(own) > _MOST_LINES:
        return False
    sorts = {line.sort for line in own}
    if len(own) > 1 and (Sort.NUMBER in sorts or (block and Sort.SURE in sorts)):
        return True
    return Sort.DATE in sorts and any(names_paper(line.text.strip()) for line in own)


def _closes(run: Sequence[_Line]) -> bool:
    """Whether lines at a text's end are a page's foot: a date or a name of a person is the article's."""
    return all(line.sort in (Sort.SURE, Sort.NUMBER) or names_paper(line.text.strip()) for line in run)


def _interrupts(lines: Sequence[_Line], start: int, end: int) -> bool:
    """Whether a sentence is broken off before the lines and goes on after them."""
    if not start > 0 or end >= len(lines) or any(line.sort is Sort.DATE for line in lines[start:end]):
        return False
    before, after = lines[start - 1], lines[end]
    text = before.text.rstrip()
    if not text or text[-1] in FINAL or not _is_long(lines, start - 1):
        return False
    opening = _OPENS_SMALL.match(after.text.lstrip())
    is_small = opening is not None and opening[0][-1].islower()
    is_numbered = before.block == after.block and any(
        is_numbered_head(line.text) or _is_numbered_section(line.text) for line in lines[start:end]
    )
    if not (is_small or is_numbered or ends_open(text)):
        return False
    return before.block != lines[start].block or text.endswith(("-", "\u00ad")) or _is_set_apart(lines, start, end)


def _is_long(lines: Sequence[_Line], at: int) -> bool:
    block = lines[at].block
    length = 0
    while at >= 0 and lines[at].block == block and length < _SHORTEST_TEXT:
        length += len(lines[at].text)
        at -= 1
    return length >= _SHORTEST_TEXT


def _is_set_apart(lines: Sequence[_Line], start: int, end: int) -> bool:
    """Whether the word after the lines would have had room on them, so that the line's end was wanted."""
    width = max(len(lines[start - 1].text), len(lines[end].text))
    word = lines[end].text.split(maxsplit=1)[0]
    return len(lines[end - 1].text.strip()) + 1 + len(word) <= _ROOM * width


def _key(text: str) -> str:
    return _DIGITS.sub(" ", text).strip().casefold()


def _find_repeated(blocks: Sequence[Block]) -> frozenset[str]:
    """The lines that stand apart more than once, but for their digits, as only a page's head does."""
    lines = [
        line
        for block in blocks
        if block.kind is Kind.PROSE
        for line in block.text.split("\n")
        if len(line) <= _LONGEST_REPEATED
        and line.rstrip()[-1:] not in FINAL
        and is_section_head(_DIGITS.sub(" ", line))
    ]
    counted = Counter(map(_key, lines))
    return frozenset(key for key, count in counted.items() if count > 1 and key)
