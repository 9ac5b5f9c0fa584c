"""One line of plain text, for summaries and previews."""

import re
from html import unescape

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_INLINE_TAGS = (
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_FOOTNOTE_REF = re.compile(r'<sup class="footnote-ref">(?:<a [^>]*>)?[^<]*(?:</a>)?</sup>')
_FOOTNOTES = '<section class="footnotes"'
_SPACES = "\t\n\r\f\v"
_BEFORE_ELLIPSIS = " \t\n,;:.-–—"
_ELLIPSIS = "…"


def to_plain(html: str) -> str:
    """The words of clean HTML on one line, without links' targets, pictures and footnotes."""
    body = _FOOTNOTE_REF.sub("", html.partition(_FOOTNOTES)[0])
    return fold_spaces(unescape(_TAG.sub(_gap, body)))


def _gap(found: re.Match[str]) -> str:
    return "" if found[1].lower() in _INLINE else " "


def fold_spaces(text: str) -> str:
    """The text on one line, each run of white space one space; no-break spaces stay."""
    for space in _SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` characters: whole where it fits, else cut after a word and ended by an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - len(_ELLIPSIS)]
    if not text[len(head)].isspace():
        head = _to_last_word(head)
    return head.rstrip(_BEFORE_ELLIPSIS) + _ELLIPSIS


def _to_last_word(head: str) -> str:
    cut = max(head.rfind(" "), head.rfind("\n"))
    return head[:cut] if cut > 0 else head
