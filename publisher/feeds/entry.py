"""What a feed says of one article in any of its formats: texts legal in XML, addresses absolute, instants in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from publisher.domain import address
from publisher.domain.article import Article, Enclosure, Image
from publisher.domain.publication import Publication
from publisher.feeds.characters import strip_illegal
from publisher.feeds.texts import clean, distinct, escaped, instant, language_tag, uri
from publisher.markup import absolute_links, drop_heading_ids
from publisher.templating import direction, translate

REMEMBERED = 512  # entries: several feeds hold the same ones, and one article more leaves nearly all as they were

_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of an entry; `width` and `height` in pixels and `length` in bytes are 0 when unknown."""

    url: str
    media_type: str = ""
    width: int = 0
    height: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed says of one article or issue; `html` is None in a feed of summaries.

    Categories begin with the section. `image` is the lead picture's address; where there is one, it is the first of
    the `pictures`.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str | None
    published: datetime
    updated: datetime
    language: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: str = ""
    pictures: tuple[Picture, ...] = ()
    enclosure: Enclosure | None = None
    rights: str = ""


def make_entry(article: Article, publication: Publication, *, is_full: bool) -> Entry:
    """The article as feeds tell it, made once for all of them."""
    lengths = tuple(image.length for image in article.images)
    return _make_entry(article, publication, is_full=is_full, lengths=lengths)


@lru_cache(maxsize=REMEMBERED)
def _make_entry(article: Article, publication: Publication, *, is_full: bool, lengths: Sequence[int]) -> Entry:
    # The lengths tell apart what the comparison of articles leaves out, and the entry shows.
    base = publication.url
    url = uri(address.reader_address(article, base=base, article_url=publication.article_url))
    return Entry(
        id=strip_illegal(article.id),
        url=url,
        title=clean(article.title) or article.slug,
        summary=clean(article.summary if is_full else summary_alone(article)),
        html=_full_html(article, base=base, page=url) if is_full else None,
        published=instant(article.first_published_at or article.published_at),
        updated=instant(article.updated_at),
        language=language_tag(article.language),
        authors=distinct(article.authors),
        categories=distinct((article.section, *article.tags)),
        image=uri(address.absolute(base, article.lead_image)),
        pictures=_list_pictures(article, base=base),
        enclosure=_enclosure(article, base=base),
        rights=clean(article.rights),
    )


def summary_alone(article: Article) -> str:
    """The summary where readers get no more than that: the correction stands with it."""
    if not article.correction:
        return article.summary
    return f"{article.summary} {translate(article.language, 'Correction:')} {article.correction}"


def _full_html(article: Article, *, base: str, page: str) -> str:
    standfirst = f'<p class="standfirst"><strong>{escaped(article.standfirst)}</strong></p>\n'
    label = escaped(translate(article.language, "Correction:"))
    correction = f"\n<p><strong>{label}</strong> <em>{escaped(article.correction)}</em></p>"
    body = absolute_links(drop_heading_ids(article.html), base, page=page)
    html = (standfirst if article.standfirst else "") + body + (correction if article.correction else "")
    is_turned = direction(article.language) == "rtl"  # no format says it, and few readers know it from a language
    return strip_illegal(f'<div dir="rtl">{html}</div>' if is_turned else html)


def _list_pictures(article: Article, *, base: str) -> tuple[Picture, ...]:
    """The article's own pictures, each once, the lead picture first."""
    found = {image.address: image for image in article.images}
    lead = article.lead_image
    if lead:
        found = {lead: found.get(lead) or Image(path="", address=lead, media_type="")} | found
    return tuple(_picture(image, base=base) for image in found.values())


def _picture(image: Image, *, base: str) -> Picture:
    return Picture(
        url=uri(address.absolute(base, image.address)),
        media_type=strip_illegal(image.media_type),
        width=image.width or 0,
        height=image.height or 0,
        length=image.length,
    )


def _enclosure(article: Article, *, base: str) -> Enclosure | None:
    given = article.enclosure
    if given is None:
        return None
    return Enclosure(
        url=uri(address.absolute(base, given.url)),
        media_type=strip_illegal(given.media_type) or _UNKNOWN_TYPE,
        length=max(given.length, 0),
        seconds=max(given.seconds, 0),
        transcript=uri(address.absolute(base, given.transcript)),
        transcript_type=strip_illegal(given.transcript_type),
    )
