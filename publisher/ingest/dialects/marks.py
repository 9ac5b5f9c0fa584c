"""The marks of other generators in a text (`{{< figure … >}}`, `{% highlight %}`), told apart from its words and code.

Nothing is executed: a mark is its name and the words that are written in it.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

_LONGEST = 2000  # letters of one mark
_TICKS = re.compile(r"`+")
_STARTS = re.compile(r"`+|\{\{|\{%|\{#(?=\s)")
_ENDS = {"{{<": ">}}", "{{%": "%}}", "{{/*": "*/}}", "{{": "}}", "{%": "%}", "{#": "#}"}
_HUGO = ("{{<", "{{%")
_COMMENTS = ("{{/*", "{#")
_NAME = re.compile(r"[A-Za-z_.$][\w.$-]*(?:/[\w.-]+)*")
# A quotation without an end goes to the end: to look for one from each of its marks takes quadratic time.
_WORD = re.compile(
    r"""(?:([\w-]+)\s*[=:]\s*)?("(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|`[^`]*(?:`|$)|[^\s,()|"'`=]+)"""
)
_IN_FORMULA = re.compile(r"[\\$^_}\w]$")
FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark: its name, its words in order and by key, and where it stands.

    `opening` is the kind of bracket; a `literal` is a text in quotes and no name; a comment has neither.
    """

    opening: str
    name: str
    words: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    literal: str | None = None
    is_closing: bool = False
    is_call: bool = False
    is_escaped: bool = False
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def label(self) -> str:
        """The mark without its words, as an editor knows it."""
        slash = "/" if self.is_closing and self.opening in _HUGO else ""
        end = "end" if self.is_closing and self.opening not in _HUGO else ""
        return f"{self.opening} {slash}{end}{self.name} {_ENDS[self.opening]}"


def iter_marks(text: str, *, has_code: bool = True) -> Iterator[Mark]:
    """The marks of a text in order, those in its code blocks and code spans left out; `has_code` is Markdown's."""
    code = find_code(text) if has_code else []
    spans = Spans(text) if has_code else None
    at = 0
    while found := _STARTS.search(text, at):
        block = next_block(code, found.start())
        if block and block[0] <= found.start():
            at = block[1]
        elif found[0].startswith("`"):
            at = spans.end_of(found) if spans else found.end()
        elif mark := read_mark(text, found.start()):
            yield mark
            at = mark.end
        else:
            at = found.end()


def iter_outside_code(text: str, wanted: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern in a Markdown text, those in code blocks and code spans left out."""
    found, at = wanted.search(text), 0
    code, spans = (find_code(text), Spans(text)) if found else ([], None)
    while found and spans:
        tick = _TICKS.search(text, at, found.start())
        start = (tick or found).start()
        block = next_block(code, start)
        if block and block[0] <= start:
            at = block[1]
        elif tick:
            at = spans.end_of(tick)
        else:
            yield found
            at = found.end()
        found = found if found.start() >= at else wanted.search(text, at)


def next_block(blocks: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The first of the blocks, given in order, that ends behind a place."""
    index = bisect_left(blocks, at, key=lambda block: block[1] - 1)
    return blocks[index] if index < len(blocks) else None


class Spans:
    """The runs of backticks in a text, by length: a code span ends at the next one of its own, in its paragraph."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = defaultdict(list)
        for run in re.finditer(r"`+", text):
            self._runs[len(run[0])].append(run.start())
        self._gaps = [gap.start() for gap in re.finditer(r"\n[ \t]*\n", text)]

    def end_of(self, opening: re.Match[str]) -> int:
        """Where the code span ends that a run of backticks begins; right behind these where it begins none."""
        runs = self._runs[len(opening[0])]
        index = bisect_left(runs, opening.end())
        gap = bisect_left(self._gaps, opening.end())
        last = self._gaps[gap] if gap < len(self._gaps) else None
        if index == len(runs) or (last is not None and runs[index] > last):
            return opening.end()
        return runs[index] + len(opening[0])


def find_code(text: str, *, is_indented: bool = True) -> list[tuple[int, int]]:
    """Where the code blocks of a Markdown text lie, in order: the fenced and, where `is_indented`, the indented."""
    blocks: list[tuple[int, int]] = []
    fence, begun = "", 0
    is_after_gap, in_list, in_code = True, False, False
    for line in _LINE.finditer(text):
        written = line[0]
        if fence:
            if written.strip(" \t>\n").strip(fence[0]) == "" and written.count(fence[0]) >= len(fence):
                blocks.append((begun, line.end()))
                fence = ""
            continue
        if not written.strip():
            is_after_gap = True
            continue
        opened = FENCE.match(written)
        if opened and not (opened[1][0] == "`" and "`" in opened[2]):
            fence, begun = opened[1], line.start()
        elif is_indented and written.startswith(("    ", "\t")) and not in_list and (is_after_gap or in_code):
            blocks.append((line.start(), line.end()))
            in_code, is_after_gap = True, False
            continue
        elif not written.startswith((" ", "\t")) or ITEM.match(written):
            in_list = ITEM.match(written) is not None
        in_code, is_after_gap = False, False
    return [*blocks, (begun, len(text))] if fence else blocks


def read_mark(text: str, start: int) -> Mark | None:
    """The mark that begins at a place, or None where it is none, has no end near by, or is a formula's braces."""
    opening = next(sign for sign in _ENDS if text.startswith(sign, start))
    inside = start + len(opening)
    stop = text.find(_ENDS[opening], inside, inside + _LONGEST)
    if stop < 0 or (opening == "{{" and _IN_FORMULA.match(text[max(0, start - 1) : start])):
        return None
    end, inner = stop + len(_ENDS[opening]), text[inside:stop]
    bare = Mark(opening=opening, name="", text=text[start:end], start=start, end=end)
    if opening in _COMMENTS:
        return bare
    if opening in _HUGO and inner.lstrip().startswith("/*"):
        return replace(bare, is_escaped=True)
    return _read_inner(inner.strip("-~ \t\n"), bare)


def _read_inner(inner: str, bare: Mark) -> Mark | None:
    is_closing = bare.opening in _HUGO and inner.startswith("/")
    inner = inner.lstrip("/ ") if is_closing else inner.removesuffix("/")
    if bare.opening == "{{" and inner[:1] in {'"', "'"}:
        literal, *filters = _read_words(inner)[0]
        return replace(bare, literal=literal, words=tuple(filters))
    named = _NAME.match(inner)
    rest = inner[named.end() :] if named else ""
    if not named or rest[:1] not in {"", " ", "\t", "\n", "(", "|", ":", '"'}:
        return None
    name = named[0]
    if bare.opening == "{%" and name.startswith("end"):
        name, is_closing = name.removeprefix("end"), True
    words, by_key = _read_words(rest)
    is_call = rest.lstrip().startswith("(")
    return replace(bare, name=name, words=words, named=by_key, is_closing=is_closing, is_call=is_call)


def _read_words(written: str) -> tuple[tuple[str, ...], dict[str, str]]:
    words: list[str] = []
    named: dict[str, str] = {}
    for key, value in _WORD.findall(written):
        plain = _unquote(value)
        if key:
            named.setdefault(key.lower(), plain)
        else:
            words.append(plain)
    return tuple(words), named


def _unquote(value: str) -> str:
    if value[:1] not in {'"', "'", "`"}:
        return value
    inner = value[1:].removesuffix(value[0])
    return re.sub(r"\\(.)", r"\1", inner, flags=re.S) if value[0] != "`" else inner
