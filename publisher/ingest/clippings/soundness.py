"""How sound a clipping's body is: legible, of whole sentences, and prose rather than results, prices or telephones."""

import re
from collections.abc import Iterator, Sequence

from publisher.ingest.clippings.blocks import Block, Kind, without_emphasis
from publisher.ingest.clippings.headlines import opens_small
from publisher.ingest.clippings.legibility import read_legibility
from publisher.ingest.clippings.sureness import Sureness
from publisher.ingest.words import FUNCTION_WORDS, fold_words

_LONGEST_SHOWN = 40
_LONG = 80
_STOPS = re.compile(r"[.!?…:;][\"»”“’')\]*_]*$|[»”“\"’)\]*_|>]$")
_PARAGRAPH_WORDS = 7
_SMALL_SHARE = 0.15
_PROSE_SHARE = 0.5
_ENOUGH_WORDS = 40
_KNOWN_SHARE, _RUNNING_SHARE = 0.05, 0.7
_MOST = 20_000
_PHONE = re.compile(r"(?<![\d.,])(?:\+\d{2}|0\d{1,4})(?:[ ./-]{1,2}\d{2,4}){2,5}(?![\d.,]*\d)")
_MANY_PHONES = 3
_SOUND = Sureness(0.95, "")


def judge_body(blocks: Sequence[Block], *, is_read: bool = False) -> Sureness:
    """How sure it is that a body can be published as it stands: the least sure of what is looked at.

    Of one that somebody has read (`is_read`) it is only asked whether it is legible: a list is meant to be one.
    """
    prose = [block.text for block in blocks if block.kind is Kind.PROSE]
    text = "\n".join(prose)[:_MOST]
    if is_read:
        return read_legibility(text)
    judged = [read_legibility(text), _judge_phones(text)]
    if not _is_of_another_language(text):
        judged += [_judge_ends(blocks), _judge_prose(blocks)]
    return min(judged, key=lambda sureness: sureness.certainty)


def _is_of_another_language(text: str) -> bool:
    """Whether a running text has next to none of the small words that the rules know, as in Spanish or Greek."""
    words = fold_words(text)
    if not words or sum(word in FUNCTION_WORDS for word in words) >= _KNOWN_SHARE * len(words):
        return False
    begins = [word[0] for word in text.split() if word[0].isalpha()]
    return sum(not letter.isupper() for letter in begins) >= _RUNNING_SHARE * len(begins)


def _judge_ends(blocks: Sequence[Block]) -> Sureness:
    reason = next(_iter_broken(blocks), "")
    return Sureness(0.45, reason) if reason else _SOUND


def _iter_broken(blocks: Sequence[Block]) -> Iterator[str]:
    """What is said of a text that begins within a sentence, and of each long paragraph that stops within one."""
    first = next((block for block in blocks if block.kind is not Kind.BOX), None)
    if first and first.kind is Kind.PROSE and len(first.text) >= _LONG and opens_small(first.text):
        yield f"it begins within a sentence: “{first.text[:_LONGEST_SHOWN].rstrip()}…”"
    for index, block in enumerate(blocks):
        text = block.text.rstrip()
        if block.kind is not Kind.PROSE or len(text) < _LONG or "<br" in text or _STOPS.search(text):
            continue
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if following is None or following.kind is not Kind.FIXED:
            yield f"a paragraph breaks off: “…{text[-_LONGEST_SHOWN:].lstrip()}”"


def _judge_prose(blocks: Sequence[Block]) -> Sureness:
    """Less sure where most words stand in short lines or lists of names, as in results, notices and advertisements."""
    counted = [(len(block.text.split()), _is_prose(block)) for block in blocks if block.kind is not Kind.BOX]
    total = sum(count for count, _ in counted)
    prose = sum(count for count, is_prose in counted if is_prose)
    if total < _ENOUGH_WORDS or prose >= _PROSE_SHARE * total:
        return _SOUND
    return Sureness(0.3, f"only {prose} of its {total} words stand in sentences")


def _is_prose(block: Block) -> bool:
    """Whether a block is a paragraph of sentences; a table or a list has them all around it."""
    if block.kind is not Kind.PROSE or not _STOPS.search(without_emphasis(block.text.rstrip())):
        return False
    words = fold_words(block.text)
    small = sum(word in FUNCTION_WORDS for word in words)
    return len(words) >= _PARAGRAPH_WORDS and small >= _SMALL_SHARE * len(words)


def _judge_phones(text: str) -> Sureness:
    count = sum(1 for _ in _PHONE.finditer(text))
    return (
        Sureness(0.3, f"it has {count} telephone numbers, as advertisements have") if count >= _MANY_PHONES else _SOUND
    )
