"""A clipping's head: which of its first lines are the headline, the kicker above it, and the standfirst below."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from publisher.ingest.blocks import Block, Kind, without_emphasis
from publisher.ingest.capitals import is_capitals
from publisher.ingest.leads import without_lead_sign
from publisher.ingest.signatures import read_signature, read_signatures
from publisher.ingest.sureness import Sureness
from publisher.ingest.words import FUNCTION_WORDS, ends_open

_LONGEST_CAPITALS = 200
_LONGEST_TITLE = 130
_MOST_LINES = 4
_LONGEST_KICKER = 45
_KICKER_WORDS = 4
_HEADING_WITHIN = 6
_NO_TITLE_END = (".", ";", ",", "-")
_SHORT = 0.75
_OPENS_SMALL = re.compile(r"[\"«“(]?\s?[^\W\d_]")


_NOTHING = Sureness(0.0, "no line looks like a headline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The headline and kicker as printed, the other blocks in order, and where among them the text after it begins."""

    headline: str = ""
    kicker: str = ""
    rest: list[Block] = field(default_factory=list)
    start: int = 0
    masthead: tuple[str, ...] = ()
    sureness: Sureness = _NOTHING


def read_head(blocks: Sequence[Block]) -> Head:
    """The head of a clipping: a heading, lines in capitals, or a short line before the text; none where nothing is."""
    blocks = peel_lines(blocks)
    for index, block in enumerate(blocks[:_HEADING_WITHIN]):
        if block.level == 1 or (block.level and index == 0):
            return _head_of_heading(blocks, index + _is_heading_above(blocks, index))
        if block.level:
            break
    return _head_of_lines(blocks)


def _head_of_heading(blocks: list[Block], index: int) -> Head:
    end = index + 1
    while end < len(blocks) and _continues_heading(blocks[end - 1], blocks[end]):
        end += 1
    headline = _title_text(block.text for block in blocks[index:end])
    above = blocks[:index]
    kicker = next((block for block in reversed(above) if _is_kicker(block, headline)), None)
    kept = [block for block in above if block is not kicker]
    return Head(
        headline=headline,
        kicker=_title_text([kicker.text]) if kicker else "",
        rest=[*kept, *blocks[end:]],
        start=len(kept),
        sureness=Sureness(1.0, "it is a heading"),
    )


def _is_heading_above(blocks: Sequence[Block], index: int) -> bool:
    """Whether a heading is a kicker in capitals over another one."""
    first, second = blocks[index], blocks[index + 1] if index + 1 < len(blocks) else None
    if second is None or second.level not in (first.level, first.level + 1) or not is_capitals(first.text):
        return False
    return not is_capitals(second.text) and _stands_above(first.text, second.text) and not _opens_small(second.text)


def _continues_heading(first: Block, second: Block) -> bool:
    if not first.level or second.level != first.level:
        return False
    return _opens_small(second.text) or ends_open(first.text) or (is_capitals(first.text) and is_capitals(second.text))


def _opens_small(text: str) -> bool:
    opening = _OPENS_SMALL.match(without_emphasis(text))
    return opening is not None and opening[0][-1].islower()


def _is_kicker(block: Block, headline: str) -> bool:
    text = without_emphasis(block.text)
    if block.kind not in (Kind.PROSE, Kind.HEADING) or "\n" in text or not text or read_signature(text):
        return False
    is_short = len(text) <= _LONGEST_KICKER and len(text.split()) <= _KICKER_WORDS + 1
    return is_short and not text.endswith((".", ",", ";")) and len(text) < max(len(headline), 12)


def _title_text(texts: Iterable[str]) -> str:
    lines = (" ".join(without_emphasis(text.strip()).split()) for text in texts)
    return without_emphasis(without_lead_sign(" ".join(line for line in lines if line)))


def _head_of_lines(blocks: list[Block]) -> Head:
    """The head of a text without a heading, from the short lines before its first paragraph."""
    candidates = _find_candidates(blocks)
    if not candidates:
        return Head(rest=list(blocks))
    first, *others = candidates
    masthead: list[int] = []
    if others and others[0] > first + 1 and any(read_signatures(block.text) for block in blocks[first + 1 : others[0]]):
        is_byline = any(
            signature.is_byline for block in blocks[first + 1 : others[0]] for signature in read_signatures(block.text)
        )
        if not is_byline and (is_capitals(blocks[others[0]].text) or not is_capitals(blocks[first].text)):
            masthead, first, others = [first], others[0], others[1:]
    kicker: int | None = None
    if others and others[0] == first + 1 and _stands_above(blocks[first].text, blocks[others[0]].text):
        kicker, first, others = first, others[0], others[1:]
    taken = [first]
    while others and others[0] == taken[-1] + 1 and _is_same_headline(blocks[taken[-1]].text, blocks[others[0]].text):
        taken.append(others.pop(0))
    return _build_head(blocks, taken, kicker=kicker, masthead=masthead)


def _build_head(blocks: list[Block], taken: list[int], *, kicker: int | None, masthead: list[int]) -> Head:
    gone = {*taken, *masthead, *([] if kicker is None else [kicker])}
    rest = [block for index, block in enumerate(blocks) if index not in gone]
    text = _title_text([blocks[index].text for index in taken])
    return Head(
        headline=text,
        kicker="" if kicker is None else _title_text([blocks[kicker].text]),
        rest=rest,
        start=sum(1 for index in range(taken[0]) if index not in gone),
        masthead=tuple(blocks[index].text for index in masthead),
        sureness=_title_sureness(text, blocks[taken[0]].text),
    )


def _title_sureness(text: str, printed: str) -> Sureness:
    if is_capitals(text):
        return Sureness(0.9, "it is set in capitals")
    if without_emphasis(printed) != printed:
        return Sureness(0.9, "it is set in bold")
    return Sureness(0.8 if "\n" not in printed else 0.75, "it is a short line before the text")


def _find_candidates(blocks: Sequence[Block]) -> list[int]:
    """Where the lines stand that may be a headline: before the first paragraph, signatures and boxes passed over."""
    found: list[int] = []
    for index, block in enumerate(blocks[: _HEADING_WITHIN + 2]):
        if block.kind is Kind.BOX or not without_lead_sign(block.text):
            continue
        if block.kind is Kind.PROSE and read_signatures(block.text):
            continue
        if block.kind is not Kind.PROSE or not is_title_like(block.text):
            break
        if index + 1 == len(blocks):  # a text of one line has no headline
            break
        found.append(index)
    return found


def is_title_like(text: str) -> bool:
    """Whether a block may be a headline: short, in a few lines, no sentence's end."""
    bare = without_emphasis(text.strip())
    if bare.count("\n") >= _MOST_LINES or bare.endswith(_NO_TITLE_END) or not any(map(str.isalpha, bare)):
        return False
    if is_capitals(bare):
        return len(bare) <= _LONGEST_CAPITALS
    return len(bare) <= _LONGEST_TITLE and not bare.endswith(":") and not _opens_small(bare)


def _stands_above(first: str, second: str) -> bool:
    """Whether the first of two lines is the kicker of the second."""
    first, second = without_emphasis(first), without_emphasis(second)
    words = first.split()
    if "\n" in first or len(first) > _LONGEST_KICKER or len(words) > _KICKER_WORDS:
        return False
    if first.endswith(":"):
        return True
    if _opens_small(second) or ends_open(first) or (_begins_with_function_word(second) and is_capitals(second)):
        return len(words) == 1 and not _opens_small(second) and not ends_open(first)
    if is_capitals(first) != is_capitals(second):
        return is_capitals(first) or len(words) <= 3
    return len(words) <= 2 or (len(words) <= 3 and 2 * len(first) < len(second))


def _begins_with_function_word(text: str) -> bool:
    word = re.match(r"[^\W\d_]+", text)
    return word is not None and word[0].casefold() in FUNCTION_WORDS


def _is_same_headline(first: str, second: str) -> bool:
    """Whether two lines apart are one headline, the second going on where the first stops."""
    if is_capitals(first) and is_capitals(second):
        return len(first) + len(second) <= _LONGEST_CAPITALS
    return _opens_small(second) or (ends_open(first) and not is_capitals(first))


def peel_lines(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with headlines, bylines and date lines at the front of the first ones parted from the text below."""
    peeled: list[Block] = []
    for index, block in enumerate(blocks):
        if block.kind is Kind.PROSE and index < _HEADING_WITHIN and "\n" in block.text:
            peeled += _peel(block.text.split("\n"), is_first=index == 0)
        else:
            peeled.append(block)
    return peeled


def _peel(lines: list[str], *, is_first: bool) -> list[Block]:
    groups: list[list[str]] = []
    signed = [read_signature(line) is not None for line in lines]
    at = 0
    while at < len(lines):
        count = _count_capitals(lines[at:])
        if signed[at]:
            count = 1
        elif not count and is_first and at == 0:
            count = _count_title(lines, signed)
        if not count and any(signed[at : at + _MOST_LINES + 3]):
            count = signed.index(True, at) - at
        if not count or at + count >= len(lines):
            break
        groups.append(lines[at : at + count])
        at += count
    groups.append(lines[at:])
    return [Block(Kind.PROSE, "\n".join(group).strip()) for group in groups if "".join(group).strip()]


def _count_capitals(lines: list[str]) -> int:
    count = next((index for index, line in enumerate(lines) if not is_capitals(line)), len(lines))
    return count if count <= _MOST_LINES else 0


def _count_title(lines: list[str], signed: list[bool]) -> int:
    """How many lines at the front of a block are its headline, by what follows or by how short they are."""
    first = lines[0].strip()
    if not is_title_like(first):
        return 0
    until = signed.index(True) if True in signed[: _MOST_LINES + 3] else 0
    width = max(len(line) for line in lines[1:])
    is_short = len(lines) > 2 and len(first) <= _SHORT * width and not _opens_small(lines[1])
    if not until and not is_short:
        return 0
    count = 1
    while count < (until or 2) and (_opens_small(lines[count]) or ends_open(lines[count - 1])):
        count += 1
    return count if until or count == 1 else 0
