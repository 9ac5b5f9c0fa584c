"""What a feed says in any of its formats: every text legal in XML, every address absolute, every instant in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from uuid import NAMESPACE_DNS, uuid5

from publisher.domain import address
from publisher.domain.article import Article, Enclosure
from publisher.domain.feed import MEDIA_TYPES, Feed, Format
from publisher.domain.publication import Publication
from publisher.feeds.characters import strip_illegal
from publisher.feeds.document import Document
from publisher.markup import absolute_links, drop_heading_ids
from publisher.templating import translate

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_REMEMBERED = 128  # entries: one article more leaves nearly all of a feed as it was
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feed says of itself; `address` is its own, `home` the site's, `publisher` stands for absent authors."""

    id: str
    title: str
    description: str
    publisher: str
    home: str
    address: str
    media_type: str
    language: str
    updated: datetime
    hubs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed says of one article; `html` is None in a feed of summaries. Categories begin with the section."""

    id: str
    url: str
    title: str
    summary: str
    html: str | None
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str
    image: str
    enclosure: Enclosure | None


def make_head(document: Document, form: Format) -> Head:
    """The head of the document's feed as served in that format; `updated` is its newest entry's (RFC 4287, 4.2.15)."""
    feed, publication = document.feed, document.publication
    title = _text(feed.title) or _text(publication.title) or feed.name
    updated = max((found.updated_at for found in document.articles), default=document.built_from)
    return Head(
        id=feed_id(feed, authority=document.authority),
        title=title,
        description=_text(publication.tagline) or title,
        publisher=_text(publication.title) or title,
        home=address.absolute(publication.url, address.FRONT),
        address=feed_address(feed, form, publication),
        media_type=MEDIA_TYPES[form],
        language=_language(feed.language or publication.language),
        updated=_instant(updated),
        hubs=feed.hubs,
    )


def feed_address(feed: Feed, form: Format, publication: Publication) -> str:
    """Where readers fetch the feed; from the public address alone, whatever host a request names."""
    return address.absolute(publication.url, address.feed(feed.name, form))


def feed_id(feed: Feed, *, authority: str) -> str:
    """The feed's identity: from authority and name only, so that it outlives a new address or title (RFC 4287, 4.2.6).

    A UUID and no tag URI, since a tag needs a day on which the authority was held, and a feed has none of its own.
    """
    return uuid5(uuid5(NAMESPACE_DNS, authority.lower()), f"/feeds/{feed.first_name}").urn


def make_entry(article: Article, document: Document) -> Entry:
    """The article as the document's feed tells it."""
    return _make_entry(article, document.publication, is_full=document.feed.is_full)


@lru_cache(maxsize=_REMEMBERED)
def _make_entry(article: Article, publication: Publication, *, is_full: bool) -> Entry:
    url = address.reader_address(article, base=publication.url, article_url=publication.article_url)
    return Entry(
        id=strip_illegal(article.id),
        url=strip_illegal(url),
        title=_text(article.title) or article.slug,
        summary=_text(article.summary if is_full else _summary_alone(article)),
        html=_full_html(article, base=publication.url, page=url) if is_full else None,
        published=_instant(article.first_published_at or article.published_at),
        updated=_instant(article.updated_at),
        authors=_distinct(article.authors),
        categories=_distinct((article.section, *article.tags)),
        language=_language(article.language),
        image=strip_illegal(address.absolute(publication.url, article.lead_image)),
        enclosure=_enclosure(article, base=publication.url),
    )


def _summary_alone(article: Article) -> str:
    """The summary where the feed has no more than that: the correction stands with it."""
    if not article.correction:
        return article.summary
    return f"{article.summary} {translate(article.language, 'Correction:')} {article.correction}"


def _full_html(article: Article, *, base: str, page: str) -> str:
    standfirst = f'<p class="standfirst"><strong>{_escaped(article.standfirst)}</strong></p>\n'
    label = _escaped(translate(article.language, "Correction:"))
    correction = f"\n<p><strong>{label}</strong> <em>{_escaped(article.correction)}</em></p>"
    html = absolute_links(drop_heading_ids(article.html), base, page=page)
    return strip_illegal((standfirst if article.standfirst else "") + html + (correction if article.correction else ""))


def _enclosure(article: Article, *, base: str) -> Enclosure | None:
    given = article.enclosure
    if given is None:
        return None
    return Enclosure(
        url=strip_illegal(address.absolute(base, given.url)),
        media_type=strip_illegal(given.media_type) or _UNKNOWN_TYPE,
        length=max(given.length, 0),
    )


def _distinct(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words in order, those left out that differ from an earlier one by case only."""
    found: dict[str, str] = {}
    for word in map(_text, words):
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def _text(text: str) -> str:
    return strip_illegal(text).strip()


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _language(tag: str) -> str:
    """The tag where it is one (BCP 47), else nothing: a wrong xml:lang makes a feed invalid."""
    written = tag.replace("_", "-")
    return written if _LANGUAGE.fullmatch(written) else ""


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
