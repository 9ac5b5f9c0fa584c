"""An HTML seed: the part of the page that is the article, and what the page says about itself."""

import re
from dataclasses import dataclass
from html import escape

from lxml import etree
from lxml import html as lxml_html

from publisher.errors import SeedError
from publisher.ingest.webpages.page_claims import Claims, cut_site, read_claims, words_of
from publisher.ingest.webpages.page_part import find_part, find_standfirst, strip_furniture

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MORE = re.compile(r"<!--\s*more\s*-->", re.I)
_MORE_MARK = "<!-- more -->"
_WHOLE = re.compile(r"<html[\s>]", re.I)
_OF_A_SITE = "//script | //link[@rel='stylesheet' or @rel='alternate'] | //meta[@property] | //nav | //footer | //aside"
_HEADINGS = ("h1", "h2", "h3", "b", "strong", "font", "p", "div", "span")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webpage:
    """What a page holds: `body` is raw HTML, not yet safe, without its first main heading; the rest plain text.

    `published` is the page's date as it writes it, `picture` the file's name of the one that it gives for sharing.
    """

    title: str
    body: str
    language: str = ""
    authors: tuple[str, ...] = ()
    description: str = ""
    published: str = ""
    standfirst: str = ""
    picture: str = ""


def read_webpage(path: str, text: str, *, has_header: bool = False) -> Webpage:
    """The article of a page, cleaned of the site around it where a whole page was saved from one.

    A fragment, a page without any site around it, and one with front matter (`has_header`) are taken as they are: the
    one `<main>`, else the one `<article>`, else the body. Raises SeedError if there is nothing.
    """
    text = _MORE.sub(_MORE_MARK, _DECLARATION.sub("", text))
    try:
        page = lxml_html.document_fromstring(text)
    except (etree.ParserError, ValueError) as error:
        raise SeedError(path, "there is no text in it") from error
    is_saved = not has_header and _WHOLE.search(text) is not None and bool(page.xpath(_OF_A_SITE))
    claims = read_claims(page)
    elsewhere = f"{words_of(page.find('body'))} {' '.join(page.xpath('//body//img/@alt'))}"
    part = find_part(page, text, is_saved=is_saved)
    standfirst = find_standfirst(part) if is_saved else ""
    title = _take_title(page, part, claims, elsewhere=elsewhere)
    if is_saved:
        strip_furniture(part)
        _drop_repeated(part, title)
    return Webpage(
        title=title,
        body=_inner(part),
        language=claims.language,
        authors=claims.authors,
        description=claims.description,
        published=claims.published,
        standfirst=standfirst,
        picture=claims.picture,
    )


def _take_title(page: lxml_html.HtmlElement, part: lxml_html.HtmlElement, claims: Claims, *, elsewhere: str) -> str:
    """The first heading of the part, taken out of it; else what the page says that it is called."""
    heading = next(part.iter("h1"), None)
    title = words_of(heading)
    if heading is not None:
        heading.drop_tree()
    if title and title.casefold() != claims.site.casefold():
        return title
    others = [words for words in map(words_of, page.iter("h1")) if words]
    told = cut_site(claims.title, claims.site, elsewhere)
    return told or (others[0] if len(others) == 1 else "") or cut_site(claims.window_title, claims.site, elsewhere)


def _drop_repeated(part: lxml_html.HtmlElement, title: str) -> None:
    """Take out what stands before the first paragraph and says the title once more."""
    for element in list(part.iter(*_HEADINGS)):
        words = words_of(element)
        if words.casefold() == title.casefold() and element is not part:
            after = element.getnext()
            if after is not None and after.tag == "br":
                after.drop_tree()
            element.drop_tree()
            return
        if element.tag == "p" and words:
            return


def _inner(part: lxml_html.HtmlElement) -> str:
    children = "".join(lxml_html.tostring(child, encoding="unicode") for child in part)
    return escape(part.text or "", quote=False) + children
