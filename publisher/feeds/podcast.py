"""What makes RSS a podcast: Apple's tags and those of the podcast namespace, which other directories read too.

Atom and JSON Feed have no such tags; players find the sound there by the enclosure alone. An article without one stands
in a podcast's feed like any other: players pass over it, readers do not, and the editor's choice of articles decides.
"""

from typing import Any
from uuid import UUID, uuid5

from lxml import etree

from publisher.domain.article import Enclosure
from publisher.domain.feed import Podcast
from publisher.domain.podcast import PICTURES, split_category

NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
_ITUNES, _PODCAST = (f"{{{name}}}" for name in NAMESPACES.values())
_GUIDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def make_guid(address: str) -> str:
    """The `podcast:guid` of a podcast that has none: made of its feed's address, once, and kept wherever it moves."""
    return str(uuid5(_GUIDS, address.partition("://")[2].rstrip("/")))


def describe_channel(channel: Any, podcast: Podcast, *, address: str, publisher: str, contact: str) -> None:
    """Say of the channel what directories ask for; `address` is its feed's own, `contact` a mail address or nothing."""
    _add(channel, _ITUNES, "author", publisher)
    _add(channel, _ITUNES, "type", "episodic")
    _add(channel, _ITUNES, "explicit", _word(is_so=podcast.is_explicit))
    outer = channel
    for name in split_category(podcast.category):
        outer = etree.SubElement(outer, f"{_ITUNES}category", text=name)
    if podcast.image:
        etree.SubElement(channel, f"{_ITUNES}image", href=podcast.image)
    if contact:
        owner = etree.SubElement(channel, f"{_ITUNES}owner")
        _add(owner, _ITUNES, "name", publisher)
        _add(owner, _ITUNES, "email", contact)
    _add(channel, _PODCAST, "guid", podcast.guid or make_guid(address))
    _add(channel, _PODCAST, "locked", "yes" if podcast.is_locked else "no", **({"owner": contact} if contact else {}))


def describe_item(item: Any, enclosure: Enclosure | None, *, title: str, language: str, image: str) -> None:
    """Say of an item what players show; `image` is the full address of the article's picture, or nothing.

    Directories take JPEG and PNG alone.
    """
    if enclosure is None:
        return
    _add(item, _ITUNES, "title", title)
    if enclosure.seconds:
        _add(item, _ITUNES, "duration", str(enclosure.seconds))
    if image.lower().endswith(PICTURES):
        etree.SubElement(item, f"{_ITUNES}image", href=image)
    if enclosure.transcript:
        spoken = {"language": language} if language else {}
        about = {"url": enclosure.transcript, "type": enclosure.transcript_type}
        etree.SubElement(item, f"{_PODCAST}transcript", **about, **spoken)


def _add(parent: Any, namespace: str, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, namespace + name, **attributes).text = text


def _word(*, is_so: bool) -> str:
    return "true" if is_so else "false"
