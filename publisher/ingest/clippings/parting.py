"""Several articles in one file: where one ends and the next begins, only where that is certain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.ingest.clippings.blocks import Block, Kind
from publisher.ingest.clippings.bylines import read_bare_names
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.datelines import take_dateline
from publisher.ingest.clippings.headlines import is_title_like
from publisher.ingest.clippings.heads import read_head
from publisher.ingest.clippings.labels import is_figure_label, is_quote_label
from publisher.ingest.clippings.peeling import peel_lines
from publisher.ingest.clippings.signatures import read_signatures
from publisher.ingest.clippings.signing import read_initials
from publisher.ingest.clippings.sureness import Sureness

_RULER = frozenset("=-_*~#•·—– ")
_SHORTEST_RULER = 3
_SHORTEST_TEXT = 60
_SENTENCE_WORDS = 5
_STOPS = (".", "!", "?", "…", "»", "”", '"')
_SIGNED_WITHIN = 4
_FEWEST_LETTERS = 8
_ENDED_AFTER = 3
_ONE = Sureness(1.0, "")


@dataclass(frozen=True, slots=True)
class Parting:
    """The blocks of each article in a file, in order, and how sure that number is."""

    parts: list[list[Block]]
    sureness: Sureness = _ONE


def part_articles(blocks: Sequence[Block]) -> Parting:
    """The articles of a file: apart by rulers, or each with its own headline and byline; else all as one."""
    ruled = [part for part in _split_at_rulers(blocks) if part]
    if len(ruled) > 1 and all(map(_is_article, ruled)):
        if all(part[0].level == 1 for part in ruled) or all(map(_is_signed, ruled)) or all(map(_has_capitals, ruled)):
            return Parting(ruled)
        return Parting([list(blocks)], Sureness(0.4, f"rulers part it into {len(ruled)} texts with headlines"))
    starts = [index for index in range(len(blocks)) if _begins_article(blocks, index)]
    headings = [index for index, block in enumerate(blocks) if block.level == 1]
    if set(starts) & set(headings[1:]):  # one that has a byline of its own shows what the others are
        starts = sorted({*starts, *headings})
    parts = [list(blocks[start:end]) for start, end in zip([0, *starts[1:]], [*starts[1:], None], strict=False)]
    if len(starts) > 1 and all(map(_is_article, parts)):
        return Parting(parts)
    return Parting([list(blocks)], _doubt_one(blocks))


def _split_at_rulers(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    part: list[Block] = []
    for block in blocks:
        if block.kind in (Kind.FIXED, Kind.PROSE) and is_ruler(block.text):
            yield part
            part = []
        else:
            part.append(block)
    yield part


def is_ruler(text: str) -> bool:
    """Whether a block is a line drawn across the page."""
    return len(text) >= _SHORTEST_RULER and "\n" not in text and set(text) <= _RULER


def _is_article(blocks: Sequence[Block]) -> bool:
    head = read_head(blocks)
    return bool(head.headline) and any(_is_paragraph(block) for block in head.rest)


def _is_paragraph(block: Block) -> bool:
    is_sentence = len(block.text.split()) >= _SENTENCE_WORDS and block.text.rstrip().endswith(_STOPS)
    return block.kind is Kind.PROSE and (len(block.text) >= _SHORTEST_TEXT or is_sentence)


def _has_capitals(blocks: Sequence[Block]) -> bool:
    return is_capitals(read_head(blocks).headline)


def _is_signed(blocks: Sequence[Block]) -> bool:
    below = peel_lines(read_head(blocks).rest[:_SIGNED_WITHIN])
    return any(_signs(block) for block in [*below, *blocks[-1:]])


def _signs(block: Block) -> bool:
    if block.kind is not Kind.PROSE:
        return False
    return bool(read_signatures(block.text)) or take_dateline(block.text)[0] is not None


def _begins_article(blocks: Sequence[Block], index: int) -> bool:
    """Whether a headline of an article of its own stands here: a first-level heading or capitals, a byline below."""
    block = blocks[index]
    first, _, below = block.text.partition("\n")
    if (
        block.level > 1
        or block.kind not in (Kind.HEADING, Kind.PROSE)
        or is_quote_label(first)
        or is_figure_label(first)
    ):
        return False
    if block.kind is Kind.PROSE and not (is_capitals(first) and sum(map(str.isalpha, first)) >= _FEWEST_LETTERS):
        return False
    if index and not _ends_text(blocks[index - 1]):
        return False
    following = [Block(Kind.PROSE, below)] if below else []
    following += blocks[index + 1 : index + _SIGNED_WITHIN]
    for after in peel_lines(following):
        if after.level == 1:
            return False
        if _signs(after):
            return True
    return False


def _ends_text(block: Block) -> bool:
    return (
        block.kind is not Kind.PROSE or block.text.rstrip()[-1:] in '.!?…»”")’*_' or bool(read_signatures(block.text))
    )


def _doubt_one(blocks: Sequence[Block]) -> Sureness:
    """How sure it is that blocks without any certain border are one article."""
    headings = sum(block.level == 1 for block in blocks)
    if any(_is_second_byline(blocks, index) for index in range(_SIGNED_WITHIN + 2, len(blocks) - 1)):
        return Sureness(0.4, "a second headline with a byline stands within it")
    if any(_ends_first(blocks, index) for index in range(_ENDED_AFTER, len(blocks) - 2)):
        return Sureness(0.4, "a line that signs an article stands within it, and a headline below that")
    return Sureness(0.7, f"it has {headings} first-level headings") if headings > 1 else _ONE


def _ends_first(blocks: Sequence[Block], index: int) -> bool:
    """Whether a signature closes paragraphs, and a headline and another paragraph follow."""
    block, title, after = blocks[index : index + 3]
    signs = read_signatures(block.text) or read_initials(block.text) or read_bare_names(block.text)
    if block.kind is not Kind.PROSE or not signs:
        return False
    is_headed = title.level == 1 or (title.kind is Kind.PROSE and is_title_like(title.text))
    if not is_headed or is_quote_label(title.text) or title.text.rstrip().endswith("?"):
        return False
    return _is_paragraph(after) and all(
        _is_paragraph(before) and len(before.text) >= _SHORTEST_TEXT and before.text.rstrip().endswith(_STOPS)
        for before in blocks[index - 2 : index]
    )


def _is_second_byline(blocks: Sequence[Block], index: int) -> bool:
    block, before, after = blocks[index], blocks[index - 1], blocks[index + 1]
    if block.kind is not Kind.PROSE or not _is_paragraph(after):
        return False
    is_headed = before.level == 1 or (before.kind is Kind.PROSE and is_title_like(before.text))
    return is_headed and any(signature.is_byline for signature in read_signatures(block.text))
