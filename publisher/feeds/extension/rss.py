"""RSS 2.0, mended."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from publisher.feeds import podcast
from publisher.feeds.entry import Entry
from publisher.feeds.extension.parts import (
    ATOM,
    DC,
    MEDIA,
    add_pictures,
    add_stylesheet,
    history_namespace,
    mark_archive,
    say_language,
)
from publisher.feeds.head import Head

_CREATOR = f"{{{DC}}}creator"
_RIGHTS = f"{{{DC}}}rights"
_PLAIN_OF_CHANNEL = ("title", "description", "copyright", _CREATOR)
_PLAIN_OF_ITEM = ("title", "category", _CREATOR, _RIGHTS)
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
        podcasts = podcast.NAMESPACES if self.head.podcast else {}
        return {"dc": DC, "media": MEDIA, **history_namespace(self.head), **podcasts}

    def extend_rss(self, rss: Any) -> Any:
        """The document with its channel mended; items are not in it yet."""
        channel = rss[0]
        # Where nobody is named, rss2email writes "<author>".
        etree.SubElement(channel, _CREATOR).text = self.head.publisher
        _refer_in(channel, _PLAIN_OF_CHANNEL)
        etree.SubElement(channel, "lastBuildDate").text = _rfc822(self.head.updated)
        _add_links(channel, self.head)
        mark_archive(channel, self.head)
        _describe_podcast(channel, self.head)
        say_language(rss, self.head.language)
        add_stylesheet(rss)
        return rss


class RssItem(BaseEntryExtension):  # type: ignore[misc]
    """Mends an item; `entry` and whether it stands in a podcast are set before the item is written."""

    entry: Entry
    is_podcast: bool

    def extend_rss(self, item: Any) -> Any:
        """The item mended, with the date that feedgen was not told."""
        etree.SubElement(item, "pubDate").text = _rfc822(self.entry.published)
        for author in self.entry.authors:
            etree.SubElement(item, _CREATOR).text = author
        if self.entry.rights:
            etree.SubElement(item, _RIGHTS).text = self.entry.rights
        _refer_in(item, _PLAIN_OF_ITEM)
        add_pictures(item, self.entry)
        if self.is_podcast:
            entry = self.entry
            podcast.describe_item(item, entry.enclosure, title=entry.title, language=entry.language, image=entry.image)
        say_language(item, self.entry.language)
        return item


def _add_links(channel: Any, head: Head) -> None:
    """The links that RSS has no element for (RFC 5005, appendix B; WebSub, section 4); feedgen writes self alone."""
    links = [("hub", hub) for hub in head.hubs]
    links += [("current", head.subscription)] if head.is_archive else []
    links += [("prev-archive", head.previous)] if head.previous else []
    for rel, target in links:
        typed = {} if rel == "hub" else {"type": head.media_type}
        etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=target, **typed)


def _describe_podcast(channel: Any, head: Head) -> None:
    if head.podcast is not None:
        podcast.describe_channel(
            channel, head.podcast, address=head.subscription, publisher=head.publisher, contact=head.contact
        )


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _refer_in(parent: Any, names: tuple[str, ...]) -> None:
    for name in names:
        for element in parent.findall(name):
            _refer(element)


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
