"""Head lines that stand in one block with the text below them, parted from it."""

from collections.abc import Sequence

from publisher.ingest.clippings.blocks import Block, Kind
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.headlines import is_title_like, opens_small
from publisher.ingest.clippings.kickers import stands_above
from publisher.ingest.clippings.signatures import read_signature, read_signatures
from publisher.ingest.clippings.words import ends_open

_WITHIN = 6
_MOST_LINES = 4
_REACH = _MOST_LINES + 3
_SHORT = 0.75


def peel_lines(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with headlines, bylines and date lines at the front of the first ones parted from the text below."""
    peeled: list[Block] = []
    for index, block in enumerate(blocks):
        is_near = block.kind is Kind.PROSE and index < _WITHIN and "\n" in block.text
        if is_near and not read_signatures(block.text):
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
        if count > 1 and at == 0 and is_first and " " not in lines[0].strip() and stands_above(lines[0], lines[1]):
            count = 1
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
    is_short = len(lines) > 2 and len(first) <= _SHORT * width and not opens_small(lines[1])
    if not until and not is_short:
        return 0
    count = 1
    while count < (until or 2) and (opens_small(lines[count]) or ends_open(lines[count - 1])):
        count += 1
    return count if until or count == 1 else 0
