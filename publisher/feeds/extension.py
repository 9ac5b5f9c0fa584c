"""What feedgen gets wrong or leaves out, mended in the one place that it offers for it: its extension interface.

RSS: `&` and `<` in plain text as the RSS profile wants them, dates in GMT, authors as dc:creator, hubs, languages.
Atom: links of entries with their rel, type and length, languages.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from publisher.feeds.contents import Entry, Head

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MARKUP = re.compile("([&<])")
_REFERENCES = {"&": "#x26", "<": "#x3C"}


class _Unwritten(datetime):
    def __bool__(self) -> bool:
        return False


# feedgen writes an RSS date by switching the whole process's locale, under the feet of every other thread. It always
# has a lastBuildDate of its own; given this one it writes none, and the extension does.
UNWRITTEN = _Unwritten.fromtimestamp(0, UTC)


class RssChannel(BaseExtension):  # type: ignore[misc]
    """Mends the channel; `head` is set before the feed is written."""

    head: Head

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the mended parts need."""
        return {"dc": _DC}

    def extend_rss(self, rss: Any) -> Any:
        """The document with its channel mended; items are not in it yet."""
        channel = rss[0]
        for name in ("title", "description"):
            _refer(channel.find(name))
        etree.SubElement(channel, "lastBuildDate").text = _rfc822(self.head.updated)
        for hub in self.head.hubs:
            etree.SubElement(channel, f"{{{_ATOM}}}link", rel="hub", href=hub)
        return rss


class RssItem(BaseEntryExtension):  # type: ignore[misc]
    """Mends an item; `entry` is set before the feed is written."""

    entry: Entry

    def extend_rss(self, item: Any) -> Any:
        """The item mended, with the date that feedgen was not told."""
        etree.SubElement(item, "pubDate").text = _rfc822(self.entry.published)
        for author in self.entry.authors:
            etree.SubElement(item, f"{{{_DC}}}creator").text = author
        for name in ("title", "category", f"{{{_DC}}}creator"):
            for element in item.findall(name):
                _refer(element)
        _say_language(item, self.entry)
        return item


class AtomFeed(BaseExtension):  # type: ignore[misc]
    """Needs no mending."""


class AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Mends an entry; `entry` is set before the feed is written."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        """The entry with its links written anew: feedgen's have lost all but their address."""
        for link in element.findall("link"):
            element.remove(link)
        etree.SubElement(element, "link", rel="alternate", href=self.entry.url, type="text/html")
        if (media := self.entry.enclosure) is not None:
            length = {"length": str(media.length)} if media.length else {}
            etree.SubElement(element, "link", rel="enclosure", href=media.url, type=media.media_type, **length)
        _say_language(element, self.entry)
        return element


def _say_language(element: Any, entry: Entry) -> None:
    if entry.language:
        element.set(_LANG, entry.language)


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _refer(element: Any) -> None:
    """Write & and < as hexadecimal references, which readers that take the text for HTML leave alone (RSS profile)."""
    head, *rest = _MARKUP.split(element.text or "")
    if not rest:
        return
    element.text = head
    for mark, text in zip(rest[::2], rest[1::2], strict=True):
        reference = etree.Entity(_REFERENCES[mark])
        reference.tail = text
        element.append(reference)
