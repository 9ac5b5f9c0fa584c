"""Podcasts (F20) as they are served: the tags stand in RSS, and only where a feed is a podcast."""

from dataclasses import replace
from typing import Any

import feedparser
import pytest

from publisher.domain.feed import Feed, Format, Podcast
from publisher.domain.publication import Publication
from publisher.feeds import build, make_guid
from publisher.feeds.podcast import NAMESPACES
from tests.feed_documents import PHOTO, SOUND, complain, json_feed, make_article, make_document, rss

RADIO = Feed(name="radio", title="Radio", podcast=Podcast(image="https://gazette.example/c.jpg", category="News"))
EPISODE = make_article(enclosure=replace(SOUND, seconds=754), images=(PHOTO,), lead_image=PHOTO.address)
SITE = Publication(title="La Gazette", url="https://gazette.example", contact="desk@gazette.example")


def found(path: str, **changes: Any) -> list[str]:
    document = make_document(EPISODE, feed=RADIO, publication=SITE, **changes)
    return [element.text for element in rss(document).findall(path, NAMESPACES)]


def test_f20_channel_and_items_say_what_players_show() -> None:
    assert found("itunes:explicit") == ["false"]
    assert found("itunes:owner/itunes:email") == ["desk@gazette.example"]
    assert found("item/itunes:duration") == ["754"]


def test_f20_parts_have_the_guid_of_their_podcast() -> None:
    assert found("podcast:guid", part="2026-11") == [make_guid("https://gazette.example/feeds/radio.rss")]


def test_f20_other_feeds_have_no_such_tag() -> None:
    plain = build(make_document(EPISODE), Format.RSS).decode()
    assert not [name for name in NAMESPACES.values() if name in plain]


@pytest.mark.parametrize("form", [Format.ATOM, Format.JSON])
def test_f20_tags_stand_in_rss_alone(form: Format) -> None:
    assert "itunes" not in build(make_document(EPISODE, feed=RADIO), form).decode()


def test_f20_podcast_is_valid_in_every_format() -> None:
    document = make_document(EPISODE, feed=RADIO, publication=SITE)
    assert complain(document) == []
    assert feedparser.parse(build(document, Format.RSS)).bozo == 0
    assert json_feed(document)["items"][0]["attachments"][0]["duration_in_seconds"] == 754
