"""RSS 2.0 and Atom (RFC 4287) by feedgen and its extension."""

from collections.abc import Sequence
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator

from publisher.feeds.contents import Entry, Head
from publisher.feeds.extension import UNWRITTEN, AtomEntry, AtomFeed, RssChannel, RssItem

_GENERATOR = "Publisher"


def build_rss(head: Head, entries: Sequence[Entry]) -> bytes:
    """RSS 2.0 after the RSS Advisory Board's profile."""
    feed = _make_feed(head)
    feed.register_extension("mend", RssChannel, RssItem, atom=False)
    feed.mend.head = head
    feed.updated(UNWRITTEN)
    for entry in entries:
        _add_item(feed, entry)
    return bytes(feed.rss_str())


def build_atom(head: Head, entries: Sequence[Entry]) -> bytes:
    """Atom, valid against RFC 4287's schema."""
    feed = _make_feed(head)
    feed.register_extension("mend", AtomFeed, AtomEntry, rss=False)
    feed.updated(head.updated)
    feed.author({"name": head.publisher})
    for entry in entries:
        _add_entry(feed, entry)
    return bytes(feed.atom_str())


def _make_feed(head: Head) -> Any:
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(head.title)
    feed.description(head.description)
    feed.generator(_GENERATOR)
    if head.language:
        feed.language(head.language)
    for hub in head.hubs:
        feed.link(href=hub, rel="hub")
    feed.link(href=head.address, rel="self", type=head.media_type)
    feed.link(href=head.home, rel="alternate", type="text/html")  # RSS takes the last one for its own link
    return feed


def _add(feed: Any, entry: Entry) -> Any:
    added = feed.add_entry(order="append")
    added.mend.entry = entry
    added.id(entry.id)
    added.title(entry.title)
    added.link(href=entry.url, rel="alternate")
    for word in entry.categories:
        added.category({"term": word})
    if entry.html is not None:
        added.content(entry.html, type="html")
    return added


def _add_item(feed: Any, entry: Entry) -> None:
    added = _add(feed, entry)
    if entry.summary:
        added.description(escape(entry.summary, quote=False), isSummary=True)  # readers take a description for HTML
    if (media := entry.enclosure) is not None:
        added.enclosure(media.url, media.length, media.media_type)


def _add_entry(feed: Any, entry: Entry) -> None:
    added = _add(feed, entry)
    added.published(entry.published)
    added.updated(entry.updated)
    for name in entry.authors:
        added.author({"name": name})
    if entry.summary:
        added.summary(entry.summary)
