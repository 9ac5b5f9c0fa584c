"""Fits an article's body into mail: links that work from an inbox, pictures that it can show."""

from dataclasses import dataclass

import lxml.html

from publisher.digests.words import clean_html, clean_line
from publisher.domain import address
from publisher.domain.article import Article, Image
from publisher.markup import absolute_links, drop_heading_ids

_LONGEST_ALT = 300
COLUMN = 552  # pixels: the sheet of 600 less its margins


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as mail shows it: a full address and a size in pixels that fits the column."""

    url: str
    width: int
    height: int
    alt: str = ""


def fit_body(article: Article, *, base: str, page: str) -> str:
    """The body with full links, its notes as plain numbers, and only such pictures as have a known size.

    Links within a message lead nowhere in most mail programs: those to headings lead to the `page`. A picture without
    a size would jump about while it loads, and it is a stranger's server that would learn who reads: it becomes a link.
    """
    html = absolute_links(drop_heading_ids(clean_html(article.html)), base)
    if "<img" not in html and 'href="#' not in html:
        return html
    known = {address.absolute(base, image.address): fit_picture(image, base=base) for image in article.images}
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in list(root.iter("a")):
        if element.get("href", "").startswith("#"):
            _lead_out(element, page=page)
    for element in list(root.iter("img")):
        _fit_element(element, known.get(element.get("src", "")))
    fitted: str = lxml.html.tostring(root, encoding="unicode")
    return fitted.removeprefix("<div>").removesuffix("</div>")


def fit_picture(image: Image, *, base: str) -> Picture | None:
    """The picture (its copy for mail, where it has one) no wider than the column; None where its size is unknown."""
    if not image.width or not image.height:
        return None
    width = min(image.width, COLUMN)
    height = max(1, round(image.height * width / image.width))
    url = address.absolute(base, image.mail_address or image.address)
    return Picture(url=url, width=width, height=height, alt=clean_line(image.alt, _LONGEST_ALT))


def _lead_out(element: lxml.html.HtmlElement, *, page: str) -> None:
    if element.get("class") == "footnote-backref":
        element.drop_tree()
        return
    parent = element.getparent()
    if parent is None or parent.get("class") != "footnote-ref":
        element.set("href", page + element.get("href"))
        return
    element.text = f"[{element.text_content()}]"
    element.drop_tag()


def _fit_element(element: lxml.html.HtmlElement, picture: Picture | None) -> None:
    if picture is None:
        _turn_into_link(element)
        return
    alt = element.get("alt") or picture.alt
    element.attrib.clear()
    for name, value in (("src", picture.url), ("alt", alt), ("width", picture.width), ("height", picture.height)):
        element.set(name, str(value))


def _turn_into_link(element: lxml.html.HtmlElement) -> None:
    alt, source = element.get("alt", ""), element.get("src", "")
    if not alt or any(True for _ in element.iterancestors("a")):
        element.tail = alt + (element.tail or "")
        element.drop_tree()
        return
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "a", alt, tail
    element.set("href", source)
