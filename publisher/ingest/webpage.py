"""An HTML seed: the part of the page that is the article, and what the page says about itself."""

import re
from dataclasses import dataclass
from html import escape

from lxml import etree
from lxml import html as lxml_html

from publisher.errors import SeedError

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MORE = re.compile(r"<!--\s*more\s*-->", re.I)
_MORE_MARK = "<!-- more -->"
_AROUND = ("nav", "aside", "form", "header", "footer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webpage:
    """What a page holds: `body` is raw HTML, not yet safe, without its first main heading; the rest plain text."""

    title: str
    body: str
    language: str = ""
    author: str = ""
    description: str = ""


def read_webpage(path: str, text: str) -> Webpage:
    """The article of a page: its one `<main>`, else its one `<article>`, else its body. Raises SeedError if empty."""
    try:
        page = lxml_html.document_fromstring(_MORE.sub(_MORE_MARK, _DECLARATION.sub("", text)))
    except (etree.ParserError, ValueError) as error:
        raise SeedError(path, "there is no text in it") from error
    part = _find_part(page)
    heading = next(part.iter("h1"), None)
    title = _words(heading) if heading is not None else _words(page.find(".//title"))
    if heading is not None:
        heading.drop_tree()
    return Webpage(
        title=title,
        body=_inner(part),
        language=(page.get("lang") or "").strip(),
        author=_named(page, "author"),
        description=_named(page, "description"),
    )


def _find_part(page: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    for tag in ("main", "article"):
        found = page.findall(f".//{tag}")
        if len(found) == 1:
            return found[0]
    body = page.find("body")
    if body is None:
        return page
    for child in list(body):
        if child.tag in _AROUND and (child.tag != "header" or child.find(".//h1") is None):
            child.drop_tree()
    return body


def _words(element: lxml_html.HtmlElement | None) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""


def _named(page: lxml_html.HtmlElement, name: str) -> str:
    found = page.find(f".//meta[@name='{name}']")
    return " ".join((found.get("content") or "").split()) if found is not None else ""


def _inner(part: lxml_html.HtmlElement) -> str:
    children = "".join(lxml_html.tostring(child, encoding="unicode") for child in part)
    return escape(part.text or "", quote=False) + children
