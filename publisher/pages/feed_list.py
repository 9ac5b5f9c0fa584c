"""The list of feeds: what a feed is, buttons that open readers, and each feed in every format."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from publisher.domain import address
from publisher.domain.feed import Feed
from publisher.domain.publication import Publication
from publisher.domain.topic import Kind
from publisher.pages.automatic import short_title
from publisher.pages.site import Head, Site, list_feeds, list_formats, list_links, render_page
from publisher.templating import translate

# Where each asks its user whether to follow the feed whose address stands at the end, percent-encoded.
_READERS = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url=",
    "Feedbin": "https://feedbin.com/?subscribe=",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGroup:
    """Feeds that stand under one heading; `folder` is that of their addresses, empty for those of the settings."""

    folder: str
    feeds: tuple[Feed, ...]


class _Line(NamedTuple):
    """A feed as the page shows it: `address` is the full one, `links` are the formats' names and paths."""

    title: str
    language: str
    address: str
    links: list[tuple[str, str]]


def group_feeds(feeds: Iterable[Feed]) -> list[FeedGroup]:
    """Feeds under their headings, in the order of their first ones; topics by name, the others in the order given."""
    groups: dict[str, list[Feed]] = {}
    for feed in feeds:
        groups.setdefault(_folder(feed), []).append(feed)
    topics = {kind.value for kind in Kind}
    return [
        FeedGroup(folder=folder, feeds=tuple(sorted(found, key=lambda feed: feed.name) if folder in topics else found))
        for folder, found in groups.items()
    ]


def render_feed_list(site: Site, groups: Sequence[FeedGroup]) -> bytes:
    """Every feed in every format; the first one of the settings with buttons that open readers."""
    publication = site.publication
    main = site.feeds[0] if site.feeds else None
    head = Head(
        title=f"{translate(publication.language, 'Feeds')} – {publication.title}",
        canonical=address.absolute(publication.url, address.FEED_LIST),
    )
    return render_page(
        site,
        "feeds",
        head=head,
        feeds=list_feeds(site),
        main=_show(publication, main) if main else None,
        readers=list_readers(publication, main) if main else [],
        groups=[(group.folder, _show_others(publication, group, main=main)) for group in groups],
        together=_find_example(publication, groups),
    )


def list_readers(publication: Publication, feed: Feed) -> list[tuple[str, str]]:
    """(name, address that opens it with this feed) of common readers: none where only this machine knows the feed."""
    if publication.is_loopback:
        return []
    encoded = quote(_address(publication, feed), safe="")
    return [(name, f"{begin}{encoded}") for name, begin in _READERS.items()]


def _show_others(publication: Publication, group: FeedGroup, *, main: Feed | None) -> list[_Line]:
    return [_show(publication, feed) for feed in group.feeds if feed != main]


def _show(publication: Publication, feed: Feed) -> _Line:
    is_topic = bool(_folder(feed))
    title = short_title(publication, feed) if is_topic else feed.title
    language = feed.language if _folder(feed) == Kind.LANGUAGE else ""
    return _Line(title, language, _address(publication, feed), list_links(feed))


def _find_example(publication: Publication, groups: Sequence[FeedGroup]) -> str:
    """The address of two sections together, where there are two."""
    names = [feed.name for group in groups if group.folder == Kind.SECTION for feed in group.feeds[:2]]
    if len(names) < 2:
        return ""
    return _address(publication, Feed(name=f"{names[0]}+{names[1].removeprefix(f'{Kind.SECTION.value}/')}", title=""))


def _address(publication: Publication, feed: Feed) -> str:
    return address.absolute(publication.url, address.feed(feed.name, list_formats(feed)[0]))


def _folder(feed: Feed) -> str:
    return feed.name.rpartition("/")[0]
