"""Atom 1.0, mended."""

from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from publisher.feeds.entry import Entry
from publisher.feeds.extension.parts import (
    MEDIA,
    TOMBSTONES,
    add_pictures,
    add_stylesheet,
    history_namespace,
    mark_archive,
    say_language,
)
from publisher.feeds.head import Head


class AtomFeed(BaseExtension):  # type: ignore[misc]
    """Mends the feed; `head` is set before it is written."""

    head: Head

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the mended parts need."""
        tombstones = {"at": TOMBSTONES} if self.head.gone else {}
        return {"media": MEDIA, **history_namespace(self.head), **tombstones}

    def extend_atom(self, feed: Any) -> Any:
        """The feed with what else it says of itself; entries, which must come last, are not in it yet."""
        mark_archive(feed, self.head)
        for gone in self.head.gone:
            etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=gone.id, when=gone.at.isoformat())
        add_stylesheet(feed)
        return feed


class AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Mends an entry; `entry` is set before it is written."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        """The entry with its links written anew: feedgen's have lost all but their address."""
        for link in element.findall("link"):
            element.remove(link)
        etree.SubElement(element, "link", rel="alternate", href=self.entry.url, type="text/html")
        if (media := self.entry.enclosure) is not None:
            length = {"length": str(media.length)} if media.length else {}
            etree.SubElement(element, "link", rel="enclosure", href=media.url, type=media.media_type, **length)
        add_pictures(element, self.entry)
        say_language(element, self.entry.language)
        return element
