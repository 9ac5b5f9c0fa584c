"""What a web page says about itself: title, site, authors, date, language, where it lives."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

_ARTICLE_KIND = re.compile(r"(?:Article|BlogPosting|Report)$")
_SITE_KINDS = frozenset({"WebSite", "Organization", "NewsMediaOrganization"})
_DATE_NAMES = ("date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate")
# A time within a paragraph is one that the article tells of.
_TIME = "//time[@datetime][@pubdate or ancestor::header or not(ancestor::p or ancestor::li)]"
_SEPARATOR = re.compile(r"\s+(?:[|·•»«]|::|[-–—])\s+")
_SURE_SEPARATORS = frozenset({"|", "::", "»", "«"})
_NAMES = re.compile(r"\s*[,;]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a page's head and markup say, as plain text; `published` is a date as written, read by nobody yet."""

    title: str = ""
    window_title: str = ""
    site: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    language: str = ""
    description: str = ""
    picture: str = ""


def read_claims(page: lxml_html.HtmlElement) -> Claims:
    """The claims of a parsed page: Open Graph, JSON-LD (schema.org), `<meta>`, `<link>` and `<time>`."""
    said = _Said(metas=_metas(page), articles=[], sites=[])
    for thing in _iter_things(page):
        kinds = [kind for kind in _as_list(thing.get("@type")) if isinstance(kind, str)]
        if any(_ARTICLE_KIND.search(each) for each in kinds):
            said.articles.append(thing)
        elif _SITE_KINDS.intersection(kinds):
            said.sites.append(thing)
    return Claims(
        title=said.first("og:title") or said.of_article("headline"),
        window_title=words_of(page.find(".//title")),
        site=said.site(),
        authors=said.authors() or _marked_authors(page),
        published=said.first("article:published_time") or said.of_article("datePublished") or _marked_date(page, said),
        language=_language(page, said),
        description=said.first("description", "og:description"),
        picture=said.first("og:image", "twitter:image").partition("?")[0].rpartition("/")[2],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    metas: Mapping[str, str]
    articles: list[Mapping[str, Any]]
    sites: list[Mapping[str, Any]]

    def first(self, *names: str) -> str:
        return next((self.metas[name] for name in names if self.metas.get(name)), "")

    def of_article(self, key: str) -> str:
        return next((_text(article.get(key)) for article in self.articles if _text(article.get(key))), "")

    def site(self) -> str:
        publishers = (article.get("publisher") for article in self.articles)
        named = (_text(thing.get("name")) for thing in (*publishers, *self.sites) if isinstance(thing, dict))
        return self.first("og:site_name") or next((name for name in named if name), "")

    def authors(self) -> tuple[str, ...]:
        names = tuple(name for article in self.articles for name in _names(article.get("author")))
        written = self.first("author") or self.first("article:author")
        split = () if "://" in written else tuple(name for name in _NAMES.split(written) if name)
        return tuple(dict.fromkeys(names)) or split


def cut_site(title: str, site: str, elsewhere: str) -> str:
    """The title of a window less its site's name, known as `site` or by standing `elsewhere` on the page too.

    A part after a bar is cut in any case; a dash may belong to the headline.
    """
    marks = list(_SEPARATOR.finditer(title))
    if not marks:
        return title
    first, last = title[: marks[0].start()], title[marks[-1].end() :]
    if first.casefold() == site.casefold():
        return title[marks[0].end() :]
    is_name = last.casefold() == site.casefold() or last.casefold() in elsewhere.casefold()
    return title[: marks[-1].start()] if is_name or marks[-1][0].strip() in _SURE_SEPARATORS else title


def words_of(element: lxml_html.HtmlElement | None) -> str:
    """An element's text on one line; nothing for none."""
    return " ".join(element.text_content().split()) if element is not None else ""


def _metas(page: lxml_html.HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("http-equiv") or ""
        metas.setdefault(name.lower(), " ".join((meta.get("content") or "").split()))
    return metas


def _iter_things(page: lxml_html.HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            given = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for thing in filter(_is_thing, _as_list(given)):
            yield thing
            yield from filter(_is_thing, _as_list(thing.get("@graph")))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_thing(value: object) -> bool:
    return isinstance(value, dict)


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _names(value: object) -> Iterator[str]:
    for each in _as_list(value):
        name = _text(each.get("name") if isinstance(each, dict) else each)
        if name and "://" not in name:
            yield name


def _marked_authors(page: lxml_html.HtmlElement) -> tuple[str, ...]:
    found = page.xpath("//*[@itemprop='author']//*[@itemprop='name'] | //a[@rel='author']")
    return tuple(dict.fromkeys(filter(None, map(words_of, found))))


def _marked_date(page: lxml_html.HtmlElement, said: _Said) -> str:
    found = page.xpath("//*[@itemprop='datePublished'][@content or @datetime]") or page.xpath(_TIME)
    marked = (found[0].get("content") or found[0].get("datetime") or "").strip() if found else ""
    return said.first(*_DATE_NAMES) or marked


def _language(page: lxml_html.HtmlElement, said: _Said) -> str:
    # Parsed as HTML, the attribute of XML keeps its prefix in its name.
    own = page.get("lang") or page.get("xml:lang") or ""
    return own.strip() or said.first("content-language") or said.first("og:locale").replace("_", "-")
