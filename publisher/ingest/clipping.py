"""A raw clipping, scanned or cut from a wire, as title, standfirst, byline, date and a clean Markdown body.

Each step is a small rule over blocks; what is not prose (code, lists, tables) is never touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from publisher.ingest import furniture
from publisher.ingest.blocks import Block, Kind, join_blocks, split_blocks, without_emphasis
from publisher.ingest.capitals import Lexicon, is_capitals, learn, restore, restore_opening
from publisher.ingest.quotations import fold_quotations
from publisher.ingest.repair import join_columns, join_hyphenated, unwrap, vocabulary

_LONGEST_TITLE = 200
_LONGEST_LINE_TITLE = 100
_LONGEST_STANDFIRST = 600
_LONGEST_CROSSHEAD = 70
_TITLE_WITHIN = 4
_FURNITURE_WITHIN = 4
_LEAD_WITHIN = 6
_NO_TITLE_END = (".", ";", ":", ",", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """What a clipping says. `title`, `headline` and `standfirst` are inline Markdown, `body` is Markdown.

    `headline` is the title as printed where that differs, else empty. `certainty` (0 to 1) says how sure the title is.
    """

    title: str
    headline: str
    standfirst: str
    authors: tuple[str, ...]
    day: date | None
    body: str
    certainty: float


def read_clipping(text: str, *, is_plain: bool = False) -> Clipping:
    """The parts of a text that has no header; `is_plain` for text files, where an indent is no code."""
    blocks = fold_quotations(_join_words(split_blocks(text, is_plain=is_plain), text))
    headline, rest, certainty = _take_title(blocks)
    rest, signatures = _take_signatures(rest)
    standfirst, rest = _take_standfirst(rest)
    unwrapped = (_unwrap(block) for block in join_columns(rest, vocabulary(text)))
    repaired = [block for block in unwrapped if block.text]
    lexicon = learn("\n\n".join(block.text for block in (Block(Kind.PROSE, standfirst), *repaired)))
    title = restore(headline, lexicon)
    authors = tuple(dict.fromkeys(name for signature in signatures for name in signature.authors))
    return Clipping(
        title=title,
        headline=headline if headline != title else "",
        standfirst=restore_opening(standfirst, lexicon),
        authors=authors or _agencies_at_end(repaired),
        day=next((signature.day for signature in signatures if signature.day), None),
        body=join_blocks(_finish(block, lexicon) for block in repaired),
        certainty=certainty,
    )


def _join_words(blocks: Iterable[Block], text: str) -> list[Block]:
    words = vocabulary(text)
    return [
        Block(block.kind, join_hyphenated(block.text, words), block.level) if block.kind is not Kind.FIXED else block
        for block in map(_without_heading_sign, blocks)
        if block.text
    ]


def _without_heading_sign(block: Block) -> Block:
    if block.kind is not Kind.HEADING:
        return block
    return Block(block.kind, furniture.without_lead_sign(block.text), block.level)


def _take_title(blocks: Sequence[Block]) -> tuple[str, list[Block], float]:
    """The headline, the other blocks, and how sure it is: a heading, a line in capitals, a short line, or nothing."""
    for index, block in enumerate(blocks[:_TITLE_WITHIN]):
        if block.level == 1 or (block.level and index == 0):
            return block.text, [*blocks[:index], *blocks[index + 1 :]], 1.0
    index = _skip_furniture(blocks)
    if index >= len(blocks) or blocks[index].kind is not Kind.PROSE:
        return "", list(blocks), 0.0
    lines = blocks[index].text.split("\n")
    title, certainty = _title_lines(lines, is_alone=len(blocks) == index + 1)
    if not title:
        return "", list(blocks), 0.0
    left = "\n".join(lines[len(title) :]).strip()
    others = [*blocks[:index], *([Block(Kind.PROSE, left)] if left else []), *blocks[index + 1 :]]
    return _title_text(title), others, certainty


def _title_text(lines: Iterable[str]) -> str:
    return without_emphasis(furniture.without_lead_sign(" ".join(line.strip() for line in lines)))


def _skip_furniture(blocks: Sequence[Block]) -> int:
    for index, block in enumerate(blocks[:_TITLE_WITHIN]):
        is_bare_sign = not furniture.without_lead_sign(block.text)
        if block.kind is not Kind.PROSE or not (is_bare_sign or furniture.read_signature(block.text)):
            return index
    return min(len(blocks), _TITLE_WITHIN)


def _title_lines(lines: list[str], *, is_alone: bool) -> tuple[list[str], float]:
    count = next((index for index, line in enumerate(lines) if not is_capitals(line)), len(lines))
    capitals = lines[:count]
    if capitals and len(" ".join(capitals)) <= _LONGEST_TITLE and not (is_alone and count == len(lines)):
        return capitals, 0.9
    first = lines[0].strip()
    if len(lines) == 1 and not is_alone and len(first) <= _LONGEST_LINE_TITLE and not first.endswith(_NO_TITLE_END):
        return lines, 0.8
    return [], 0.0


def _take_signatures(blocks: Sequence[Block]) -> tuple[list[Block], list[furniture.Signature]]:
    """The blocks without the bylines and date lines near the beginning and at the very end."""
    kept: list[Block] = []
    signatures: list[furniture.Signature] = []
    for index, block in enumerate(blocks):
        is_near = index < _FURNITURE_WITHIN or index == len(blocks) - 1
        lines = block.text.split("\n") if block.kind is Kind.PROSE and is_near else []
        found = [furniture.read_signature(line) for line in lines]
        if lines and all(found) and len(blocks) > 1:
            signatures += [signature for signature in found if signature]
        else:
            kept.append(block)
    return kept, signatures


def _take_standfirst(blocks: list[Block]) -> tuple[str, list[Block]]:
    """The standfirst and the rest: what a lead sign parts off, else a first paragraph in bold or italic."""
    lead = _find_lead(blocks)
    if lead is not None:
        before = [without_emphasis(unwrap(furniture.without_lead_sign(found.text))) for found in blocks[:lead]]
        text = " ".join(before)
        is_short = len(text) <= _LONGEST_STANDFIRST and all(found.kind is not Kind.FIXED for found in blocks[:lead])
        return (text, blocks[lead:]) if is_short else ("", blocks)
    if len(blocks) > 1 and blocks[0].kind is Kind.PROSE and len(blocks[0].text) <= _LONGEST_STANDFIRST:
        text = without_emphasis(blocks[0].text)
        if text != blocks[0].text:
            return unwrap(text), blocks[1:]
    return "", blocks


def _find_lead(blocks: Sequence[Block]) -> int | None:
    for index, block in enumerate(blocks[:_LEAD_WITHIN]):
        if block.kind is Kind.FIXED:
            continue
        if furniture.has_lead_sign(block.text):
            return index
        # At the very end of a text the sign closes it and announces nothing.
        if furniture.ends_in_lead_sign(block.text) and index + 1 < len(blocks):
            return index + 1
    return None


def _agencies_at_end(blocks: Sequence[Block]) -> tuple[str, ...]:
    return furniture.find_agencies(blocks[-1].text) if blocks else ()


def _unwrap(block: Block) -> Block:
    if block.kind is not Kind.PROSE:
        return block
    return Block(Kind.PROSE, unwrap(furniture.without_lead_sign(block.text)))


def _finish(block: Block, lexicon: Lexicon) -> Block:
    if block.kind is Kind.HEADING:
        return Block(Kind.HEADING, restore(block.text, lexicon), block.level)
    if block.kind is Kind.FIXED:
        return block
    crosshead = _crosshead(block.text)
    if crosshead:
        return Block(Kind.HEADING, restore(crosshead, lexicon), 2)
    return Block(Kind.PROSE, restore_opening(block.text, lexicon))


def _crosshead(text: str) -> str:
    line = without_emphasis(text)
    is_short = len(line) <= _LONGEST_CROSSHEAD and "\n" not in line and not line.endswith((".", ",", ";", ":"))
    return line if is_short and (is_capitals(line) or (text.startswith("**") and line != text)) else ""
