"""Podcasts (F20): what Apple's and the podcast namespace's tags say, and what directories would refuse."""

from dataclasses import replace
from typing import Any

import feedparser
import pytest
from lxml import etree

from publisher.domain.article import Enclosure
from publisher.domain.feed import Format, Podcast
from publisher.domain.podcast import iter_faults
from publisher.feeds import build
from publisher.feeds.podcast import NAMESPACES, describe_channel, describe_item, make_guid
from tests.feed_documents import make_article, make_document

SHOW = Podcast(image="https://gazette.example/cover.jpg", category="Society & Culture > Documentary")
SOUND = Enclosure(
    url="https://media.example/a.mp3",
    media_type="audio/mpeg",
    length=1234,
    seconds=754,
    transcript="https://media.example/a.vtt",
    transcript_type="text/vtt",
)
ADDRESS = "https://gazette.example/feeds/radio.rss"


def channel(podcast: Podcast = SHOW, contact: str = "desk@gazette.example") -> Any:
    element = etree.Element("channel", nsmap=NAMESPACES)
    describe_channel(element, podcast, address=ADDRESS, publisher="La Gazette & co", contact=contact)
    return element


def item(enclosure: Enclosure | None = SOUND, *, image: str = "https://gazette.example/a.jpg") -> Any:
    element = etree.Element("item", nsmap=NAMESPACES)
    describe_item(element, enclosure, title="A & B", language="nl", image=image)
    return element


def texts(element: Any, path: str) -> list[str | None]:
    return [found.text for found in element.findall(path, NAMESPACES)]


@pytest.mark.parametrize(
    ("address", "guid"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss///", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_f20_guid_is_made_as_specified(address: str, guid: str) -> None:
    """The examples of the specification."""
    assert make_guid(address) == guid


def test_f20_channel_has_a_guid() -> None:
    assert texts(channel(), "podcast:guid") == [make_guid(ADDRESS)]


def test_f20_guid_follows_the_podcast() -> None:
    known = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert texts(channel(replace(SHOW, guid=known)), "podcast:guid") == [known]


def test_f20_channel_says_what_apple_requires() -> None:
    found = channel()
    assert found.find("itunes:image", NAMESPACES).get("href") == SHOW.image
    assert found.xpath("itunes:category/@text", namespaces=NAMESPACES) == ["Society & Culture"]
    assert found.xpath("itunes:category/itunes:category/@text", namespaces=NAMESPACES) == ["Documentary"]
    assert texts(found, "itunes:author") == ["La Gazette & co"]


@pytest.mark.parametrize(("is_explicit", "word"), [(True, "true"), (False, "false")])
def test_f20_explicit_is_always_said(*, is_explicit: bool, word: str) -> None:
    assert texts(channel(replace(SHOW, is_explicit=is_explicit)), "itunes:explicit") == [word]


def test_f20_plain_category_has_none_inside() -> None:
    assert channel(replace(SHOW, category="News")).xpath("itunes:category//*", namespaces=NAMESPACES) == []


def test_f20_podcast_is_locked_for_its_owner() -> None:
    locked = channel().find("podcast:locked", NAMESPACES)
    assert (locked.text, locked.get("owner")) == ("yes", "desk@gazette.example")
    assert texts(channel(), "itunes:owner/itunes:email") == ["desk@gazette.example"]


def test_f20_podcast_that_moves_is_not_locked() -> None:
    assert texts(channel(Podcast(is_locked=False)), "podcast:locked") == ["no"]


def test_f20_owner_needs_a_contact() -> None:
    found = channel(contact="")
    assert found.find("podcast:locked", NAMESPACES).attrib == {}
    assert found.find("itunes:owner", NAMESPACES) is None


def test_f20_bare_podcast_leaves_tags_out() -> None:
    found = channel(Podcast())
    assert found.find("itunes:image", NAMESPACES) is None
    assert found.find("itunes:category", NAMESPACES) is None


def test_f20_item_says_how_long_it_plays() -> None:
    assert texts(item(), "itunes:duration") == ["754"]
    assert texts(item(), "itunes:title") == ["A & B"]


def test_f20_unknown_duration_is_left_out() -> None:
    assert item(replace(SOUND, seconds=0)).find("itunes:duration", NAMESPACES) is None


def test_f20_item_links_its_transcript() -> None:
    found = item().find("podcast:transcript", NAMESPACES)
    assert dict(found.attrib) == {"url": SOUND.transcript, "type": "text/vtt", "language": "nl"}


@pytest.mark.parametrize(("name", "has_image"), [("a.jpg", True), ("a.PNG", True), ("a.webp", False), ("", False)])
def test_f20_item_shows_jpeg_and_png_alone(name: str, *, has_image: bool) -> None:
    found = item(image=name and f"https://gazette.example/{name}")
    assert (found.find("itunes:image", NAMESPACES) is not None) == has_image


def test_f20_article_without_sound_is_no_episode() -> None:
    assert len(item(None)) == 0


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"image": ""}, "give an image"),
        ({"image": "https://x.example/cover.webp"}, "should end in .jpg or .png"),
        ({"category": ""}, "give a category"),
        ({"category": "Gossip"}, "take one of Arts, Business"),
        ({"category": "News > Gossip"}, "inside News there are Business News"),
        ({"category": "History > Wars"}, "inside History there are none"),
        ({"category": " > "}, "take one of Arts"),
    ],
)
def test_f20_faults_are_said_with_their_mend(changes: dict[str, Any], fault: str) -> None:
    (found,) = iter_faults(replace(SHOW, **changes))
    assert fault in found


@pytest.mark.parametrize("category", ["News", "TV & Film > TV Reviews", "Society & Culture>Documentary"])
def test_f20_known_categories_are_no_fault(category: str) -> None:
    assert list(iter_faults(replace(SHOW, category=category))) == []


def build_podcast(*, form: Format = Format.RSS, podcast: Podcast | None = SHOW) -> bytes:
    articles = (make_article(enclosure=SOUND, language="nl"), make_article(id="tag:2", slug="b"))
    document = make_document(*articles)
    publication = replace(document.publication, contact="desk@gazette.example")
    feed = replace(document.feed, name="radio", podcast=podcast)
    return build(replace(document, feed=feed, publication=publication), form)


def test_f20_rss_of_a_podcast_has_its_tags() -> None:
    found = etree.fromstring(build_podcast())
    assert found.nsmap.items() >= NAMESPACES.items()
    assert texts(found, "channel/podcast:guid") == [make_guid(ADDRESS)]
    assert texts(found, "channel/itunes:owner/itunes:email") == ["desk@gazette.example"]
    assert texts(found, "channel/item/itunes:duration") == ["754"]


def test_f20_players_understand_the_podcast() -> None:
    parsed = feedparser.parse(build_podcast())
    assert not parsed.bozo
    assert parsed.feed.image.href == SHOW.image
    assert [entry.get("itunes_duration") for entry in parsed.entries] == ["754", None]


def test_f20_archive_is_the_same_podcast() -> None:
    document = make_document(make_article(enclosure=SOUND), part="2026-11")
    found = etree.fromstring(
        build(replace(document, feed=replace(document.feed, name="radio", podcast=SHOW)), Format.RSS)
    )
    assert texts(found, "channel/podcast:guid") == [make_guid(ADDRESS)]


@pytest.mark.parametrize("form", [Format.ATOM, Format.JSON])
def test_f20_other_formats_have_no_tags(form: Format) -> None:
    assert b"itunes" not in build_podcast(form=form)


def test_f20_other_feeds_have_no_tags() -> None:
    """Not even of an article that a podcast has been built of."""
    build_podcast()
    assert b"itunes" not in build_podcast(podcast=None)
