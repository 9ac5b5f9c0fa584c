"""Cleans what authors wrote for the places where a stray character would do harm."""

import re
import unicodedata

from publisher.domain import slots
from publisher.markup import shorten

LONGEST_SUBJECT = 77  # RFC 5322, 2.1.1: a line should stay below 78
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RUN = re.compile("  +")  # no-break spaces stay: French needs them
_GAPS = re.compile(r"\n{3,}")


def clean_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters, without control characters and turns of direction (M04)."""
    spaced = (" " if unicodedata.category(sign) in _SPACES else sign for sign in text)
    line = _RUN.sub(" ", "".join(sign for sign in spaced if sign not in _TURNS)).strip()
    return shorten(slots.defuse(line), limit)


def clean_html(html: str) -> str:
    """The HTML without slots and without the characters that no document may hold."""
    return slots.defuse(_ILLEGAL.sub("", html))


def tidy_text(text: str) -> str:
    """A text part with at most one empty line between two others, ended by a line end."""
    return _GAPS.sub("\n\n", text).strip() + "\n"
