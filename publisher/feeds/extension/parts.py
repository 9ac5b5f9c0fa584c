"""What RSS and Atom have in common: namespaces, language, stylesheet, the mark of an archive, pictures."""

from typing import Any

from lxml import etree

from publisher.domain import address
from publisher.feeds.entry import Entry
from publisher.feeds.head import Head

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def say_language(element: Any, language: str) -> None:
    """The language of an element's texts, where one is known."""
    if language:
        element.set(_LANG, language)


def add_stylesheet(root: Any) -> None:
    """A stylesheet for people who open the feed in a browser: CSS, since browsers give XSLT up."""
    link = f'type="text/css" href="{address.FEED_STYLESHEET}"'
    root.addprevious(etree.ProcessingInstruction("xml-stylesheet", link))


def mark_archive(feed: Any, head: Head) -> None:
    """Say of a part of the archive that it is one (RFC 5005, section 4)."""
    if head.is_archive:
        etree.SubElement(feed, f"{{{HISTORY}}}archive")


def history_namespace(head: Head) -> dict[str, str]:
    """The namespace of `mark_archive`, where it is needed."""
    return {"fh": HISTORY} if head.is_archive else {}


def add_pictures(element: Any, entry: Entry) -> None:
    """The pictures as Media RSS, which may stand in an item and an entry alike.

    They have no media:description: feedparser 6.0.10, and so rss2email, takes that for the summary, or the whole text.
    """
    for picture in entry.pictures:
        about = {"fileSize": picture.length, "type": picture.media_type, "medium": "image"}
        size = {"width": picture.width, "height": picture.height}
        known = {name: str(value) for name, value in (about | size).items() if value}
        etree.SubElement(element, f"{{{MEDIA}}}content", url=picture.url, **known)
