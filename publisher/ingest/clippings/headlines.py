"""What a headline looks like, and when a further line goes on with it."""

import re

from publisher.ingest.clippings.blocks import without_emphasis
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.clippings.words import FUNCTION_WORDS

LONGEST_CAPITALS = 200
_LONGEST_TITLE = 130
_LONGEST_LABEL = 30
_MOST_LINES = 4
_NO_TITLE_END = (".", ";", ",", "-")
_OPENS_SMALL = re.compile(r"[\"«“(]?\s?[^\W\d_]")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def is_title_like(text: str, *, goes_on: bool = False) -> bool:
    """Whether a block may be a headline, or where it `goes_on`: short, in a few lines, no sentence's end."""
    bare = without_emphasis(text.strip())
    if bare.count("\n") >= _MOST_LINES or bare.endswith(_NO_TITLE_END) or not any(map(str.isalpha, bare)):
        return False
    if is_capitals(bare):
        return len(bare) <= LONGEST_CAPITALS
    return (
        len(bare) <= _LONGEST_TITLE
        and not (bare.endswith(":") and len(bare) > _LONGEST_LABEL)
        and (goes_on or not opens_small(bare))
    )


def opens_small(text: str) -> bool:
    """Whether a line begins in a small letter."""
    opening = _OPENS_SMALL.match(without_emphasis(text))
    return opening is not None and opening[0][-1].islower()


def begins_with_function_word(text: str) -> bool:
    """Whether a line begins with a word such as "of" or "de"."""
    word = _FIRST_WORD.match(text)
    return word is not None and word[0].casefold() in FUNCTION_WORDS
