"""What a feed says of itself in any of its formats: texts legal in XML, addresses absolute, instants in UTC."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_DNS, UUID, uuid5

from publisher.domain import address
from publisher.domain.feed import MEDIA_TYPES, Feed, Format, Gone, Podcast
from publisher.domain.publication import Publication
from publisher.feeds.characters import strip_illegal
from publisher.feeds.document import Document
from publisher.feeds.texts import clean, instant, language_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a document of a feed says of itself; `address` is its own, `home` the site's.

    `publisher` stands for absent authors. `subscription` is the address of what readers subscribe to, `previous` that
    of the part of the archive before this document, or empty.
    """

    id: str
    title: str
    description: str
    publisher: str
    home: str
    address: str
    subscription: str
    previous: str
    is_archive: bool
    media_type: str
    language: str
    rights: str
    updated: datetime
    hubs: tuple[str, ...]
    gone: tuple[Gone, ...]
    contact: str
    podcast: Podcast | None


def make_head(document: Document, form: Format, *, updated: datetime) -> Head:
    """The head of the document as served in that format; `updated` is the newest moment in it (RFC 4287, 4.2.15)."""
    feed, publication = document.feed, document.publication
    title = clean(feed.title) or clean(publication.title) or feed.name
    subscription = feed_address(feed, form, publication)
    return Head(
        id=feed_id(feed, authority=document.authority),
        title=f"{title} ({document.part})" if document.part else title,
        description=clean(feed.description) or clean(publication.tagline) or title,
        publisher=clean(publication.title) or title,
        home=address.absolute(publication.url, address.FRONT),
        address=_part_address(document, document.part, form) if document.part else subscription,
        subscription=subscription,
        previous=_part_address(document, document.previous, form) if document.previous else "",
        is_archive=bool(document.part),
        media_type=MEDIA_TYPES[form],
        language=language_tag(feed.language or publication.language),
        rights=clean(publication.rights),
        updated=updated,
        hubs=() if document.part else feed.hubs,  # a hub is told of the feed alone: a part is there to stay as it is
        gone=tuple(replace(gone, id=strip_illegal(gone.id), at=instant(gone.at)) for gone in document.gone),
        contact=clean(publication.contact),
        podcast=feed.podcast,
    )


def feed_address(feed: Feed, form: Format, publication: Publication) -> str:
    """Where readers fetch the feed; from the public address alone, whatever host a request names."""
    return address.absolute(publication.url, address.feed(feed.name, form))


def feed_id(feed: Feed, *, authority: str) -> str:
    """The feed's identity: from authority and name only, so that it outlives a new address or title (RFC 4287, 4.2.6).

    A UUID and no tag URI, since a tag needs a day on which the authority was held, and a feed has none of its own.
    """
    return make_id(f"/feeds/{feed.first_name}", authority=authority).urn


def make_id(path: str, *, authority: str) -> UUID:
    """An identity from an authority and a path below it."""
    return uuid5(uuid5(NAMESPACE_DNS, authority.lower()), path)


def _part_address(document: Document, part: str, form: Format) -> str:
    return address.absolute(document.publication.url, address.feed_part(document.feed.name, part, form))
