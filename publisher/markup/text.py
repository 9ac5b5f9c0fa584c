"""A body told in plain text, for mail and for readers that show no HTML. Lines are never wrapped."""

import re
from collections.abc import Callable, Iterator

from lxml import html as lxml_html

from publisher.markup.cleaning import replace_surrogates
from publisher.markup.depth import flatten
from publisher.markup.plain import fold_spaces
from publisher.markup.table import table_lines

_BREAK = "\v"
_RULE = "* * *"
_BLANKS = re.compile(r"\n{3,}")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_MARKS = {"del": ("~~", "~~"), "s": ("~~", "~~"), "q": ("“", "”"), "code": ("`", "`")}
_PLAIN_BLOCKS = "p div section footer figure figcaption details summary h1 h2 h3 h4 h5 h6"


def to_text(html: str) -> str:
    """The readable plain text of clean HTML: blocks a blank line apart, every link's target in angle brackets after it.

    Links within the page (footnotes) keep their number only; pictures are their alternative text in square brackets.
    """
    source = _CONTROLS.sub("", replace_surrogates(html))
    body = lxml_html.fragment_fromstring(flatten(source), create_parent="div")
    return _BLANKS.sub("\n\n", "\n\n".join(_blocks(body)))


def _blocks(parent: lxml_html.HtmlElement) -> Iterator[str]:
    """The blocks below an element; inline content between them makes paragraphs of its own."""
    run = [parent.text or ""]
    for child in parent:
        if child.tag in _RENDERERS:
            yield from _paragraph(run)
            yield from _RENDERERS[child.tag](child)
            run = []
        else:
            run.append(_inline(child))
        run.append(child.tail or "")
    yield from _paragraph(run)


def _paragraph(run: list[str]) -> Iterator[str]:
    lines = (fold_spaces(line) for line in "".join(run).split(_BREAK))
    if text := "\n".join(lines).strip("\n"):
        yield text


def _inline(element: lxml_html.HtmlElement) -> str:
    if not isinstance(element.tag, str):
        return ""
    if element.tag == "br":
        return _BREAK
    if element.tag == "img":
        return f"[{element.get('alt')}]" if element.get("alt") else ""
    inner = (element.text or "") + "".join(_inline(child) + (child.tail or "") for child in element)
    if element.tag == "a":
        return _link(element, inner)
    before, after = _MARKS.get(element.tag, ("", ""))
    return before + inner + after if inner.strip() else inner


def _link(element: lxml_html.HtmlElement, inner: str) -> str:
    target: str = element.get("href", "")
    if "footnote-backref" in element.get("class", ""):
        return ""
    if target.startswith("#") and element.getparent().get("class") == "footnote-ref":
        return f"[{inner}]"
    if not target or target.startswith("#"):
        return inner
    label = fold_spaces(inner)
    if label in (target, target.removeprefix("mailto:"), target.removeprefix("tel:")):
        return inner
    if target in (f"http://{label}", f"https://{label}"):
        return target
    return f"{inner} <{target}>" if label else f"<{target}>"


def _rule(_: lxml_html.HtmlElement) -> Iterator[str]:
    yield _RULE


def _quotation(element: lxml_html.HtmlElement) -> Iterator[str]:
    if text := "\n\n".join(_blocks(element)):
        yield "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _verbatim(element: lxml_html.HtmlElement) -> Iterator[str]:
    if text := element.text_content().strip("\n"):
        yield text


def _list(element: lxml_html.HtmlElement) -> Iterator[str]:
    is_loose = any(item.find("p") is not None for item in element.iterchildren("li"))
    number = _number(element.get("start"), otherwise=1)
    items = []
    for child in element:
        number = _number(child.get("value"), otherwise=number)
        marker = f"{number}. " if element.tag == "ol" else "- "
        if text := ("\n\n" if is_loose else "\n").join(_blocks(child)):
            items.append(_hang(text, marker if child.tag == "li" else "  "))
        number += child.tag == "li"
    if items:
        yield ("\n\n" if is_loose else "\n").join(items)


def _number(written: str | None, *, otherwise: int) -> int:
    return int(written) if written and len(written) < 10 and written.isdecimal() else otherwise


def _hang(text: str, marker: str) -> str:
    """The text with `marker` before its first line and the others below it."""
    first, *others = text.split("\n")
    pad = " " * len(marker)
    return "\n".join([marker + first, *(pad + line if line else line for line in others)])


def _definitions(element: lxml_html.HtmlElement) -> Iterator[str]:
    lines = []
    for child in element:
        text = "\n".join(_blocks(child))
        if text:
            lines.append(_hang(text, "  ") if child.tag == "dd" else text)
    if lines:
        yield "\n".join(lines)


def _table(element: lxml_html.HtmlElement) -> Iterator[str]:
    for caption in element.iterchildren("caption"):
        yield from _blocks(caption)
    rows = [_cells(row) for row in _rows(element)]
    if lines := table_lines([row for row in rows if any(row)], has_header=element.find(".//th") is not None):
        yield "\n".join(lines)


def _rows(table: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _cells(row: lxml_html.HtmlElement) -> list[str]:
    return [" ".join(" ".join(_blocks(cell)).split("\n")) for cell in row.iterchildren("td", "th")]


_RENDERERS: dict[str, Callable[[lxml_html.HtmlElement], Iterator[str]]] = {
    **dict.fromkeys(_PLAIN_BLOCKS.split(), _blocks),
    "blockquote": _quotation,
    "dl": _definitions,
    "hr": _rule,
    "ol": _list,
    "pre": _verbatim,
    "table": _table,
    "ul": _list,
}
