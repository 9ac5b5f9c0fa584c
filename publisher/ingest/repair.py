"""What a scanner or a narrow column did to prose, undone: hyphens at line ends, wrapped lines, broken paragraphs."""

import re
from collections.abc import Iterable

from publisher.ingest.blocks import Block, Kind

SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-\u2010\u00ad"
_AT_LINE_END = re.compile(rf"(?<=[^\W_])([{_HYPHENS}])[ \t]*\n[ \t]*(?=[^\W_])")
_LAST_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_LONGEST_PART = 40
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# A hyphen after or before these belongs to the word, wherever the line ends (French, then English and Dutch).
_COMPOUND_STARTS = "vice ex porte peut grand saint sainte sous demi non avant après mi celui celle ceux celles co self"
_COMPOUND_ENDS = "il elle on ils elles je tu nous vous ce t ci là même mêmes être up off"
_BEFORE, _AFTER = frozenset(_COMPOUND_STARTS.split()), frozenset(_COMPOUND_ENDS.split())
_FINAL = ".!?…:;\"»”’'*_)]|"
_OPENS_IN_LOWER_CASE = re.compile(r"[«“\"(]?\s?[^\W\d_]")


def vocabulary(text: str) -> frozenset[str]:
    """Every word of a text, lower case, compounds with their hyphens."""
    return frozenset(word.lower() for word in _WORD.findall(text))


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
    return head.lower() in _BEFORE or tail.lower() in _AFTER


def join_columns(blocks: Iterable[Block], words: frozenset[str]) -> list[Block]:
    """The blocks with paragraphs that a column's end broke in two made whole."""
    runs: list[list[Block]] = []
    for block in blocks:
        if runs and _goes_on(runs[-1][-1], block):
            runs[-1].append(block)
        else:
            runs.append([block])
    return [run[0] if len(run) == 1 else _join_run(run, words) for run in runs]


def _join_run(run: Iterable[Block], words: frozenset[str]) -> Block:
    return Block(Kind.PROSE, join_hyphenated("\n".join(block.text for block in run), words))


def _goes_on(first: Block, second: Block) -> bool:
    if first.kind is not Kind.PROSE or second.kind is not Kind.PROSE or first.text[-1] in _FINAL:
        return False
    opening = _OPENS_IN_LOWER_CASE.match(second.text)
    return opening is not None and opening[0][-1].islower()


def unwrap(text: str) -> str:
    """A paragraph on one line; a line that ends in two spaces or a backslash (Markdown's line break) stays."""
    lines = text.split("\n")
    pieces = [_with_break(line) for line in lines[:-1]]
    return "".join(pieces) + lines[-1].lstrip(" \t")


def _with_break(line: str) -> str:
    line = line.lstrip(" \t")
    return f"{line}\n" if line.endswith(("  ", "\\")) else line.rstrip(" \t") + " "
