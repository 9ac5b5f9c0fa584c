"""The list of all feeds as OPML 2.0, for readers that subscribe to several at once."""

from collections.abc import Sequence

from lxml import etree

from publisher.domain import address
from publisher.domain.feed import Feed, Format
from publisher.domain.publication import Publication
from publisher.feeds.characters import strip_illegal
from publisher.feeds.contents import feed_address


def build_opml(publication: Publication, feeds: Sequence[Feed]) -> bytes:
    """OPML that names each feed once, by its RSS address."""
    opml = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(opml, "head"), etree.SubElement(opml, "body")
    etree.SubElement(head, "title").text = strip_illegal(publication.title)
    for feed in feeds:
        etree.SubElement(body, "outline", _outline(feed, publication))
    return bytes(etree.tostring(opml, encoding="UTF-8", xml_declaration=True))


def _outline(feed: Feed, publication: Publication) -> dict[str, str]:
    title = strip_illegal(feed.title) or feed.name
    return {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": feed_address(feed, Format.RSS, publication),
        "htmlUrl": address.absolute(publication.url, address.FRONT),
    }
