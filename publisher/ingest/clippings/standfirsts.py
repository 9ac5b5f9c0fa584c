"""The standfirst: the sentence or two between a headline and its text, told by a sign, by type, or by what follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.datelines import take_dateline
from publisher.ingest.clippings.leads import ends_in_lead_sign, has_lead_sign, without_lead_sign
from publisher.ingest.clippings.repair import unwrap
from publisher.ingest.clippings.sureness import Sureness

_LONGEST = 600
_LONGEST_OPEN = 350
_SHORTEST_HEADING = 45
_LEAD_WITHIN = 6
_SHORTEST_TEXT = 60
_OPENS = re.compile(r"[\"«“„‘(\[*_—–-]*\s?[A-ZÀ-ÞŒ0-9]")
_STOPPED = re.compile(r"[.!?…:;][\"»”’')\]*_]*$")
_RUN_IN = re.compile(r"[*_]{0,2}(?:[A-ZÀ-ÞŒ][A-ZÀ-ÞŒ'’-]+[ ]){2,}|[*_]{2}[A-ZÀ-ÞŒ][A-ZÀ-ÞŒ'’ -]{3,}[*_]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standfirst:
    """The standfirst on one line, or empty, the blocks without it, and how sure that is."""

    text: str
    rest: list[Block]
    sureness: Sureness


def take_standfirst(blocks: list[Block], *, byline_at: int | None) -> Standfirst:
    """The standfirst at the front of the blocks below a headline; `byline_at` says before which a byline stood."""
    lead = _find_lead(blocks)
    if lead is not None:
        return _take_before_lead(blocks, lead)
    if len(blocks) < 2 or not _may_be(blocks[0]):
        return _none(blocks)
    reason = _find_reason(blocks, byline_at=byline_at)
    return Standfirst(text=_clean(blocks[0].text), rest=blocks[1:], sureness=reason) if reason else _none(blocks)


def _none(blocks: list[Block]) -> Standfirst:
    return Standfirst(text="", rest=blocks, sureness=Sureness(0.9, "nothing sets a standfirst apart"))


def _clean(text: str) -> str:
    return without_emphasis(unwrap(without_lead_sign(without_emphasis(text))).strip())


def _take_before_lead(blocks: list[Block], lead: int) -> Standfirst:
    text = " ".join(_clean(found.text) for found in blocks[:lead])
    is_short = len(text) <= _LONGEST and all(found.kind in (Kind.PROSE, Kind.HEADING) for found in blocks[:lead])
    if not is_short:
        return _none(blocks)
    return Standfirst(text=text, rest=blocks[lead:], sureness=Sureness(0.95, "a lead sign follows it"))


def _find_lead(blocks: Sequence[Block]) -> int | None:
    for index, block in enumerate(blocks[:_LEAD_WITHIN]):
        if block.kind in (Kind.FIXED, Kind.BOX):
            continue
        if has_lead_sign(block.text):
            return index
        # At the very end of a text the sign closes it and announces nothing.
        if ends_in_lead_sign(block.text) and index + 1 < len(blocks):
            return index + 1
    return None


def _may_be(block: Block) -> bool:
    if block.kind is Kind.HEADING:
        return block.level > 1 and len(block.text) >= _SHORTEST_HEADING
    return block.kind is Kind.PROSE and len(block.text) <= _LONGEST and take_dateline(block.text)[0] is None


def _is_followed(blocks: Sequence[Block]) -> bool:
    """Whether the text begins anew after the first block, with a paragraph or an interview's question."""
    second = blocks[1]
    if _OPENS.match(second.text) is None:
        return False
    if len(second.text) >= _SHORTEST_TEXT:
        return True
    is_question = second.text.rstrip("*_ ").endswith("?")
    return is_question and len(blocks) > 2 and len(blocks[2].text) >= _SHORTEST_TEXT


def _find_reason(blocks: Sequence[Block], *, byline_at: int | None) -> Sureness | None:
    """Why the first block is a standfirst, or None where it is the text's first paragraph."""
    first, second = blocks[0], blocks[1]
    text = first.text.strip()
    if first.kind is Kind.HEADING:
        return Sureness(0.7, "it is a long heading below the headline") if second.kind is Kind.PROSE else None
    if without_emphasis(text) != text:
        return Sureness(0.9, "it is set in bold or italics")
    if second.kind is not Kind.PROSE:
        return None
    if byline_at == 1:
        return Sureness(0.85, "it stands between headline and byline")
    if take_dateline(second.text)[0] is not None:
        return Sureness(0.85, "it stands between headline and date line")
    if is_capitals(text):
        return None if len(text) < _SHORTEST_HEADING else Sureness(0.7, "it is set in capitals below the headline")
    if not _is_followed(blocks) or len(text) > _LONGEST_OPEN or text.endswith((",", ":", "?", "-")):
        return None
    if not _STOPPED.search(text):
        return Sureness(0.85, "it has no full stop, and a paragraph follows")
    if _RUN_IN.match(second.text) and not _RUN_IN.match(text):
        return Sureness(0.6, "the paragraph below it opens in capitals")
    return None
