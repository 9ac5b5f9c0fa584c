"""Shortcodes and templates in a seed's text: the common ones become HTML, the others go and are named. None is run."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from publisher.ingest.dialects import embeds
from publisher.ingest.dialects.marks import Mark, find_code, iter_marks, next_block

_TARGETS: dict[str, embeds.Drawer] = {
    **dict.fromkeys(("ref", "relref"), embeds.link_to_seed),
    "post_url": embeds.link_to_post,
    "link": embeds.link_to_file,
}
_DRAWERS = embeds.EMBEDS | _TARGETS
# What stands before the target of a link: `](`, `[name]: `, `href="`, the site's own address between them.
_IN_LINK = re.compile(
    r"""(?:\]\(\s*<?|^ {0,3}\[[^\]\n]{1,200}\]:\s*<?|=["']?)(?:[^\s"'<>(){}]|\{\{[^{}]*\}\})*\Z""", re.M
)
_LOOK_BACK = 300  # letters
_OPENERS: dict[str, Callable[[Mark], str]] = {"details": embeds.draw_details, "quote": embeds.draw_quote}
_CLOSERS: dict[str, Callable[[Mark], str]] = {
    "details": lambda _: "\n\n</details>\n\n",
    "quote": embeds.end_quote,
}
_VERBATIM = frozenset({"highlight", "raw", "comment", "verbatim", "codeblock", "math", "katex"})
_OWN_ADDRESS = frozenset({"site.baseurl", "site.url", "site.github.url"})
_ESCAPES = (("{{</*", "{{<"), ("*/>}}", ">}}"), ("{{%/*", "{{%"), ("*/%}}", "%}}"))
_INCLUDES = frozenset({"include", "include_relative", "include_cached", "render"})
_DEEPEST = 48  # of what is open at once, as in HTML
_MOST_NOTES = 50
_RAW = re.compile(r"\{%-? *(?:end)?raw *-?%\}\n?")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,300}\}")
_ATTRIBUTE = re.compile(r"""[.#:]?[\w-]+(?:=(?:"[^"]*"|'[^']*'))?""")
_TABLE_OF_CONTENTS = re.compile(
    r"^(?:(?:[*+-]|\d{1,9}\.)[ \t][^\n]*\n\{:\s?toc[^}\n]*\}|\[TOC\]|\[\[_?toc_?\]\])[ \t]*$", re.I | re.M
)


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text without marks, and what was left out of it, for its editor."""

    text: str
    notes: tuple[str, ...] = ()


def expand(text: str, *, first_line: int = 1, has_code: bool = True) -> Expanded:
    """The text with the marks that are understood as HTML and without the others, each named once with its line.

    `has_code` says that code blocks and spans are Markdown's; what stands in them stays, but for escaped marks.
    """
    if "{" not in text and "[" not in text:
        return Expanded(text)
    work = _Work(text, line=first_line)
    pieces = list(_iter_pieces(text, work, has_code=has_code)) if "{" in text else [text]
    expanded = _tidy("".join(pieces)) if has_code else "".join(pieces)
    return Expanded(expanded, tuple(work.notes.values()))


@dataclass(slots=True)
class _Work:
    """What is open at a place of the text, and what was left out so far."""

    text: str
    line: int
    counted: int = 0
    open: list[Mark] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    endless: set[tuple[str, str]] = field(default_factory=set)

    def leave_out(self, mark: Mark) -> str:
        """Nothing, with a note of the mark's name and line."""
        self.line += self.text.count("\n", self.counted, mark.start)
        self.counted = mark.start
        if mark.name not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes[mark.name] = f"{mark.label} in line {self.line} was left out"
        return ""

    def begin(self, mark: Mark) -> None:
        """Note what is to be ended."""
        if len(self.open) < _DEEPEST:
            self.open.append(mark)

    def find_end(self, mark: Mark) -> re.Match[str] | None:
        """The end of a mark whose inside is not looked at."""
        if (mark.opening, mark.name) in self.endless:
            return None
        name, is_liquid = re.escape(mark.name), mark.opening == "{%"
        end = rf"\{{%-?[ \t]*end{name}[ \t]*-?%\}}" if is_liquid else rf"\{{\{{[<%][ \t]*/[ \t]*{name}[ \t]*[%>]\}}\}}"
        found = re.compile(end).search(self.text, mark.end)
        if not found:
            self.endless.add((mark.opening, mark.name))
        return found

    def close(self, name: str) -> Mark | None:
        """The newest open mark of that name, or of any where none is given; those opened since are closed too."""
        names = [mark.name for mark in self.open]
        if not names or (name and name not in names):
            return None
        index = len(names) - 1 - names[::-1].index(name) if name else len(names) - 1
        found = self.open[index]
        del self.open[index:]
        return found


def _iter_pieces(text: str, work: _Work, *, has_code: bool) -> Iterator[str]:
    at = 0
    for mark in iter_marks(text, has_code=has_code):
        if mark.start < at:
            continue  # it stands in what is shown as typed
        yield _unescape(text[at : mark.start])
        at = mark.end
        if mark.name in _VERBATIM and not mark.is_closing:
            end = work.find_end(mark)
            if end:
                yield _draw_verbatim(mark, text[mark.end : end.start()])
                at = end.end()
                continue
        yield _draw(mark, work)
    yield _unescape(text[at:])


def _draw_verbatim(mark: Mark, inside: str) -> str:
    if mark.name == "comment":
        return ""
    if mark.name in {"highlight", "codeblock"}:
        return embeds.draw_code(inside, language=mark.named.get("lang") or next(iter(mark.words), ""))
    return inside


def _draw(mark: Mark, work: _Work) -> str:
    if mark.is_escaped:
        return _unescape(mark.text)
    if mark.literal is not None:
        return mark.literal
    if not mark.name and not mark.is_closing:
        return ""
    if mark.is_closing:
        opened = work.close(mark.name)
        return _CLOSERS[opened.name](opened) if opened and opened.name in _CLOSERS else ""
    if mark.name in _OPENERS:
        work.begin(mark)
        return _OPENERS[mark.name](mark)
    return _draw_alone(mark, work)


def _draw_alone(mark: Mark, work: _Work) -> str:
    if mark.opening == "{{" and not mark.is_call:
        return "" if mark.name in _OWN_ADDRESS else work.leave_out(mark)
    if mark.opening == "{%" and mark.is_call:
        work.begin(mark)  # Zola ends whatever is open by `{% end %}`
    meant = _find_included(mark) if mark.name in _INCLUDES and mark.words else mark
    drawer = _DRAWERS.get(meant.name.rpartition("/")[2].lower())
    drawn = drawer(meant) if drawer else None
    if drawn and meant.name in _TARGETS and not _IN_LINK.search(work.text, max(0, mark.start - _LOOK_BACK), mark.start):
        return embeds.write_link(drawn)
    return work.leave_out(mark) if drawn is None else drawn


def _find_included(mark: Mark) -> Mark:
    """What an include shows: by its file's name, or its provider's; a picture where it names neither."""
    file = mark.words[0].rpartition("/")[2].partition(".")[0]
    names = (mark.named.get("provider", ""), file)
    name = next((name for name in names if name in _DRAWERS), "figure")
    return Mark(opening=mark.opening, name=name, words=mark.words[1:], named=mark.named)


def _unescape(text: str) -> str:
    """The text with escaped marks as their author wants them seen, in code as well."""
    if "{%" in text and "raw" in text:
        text = _RAW.sub("", text)
    for written, meant in _ESCAPES if "/*" in text or "*/" in text else ():
        text = text.replace(written, meant)
    return text


def _tidy(text: str) -> str:
    """The text without kramdown's lists of attributes and without the mark of a table of contents."""
    if "{:" not in text and "toc" not in text.lower():
        return text
    code = find_code(text)

    def is_code(at: int) -> bool:
        block = next_block(code, at)
        return block is not None and block[0] <= at

    text = _TABLE_OF_CONTENTS.sub(lambda found: found[0] if is_code(found.start()) else "", text)
    code = find_code(text)
    return _ATTRIBUTES.sub(
        lambda found: found[0] if is_code(found.start()) or not _are_attributes(found[0]) else "", text
    )


def _are_attributes(written: str) -> bool:
    return all(_ATTRIBUTE.fullmatch(word) for word in re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", written[2:-1]))
