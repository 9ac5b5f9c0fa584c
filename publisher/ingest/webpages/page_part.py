"""Which part of a web page is its article, and what in it is the site's and not the article's."""

import re
from collections.abc import Iterable, Iterator

from lxml import html as lxml_html

from publisher.ingest.webpages.extraction import extract_paragraphs
from publisher.ingest.webpages.page_claims import words_of

_AROUND = ("nav", "aside", "form", "header", "footer")
_FURNITURE_TAGS = frozenset({"nav", "aside", "form", "footer", "button", "script", "style", "noscript", "dialog"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "dialog", "search", "alertdialog"}
)
_FURNITURE_WORDS = re.compile(
    r"ads?|advert|advertisement|banner|breadcrumbs?|byline|comments|consent|cookies?|meta|newsletter|outbrain|pager"
    r"|pagination|paywall|popular|promo|readmore|recommended|related|share|sharebar|sharing|sidebar|signup|social"
    r"|subscribe|taboola|teasers?|toolbar",
    re.I,
)
_LEADS_IN = re.compile(r"standfirst|lead|lede|chapo|deck|dek|intro|inleiding|subtitle|subheadline|vorspann", re.I)
_BLOCKS = frozenset({"div", "section", "aside", "ul", "ol", "nav", "form", "p", "footer", "header", "span", "table"})
_NEVER = frozenset({"article", "main", "body", "html"})
_LETTERS = re.compile(r"[a-z]+|[A-Z][a-z]*")
_TOOLS = re.compile(
    r"(?:print|e-?mail|share|tweet|partager|imprimer|envoyer|afdrukken|deel|delen|teilen|drucken|merken|versenden)\b",
    re.I,
)
_LONG = 40
_MOST = 0.9
_HALF = 0.5


def find_part(page: lxml_html.HtmlElement, text: str, *, is_saved: bool) -> lxml_html.HtmlElement:
    """The element that holds the article.

    Of a saved page it is where trafilatura, if it is installed, finds the text; else the one `<main>`, the one
    `<article>`, or what holds the long paragraphs; else the body.
    """
    body = page.find("body") if page.find("body") is not None else page
    found = _holding(body, extract_paragraphs(text)) if is_saved else None
    if found is None:
        found = _only(page, "main", "article")
    if found is not None:
        return found
    for child in list(body):
        if child.tag in _AROUND and (child.tag != "header" or child.find(".//h1") is None):
            child.drop_tree()
    own = _holding(body, _own_paragraphs(body)) if is_saved else None
    return body if own is None else own


def strip_furniture(part: lxml_html.HtmlElement) -> None:
    """Take out of a saved page's part what the site puts around any article: menus, sharing, comments, adverts.

    Told by tag, role, class and hiding. What holds half of the text stays, whatever it is called.
    """
    most = len(words_of(part)) * _HALF
    for element in list(part.iter()):
        if not isinstance(element.tag, str) or element is part or element.getparent() is None:
            continue
        if _is_furniture(element) and (len(words_of(element)) <= most or element.tag in _FURNITURE_TAGS):
            element.drop_tree()
    for header in part.findall(".//header"):
        _keep_pictures(header)


def find_standfirst(part: lxml_html.HtmlElement) -> str:
    """The paragraph that the header of a saved page's article marks as what leads into it; nothing where none is."""
    whole = next((each for each in (part, *part.iterancestors()) if each.tag in {"article", "main"}), part)
    for paragraph in whole.xpath(".//header//p | .//header//div"):
        named = f"{paragraph.get('class') or ''} {paragraph.get('itemprop') or ''}"
        if any(map(_LEADS_IN.fullmatch, _LETTERS.findall(named))) and paragraph.find(".//p") is None:
            return words_of(paragraph)
    return ""


def _own_paragraphs(body: lxml_html.HtmlElement) -> Iterator[str]:
    for paragraph in body.iter("p"):
        if not any(map(_is_furniture, paragraph.iterancestors())):
            yield words_of(paragraph)


def _only(page: lxml_html.HtmlElement, *tags: str) -> lxml_html.HtmlElement | None:
    for tag in tags:
        found = page.findall(f".//{tag}")
        if len(found) == 1:
            return found[0]
    return None


def _holding(body: lxml_html.HtmlElement, paragraphs: Iterable[str]) -> lxml_html.HtmlElement | None:
    """The innermost element that holds nearly all of the long paragraphs; None where there are none."""
    wanted = list(dict.fromkeys(text for text in paragraphs if len(text) >= _LONG))
    total = sum(map(len, wanted))
    if _held(body, wanted) < _MOST * total or len(wanted) < 2:
        return None
    found = body
    while True:
        inner = next((child for child in found if _held(child, wanted) >= _MOST * total), None)
        if inner is None:
            return found
        found = inner


def _held(element: lxml_html.HtmlElement, wanted: list[str]) -> int:
    if not isinstance(element.tag, str):
        return 0
    words = words_of(element)
    return sum(len(text) for text in wanted if text in words)


def _is_furniture(element: lxml_html.HtmlElement) -> bool:
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    if element.tag in _NEVER or any(parent.tag == "pre" for parent in element.iterancestors()):
        return False
    if "hidden" in element.attrib or re.search(r"display:\s*none", element.get("style") or ""):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    is_named = element.tag in _BLOCKS and any(map(_FURNITURE_WORDS.fullmatch, _LETTERS.findall(named)))
    return is_named or _is_toolbar(element)


def _is_toolbar(element: lxml_html.HtmlElement) -> bool:
    links = [words_of(link) for link in element.iter("a")]
    around = len(words_of(element)) - sum(map(len, links))
    return bool(links) and around <= 4 * len(links) and all(_TOOLS.match(link) for link in links)


def _keep_pictures(header: lxml_html.HtmlElement) -> None:
    figures = [figure for figure in header.iter("figure", "img") if figure.tag == "figure" or not _in_figure(figure)]
    if not figures:
        header.drop_tree()
        return
    for figure in figures:
        figure.tail = None
    header[:] = figures
    header.text = None
    header.tag = "div"


def _in_figure(element: lxml_html.HtmlElement) -> bool:
    return any(parent.tag == "figure" for parent in element.iterancestors())
