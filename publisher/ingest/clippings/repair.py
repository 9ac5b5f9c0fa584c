"""What a scanner or a narrow column did to prose, undone: hyphens at line ends, wrapped lines, broken paragraphs."""

import re
from collections.abc import Iterable
from itertools import pairwise

from publisher.ingest.clippings.blocks import Block, Kind
from publisher.ingest.clippings.words import FINAL, ends_open

SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-\u2010\u00ad"
_AT_LINE_END = re.compile(rf"(?<=[^\W_])([{_HYPHENS}])[ \t]*\n[ \t]*(?=[^\W_])")
_CUT_WORD = re.compile(rf"(?<![^\W_])(?<!-)[^\W_]+(?:-[^\W_]+)*[{_HYPHENS}][ \t]*\n\s*[^\W_]+(?:-[^\W_]+)*")
_LAST_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_LONGEST_PART = 40
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# A hyphen after or before these belongs to the word, wherever the line ends (French, then English and Dutch).
_COMPOUND_STARTS = "vice porte peut grand saint sainte sous demi non avant après celui celle ceux celles self"
_COMPOUND_ENDS = "il elle on ils elles je tu nous vous ce t ci là même mêmes être up off"
# These are as often the beginning of a plain word: the rest must be a word of the text.
_PREFIXES = frozenset(("ex", "co", "mi"))
_NUMERAL_WORDS = (
    "un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente "
    "quarante cinquante soixante et one two three four five six seven eight nine first second third fourth fifth sixth "
    "seventh eighth ninth twenty thirty forty fifty sixty seventy eighty ninety"
)
_NUMERALS = frozenset(_NUMERAL_WORDS.split())
_BEFORE, _AFTER = frozenset(_COMPOUND_STARTS.split()), frozenset(_COMPOUND_ENDS.split())

# A sentence may go on after words in quotation marks or parentheses: only what follows in small letters shows it.
_OPEN_QUOTE = re.compile(r"[^.!?…:;*_|][\"»”’')\]]$")
_ASIDE = re.compile(r"- [^\W\d_A-ZÀ-Þ][^\n]*(?:\n(?!- )[^\n]*)*? - ")
_STOPS = re.compile(r"[.!?…][\"»”’')\]]*$")
_OPENS_PARAGRAPH = re.compile(r"[\"«“„(—–-]{0,2}[ \u00a0\u202f]?[A-ZÀ-ÞŒ0-9]")
_SHORTEST_BROKEN = 40
_LONG_BROKEN = 90
_ROOM = 0.85
_WIDEST_COLUMN = 130
_OPENS_IN_LOWER_CASE = re.compile(r"[«“\"(]?\s?[^\W\d_]")


def vocabulary(text: str) -> frozenset[str]:
    """Every word of a text, lower case, compounds with their hyphens; not the halves of one that a line end cut."""
    return frozenset(word.lower() for word in _WORD.findall(_CUT_WORD.sub(" ", text)))


def join_hyphenated(text: str, words: frozenset[str]) -> str:
    """The text with words that a line end cut in two made whole; `words` is the vocabulary of the whole clipping.

    The hyphen stays only where it belongs to the word: the compound, and not the joined form, stands elsewhere, or it
    is a known kind of compound, a name or a number.
    """

    def join(found: re.Match[str]) -> str:
        head = _LAST_WORD.search(text, max(0, found.start() - _LONGEST_PART), found.start())
        tail = _FIRST_WORD.match(text, found.end(), found.end() + _LONGEST_PART)
        if head is None or tail is None or found[1] == SOFT_HYPHEN:
            return ""
        return "-" if _keeps_hyphen(head[0], tail[0], words) else ""

    return _AT_LINE_END.sub(join, text).replace(SOFT_HYPHEN, "")


def _keeps_hyphen(head: str, tail: str, words: frozenset[str]) -> bool:
    if (head + tail).lower() in words:
        return False
    if f"{head}-{tail}".lower() in words or not (head[-1].isalpha() and tail[0].isalpha()):
        return True
    if tail[0].isupper():
        return True
    if head.lower() in _PREFIXES:
        return tail.lower() in words
    parts = {head.rpartition("-")[2].lower(), tail.lower()}
    return head.lower() in _BEFORE or tail.lower() in _AFTER or parts <= _NUMERALS


def join_columns(blocks: Iterable[Block], words: frozenset[str]) -> list[Block]:
    """The blocks with paragraphs that a column's end broke in two made whole; a box in the gap comes after them."""
    joined: list[Block] = []
    parts: list[str] = []
    floats: list[Block] = []

    def close() -> None:
        if parts:
            text = parts[0] if len(parts) == 1 else join_hyphenated("\n".join(parts), words)
            joined.append(Block(Kind.PROSE, text))
        joined.extend(floats)
        parts.clear()
        floats.clear()

    for block in blocks:
        if block.kind is Kind.BOX:
            floats.append(block)
            continue
        if parts and goes_on(parts[-1], block):
            parts.append(block.text)
            continue
        close()
        if block.kind is Kind.PROSE:
            parts.append(block.text)
        else:
            joined.append(block)
    close()
    return joined


def goes_on(text: str, block: Block) -> bool:
    """Whether a paragraph that ends as `text` does goes on in a block."""
    if text.endswith(":"):
        return _goes_on_after_colon(block)
    if not text or (text[-1] in FINAL and not _OPEN_QUOTE.search(text)):
        return False
    if block.kind is Kind.FIXED:
        return bool(_ASIDE.match(block.text))
    if block.kind is not Kind.PROSE:
        return False
    opening = _OPENS_IN_LOWER_CASE.match(block.text)
    if opening is not None and opening[0][-1].islower():
        return True
    if ends_open(text) and len(text) >= _SHORTEST_BROKEN:
        return True
    return (
        text[-1].isalnum()
        and len(text) >= _LONG_BROKEN
        and len(block.text) >= _SHORTEST_BROKEN
        and bool(_STOPS.search(block.text))
    )


def _goes_on_after_colon(block: Block) -> bool:
    opening = _OPENS_IN_LOWER_CASE.match(block.text)
    is_small = opening is not None and opening[0][-1].islower()
    return block.kind is Kind.PROSE and is_small and bool(_STOPS.search(block.text))


def split_paragraphs(block: Block) -> list[Block]:
    """The paragraphs of a block of plain text that has no empty lines between them.

    A line ends one where a sentence ends on it and the next line's first word would have had room, or is indented.
    """
    lines = block.text.split("\n")
    if block.kind is not Kind.PROSE or len(lines) < 2:
        return [block]
    width = max(len(line.rstrip()) for line in lines)
    groups = [[lines[0]]]
    for line, following in pairwise(lines):
        if _ends_paragraph(line.rstrip(), following.lstrip(), width=width):
            groups.append([])
        groups[-1].append(following)
    return [Block(Kind.PROSE, "\n".join(group)) for group in groups]


def _ends_paragraph(line: str, following: str, *, width: int) -> bool:
    if not _STOPS.search(line) or not _OPENS_PARAGRAPH.match(following):
        return False
    needed = len(line) + 1 + len(following.split(maxsplit=1)[0])
    return needed <= _ROOM * width or (len(line) > _WIDEST_COLUMN)


def unwrap(text: str) -> str:
    """A paragraph on one line; a line that ends in two spaces or a backslash (Markdown's line break) stays."""
    lines = text.split("\n")
    pieces = [_with_break(line) for line in lines[:-1]]
    return "".join(pieces) + lines[-1].lstrip(" \t")


def _with_break(line: str) -> str:
    line = line.lstrip(" \t")
    return f"{line}\n" if line.endswith(("  ", "\\")) else line.rstrip(" \t") + " "
