"""RSS 2.0 and Atom (RFC 4287) by feedgen and its extension."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import lru_cache, partial
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.feeds.entry import REMEMBERED, Entry
from publisher.feeds.extension import UNWRITTEN, AtomEntry, AtomFeed, RssChannel, RssItem
from publisher.feeds.head import Head

_GENERATOR = "Publisher"


class _Written(FeedEntry):  # type: ignore[misc]
    """An entry whose element is there already: most of a feed's are those of the last time, and of other feeds."""

    def __init__(self, element: Any) -> None:
        super().__init__()
        self._element = element

    def rss_entry(self, extensions: bool = True) -> Any:
        """A copy of the element, for the feed takes its entries' elements into itself."""
        return deepcopy(self._element)

    atom_entry = rss_entry


def build_rss(head: Head, entries: Sequence[Entry]) -> bytes:
    """RSS 2.0 after the RSS Advisory Board's profile."""
    feed = _make_feed(head)
    feed.register_extension("mend", RssChannel, atom=False)
    feed.mend.head = head
    feed.updated(UNWRITTEN)
    _add_all(feed, entries, partial(_write_item, is_podcast=head.podcast is not None))
    return bytes(feed.rss_str())


def build_atom(head: Head, entries: Sequence[Entry]) -> bytes:
    """Atom, valid against RFC 4287's schema."""
    feed = _make_feed(head)
    feed.register_extension("mend", AtomFeed, rss=False)
    feed.mend.head = head
    feed.updated(head.updated)
    feed.author({"name": head.publisher})
    _add_all(feed, entries, _write_entry)
    return bytes(feed.atom_str())


def _make_feed(head: Head) -> Any:
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(head.title)
    feed.description(head.description)
    feed.generator(_GENERATOR)
    if head.language:
        feed.language(head.language)
    if head.rights:
        feed.rights(head.rights)
    for hub in head.hubs:
        feed.link(href=hub, rel="hub")
    if head.is_archive:
        feed.link(href=head.subscription, rel="current", type=head.media_type)
    if head.previous:
        feed.link(href=head.previous, rel="prev-archive", type=head.media_type)
    feed.link(href=head.address, rel="self", type=head.media_type)
    feed.link(href=head.home, rel="alternate", type="text/html")  # RSS takes the last one for its own link
    return feed


def _add_all(feed: Any, entries: Sequence[Entry], write: Callable[[Entry], Any]) -> None:
    for entry in entries:
        feed.add_entry(_Written(write(entry)), order="append")


@lru_cache(maxsize=REMEMBERED)
def _write_item(entry: Entry, *, is_podcast: bool) -> Any:
    item = _begin(entry, RssItem)
    item.mend.is_podcast = is_podcast
    if entry.summary:
        item.description(escape(entry.summary, quote=False), isSummary=True)  # readers take a description for HTML
    if (media := entry.enclosure) is not None:
        item.enclosure(media.url, media.length, media.media_type)
    return item.rss_entry()


@lru_cache(maxsize=REMEMBERED)
def _write_entry(entry: Entry) -> Any:
    written = _begin(entry, AtomEntry)
    written.published(entry.published)
    written.updated(entry.updated)
    for name in entry.authors:
        written.author({"name": name})
    if entry.summary:
        # As HTML, like a description: rss2email, which likes plain text best, would mail it in place of the content.
        written.summary(escape(entry.summary, quote=False), type="html")
    if entry.rights:
        written.rights(entry.rights)
    return written.atom_entry()


def _begin(entry: Entry, extension: type[Any]) -> Any:
    begun = FeedEntry()
    begun.register_extension("mend", extension)
    begun.mend.entry = entry
    begun.id(entry.id)
    begun.title(entry.title)
    begun.link(href=entry.url, rel="alternate")
    for word in entry.categories:
        begun.category({"term": word})
    if entry.html is not None:
        begun.content(entry.html, type="html")
    return begun
