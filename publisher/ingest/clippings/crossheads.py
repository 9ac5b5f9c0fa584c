"""Crossheads: short lines between paragraphs that announce what follows."""

import re
from collections.abc import Sequence

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.words import FINAL

_LONGEST = 70
_LONGEST_PLAIN = 55
_SHORTEST_TEXT = 60
_SHORTEST_SENTENCE = 20
_STOPS = (".", "!", "?", "…", "»", "”", '"')
_NO_END = (".", ",", ";", ":")
_SENTENCE_WITHIN = re.compile(r"[a-zß-ÿ\d][.!?][ ]")
_OPENS = re.compile(r"[\"«“„]?\s?[A-ZÀ-ÞŒ0-9]")


def find_crosshead(blocks: Sequence[Block], index: int) -> str:
    """The words of the crosshead that a block is, or "" where it is a paragraph."""
    text = blocks[index].text
    line = without_emphasis(text)
    if blocks[index].kind is not Kind.PROSE or len(line) > _LONGEST or "\n" in line or line.endswith(_NO_END):
        return ""
    if is_capitals(line) or (text.startswith("**") and line != text):
        return line
    return line if _is_plain_crosshead(blocks, index) else ""


def _is_plain_crosshead(blocks: Sequence[Block], index: int) -> bool:
    """Whether a line in small letters stands alone between the end of one paragraph and the beginning of another."""
    text = blocks[index].text
    if not 0 < index < len(blocks) - 1 or len(text) > _LONGEST_PLAIN or not _OPENS.match(text):
        return False
    if (
        _SENTENCE_WITHIN.search(text)
        or text.endswith(("?", "!", "…", ")"))
        or len(text) < 4
        or not any(letter.isalpha() for letter in text)
    ):
        return False
    before, after = blocks[index - 1], blocks[index + 1]
    is_between = before.kind is Kind.BOX or before.text.rstrip()[-1:] in FINAL
    return is_between and before.kind is not Kind.FIXED and _is_paragraph(after)


def _is_paragraph(block: Block) -> bool:
    is_sentence = len(block.text) >= _SHORTEST_SENTENCE and block.text.endswith(_STOPS)
    is_long = len(block.text) >= _SHORTEST_TEXT or is_sentence
    return block.kind is Kind.PROSE and is_long and bool(_OPENS.match(block.text.lstrip("*_")))
