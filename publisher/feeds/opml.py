"""The list of all feeds as OPML 2.0, for readers that subscribe to several at once."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from publisher.domain import address
from publisher.domain.feed import Feed, Format
from publisher.domain.publication import Publication
from publisher.feeds.characters import strip_illegal
from publisher.feeds.head import feed_address
from publisher.feeds.texts import clean, language_tag


def build_opml(publication: Publication, groups: Sequence[tuple[str, Sequence[Feed]]]) -> bytes:
    """OPML that names each feed once, by its RSS address; groups are (title, feeds), each a folder.

    A group without a title has its feeds outside of any folder; one without feeds is left out.
    """
    opml = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(opml, "head"), etree.SubElement(opml, "body")
    etree.SubElement(head, "title").text = strip_illegal(publication.title)
    for title, feeds in groups:
        folder = _open_folder(body, title) if feeds else body
        for feed in feeds:
            etree.SubElement(folder, "outline", _outline(feed, publication))
    return bytes(etree.tostring(opml, encoding="UTF-8", xml_declaration=True))


def _open_folder(body: Any, title: str) -> Any:
    name = clean(title)
    return etree.SubElement(body, "outline", text=name) if name else body  # a title attribute would ask for a type


def _outline(feed: Feed, publication: Publication) -> dict[str, str]:
    title = clean(feed.title) or feed.name
    further = {"description": clean(feed.description), "language": language_tag(feed.language)}
    return {
        "type": "rss",
        "text": title,
        "title": title,
        **{name: value for name, value in further.items() if value},
        "xmlUrl": feed_address(feed, Format.RSS, publication),
        "htmlUrl": address.absolute(publication.url, address.FRONT),
    }
