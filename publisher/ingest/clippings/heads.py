"""A clipping's head: which of its first lines are the headline, the kicker above it, and the standfirst below."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.headlines import LONGEST_CAPITALS, is_title_like, opens_small
from publisher.ingest.clippings.kickers import is_closed, is_kicker, is_section, stands_above, stands_below
from publisher.ingest.clippings.leads import without_lead_sign
from publisher.ingest.clippings.pages import names_paper
from publisher.ingest.clippings.peeling import peel_lines
from publisher.ingest.clippings.signatures import read_signatures
from publisher.ingest.clippings.sureness import Sureness
from publisher.ingest.words import ends_open

_WITHIN = 6
_SENTENCE_WORDS = 4
_SENTENCE_END = re.compile(r"[.!?…](?:\s|$|[\"»”’)*_])")
_STOP_ELSEWHERE = re.compile("[。！？।؟۔]")  # a full stop where words may have no spaces between them
_NOTHING = Sureness(0.0, "no line looks like a headline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The headline and kicker as printed, the other blocks in order, and a paper's name above them."""

    headline: str = ""
    kicker: str = ""
    rest: list[Block] = field(default_factory=list)
    masthead: tuple[str, ...] = ()
    sureness: Sureness = _NOTHING

    @property
    def has_heading(self) -> bool:
        """Whether somebody has marked the headline as a heading, and so has read the text."""
        return self.sureness.certainty == 1


def read_head(blocks: Sequence[Block]) -> Head:
    """The head of a clipping: a heading, lines in capitals, or a short line before the text; none where nothing is."""
    blocks = peel_lines(blocks)
    for index, block in enumerate(blocks[:_WITHIN]):
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
    kicker = next((block for block in reversed(above) if is_kicker(block, headline)), None)
    kept = [block for block in above if block is not kicker]
    return Head(
        headline=headline,
        kicker=_title_text([kicker.text]) if kicker else "",
        rest=[*kept, *blocks[end:]],
        sureness=Sureness(1.0, "it is a heading"),
    )


def _is_heading_above(blocks: Sequence[Block], index: int) -> bool:
    """Whether a heading is a kicker in capitals over another one."""
    first, second = blocks[index], blocks[index + 1] if index + 1 < len(blocks) else None
    if second is None or second.level not in (first.level, first.level + 1) or not is_capitals(first.text):
        return False
    return not is_capitals(second.text) and stands_above(first.text, second.text) and not opens_small(second.text)


def _continues_heading(first: Block, second: Block) -> bool:
    if not first.level or second.level != first.level:
        return False
    return opens_small(second.text) or ends_open(first.text) or (is_capitals(first.text) and is_capitals(second.text))


def _title_text(texts: Iterable[str]) -> str:
    lines = (" ".join(without_emphasis(text.strip()).split()) for text in texts)
    return without_emphasis(without_lead_sign(" ".join(line for line in lines if line)))


def _head_of_lines(blocks: list[Block]) -> Head:
    """The head of a text without a heading, from the short lines before its first paragraph."""
    candidates = _find_candidates(blocks)
    if not candidates:
        return Head(rest=list(blocks))
    first, *others = candidates
    masthead = [first] if others and _is_masthead(blocks, first, others[0]) else []
    if masthead:
        first, *others = others
    kicker: int | None = None
    if others and _is_kicker_line(blocks, first, others[0]):
        kicker, (first, *others) = first, others
    if kicker is not None and names_paper(blocks[kicker].text) and not is_section(blocks[kicker].text):
        masthead, kicker = [*masthead, kicker], None
    taken = [first]
    while others and others[0] == taken[-1] + 1 and _is_same_headline(blocks[taken[-1]].text, blocks[others[0]].text):
        taken.append(others.pop(0))
    if kicker is None and others and stands_below(blocks[taken[-1]].text, blocks[others[0]].text):
        kicker = others[0]
    return _build_head(blocks, taken, kicker=kicker, masthead=masthead)


def _is_kicker_line(blocks: Sequence[Block], first: int, second: int) -> bool:
    """Whether a line is the kicker of the next one that may be a headline; a section's name also over a byline."""
    if second != first + 1:
        return is_section(blocks[first].text)
    return stands_above(blocks[first].text, blocks[second].text)


def _is_masthead(blocks: Sequence[Block], first: int, second: int) -> bool:
    """Whether a paper's name stands above its date, and the headline after that."""
    between = [signature for block in blocks[first + 1 : second] for signature in read_signatures(block.text)]
    return names_paper(blocks[first].text) and any(signature.has_day for signature in between)


def _build_head(blocks: list[Block], taken: list[int], *, kicker: int | None, masthead: list[int]) -> Head:
    gone = {*taken, *masthead, *([] if kicker is None else [kicker])}
    rest = [block for index, block in enumerate(blocks) if index not in gone]
    text = _title_text([blocks[index].text for index in taken])
    return Head(
        headline=text,
        kicker="" if kicker is None else _title_text([blocks[kicker].text]),
        rest=rest,
        masthead=tuple(blocks[index].text for index in masthead),
        sureness=_title_sureness(text, blocks[taken[0]].text, rest=rest),
    )


def _title_sureness(text: str, printed: str, *, rest: Sequence[Block]) -> Sureness:
    if not any(block.kind is Kind.FIXED or _has_sentence(block) for block in rest):
        return Sureness(0.3, "no sentence follows it")
    if is_capitals(text):
        return Sureness(0.9, "it is set in capitals")
    if without_emphasis(printed) != printed:
        return Sureness(0.9, "it is set in bold")
    return Sureness(0.8 if "\n" not in printed else 0.75, "it is a short line before the text")


def _has_sentence(block: Block) -> bool:
    has_words = len(block.text.split()) >= _SENTENCE_WORDS
    return (has_words and bool(_SENTENCE_END.search(block.text))) or bool(_STOP_ELSEWHERE.search(block.text))


def _find_candidates(blocks: Sequence[Block]) -> list[int]:
    """Where the lines stand that may be a headline: before the first paragraph, signatures and boxes passed over."""
    found: list[int] = []
    for index, block in enumerate(blocks[: _WITHIN + 2]):
        if block.kind is Kind.BOX or not without_lead_sign(block.text):
            continue
        if block.kind is Kind.PROSE and read_signatures(block.text):
            continue
        goes_on = bool(found) and found[-1] == index - 1
        may_be = is_title_like(block.text, goes_on=goes_on or is_section(block.text))
        if block.kind is not Kind.PROSE or not may_be:
            break
        if index + 1 == len(blocks):  # a text of one line has no headline
            break
        found.append(index)
    while found and blocks[found[-1]].text.rstrip("*_ ").endswith(":"):  # it announces what stands below it
        found.pop()
    return found


def _is_same_headline(first: str, second: str) -> bool:
    """Whether two lines apart are one headline, the second going on where the first stops."""
    if is_capitals(first) and is_capitals(second):
        if is_closed(first):
            return False
        return len(first) + len(second) <= LONGEST_CAPITALS and not stands_below(first, second)
    return opens_small(second) or (ends_open(first) and not is_capitals(first))
