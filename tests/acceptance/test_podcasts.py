"""A podcast from its files to what a player fetches (F20)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from publisher.clock import now
from publisher.feeds import make_guid
from publisher.feeds.podcast import NAMESPACES
from tests.acceptance.site import browse, replace_in, write_article
from tests.homes import HTTPS, HomeFolder, look, make_home

RADIO = '[feeds.radio]\ntitle = "Radio"\nsections = ["radio"]\npodcast = true\ncategory = "News > Daily News"\n'
MEDIA = """enclosure:
  url: https://media.example/market.mp3
  length: 5650889
  duration: 12:34
  transcript: https://media.example/market.vtt
"""


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    folder = make_home(tmp_path / "home", url=HTTPS, more=RADIO)
    write_article(folder, "radio/market.md", "At the market", more=MEDIA)
    write_article(folder, "radio/talk.md", "Without a sound", day="19")
    return folder


def fetch(home: HomeFolder, form: str = "rss") -> bytes:
    """The podcast as it is served once the folder has been looked at."""
    with home.opened() as app:
        look(app, now() - timedelta(minutes=5))
        answer = browse(app).get(f"/feeds/radio.{form}")
    assert answer.status_code == 200
    return answer.content


def read(home: HomeFolder) -> Any:
    return etree.fromstring(fetch(home)).find("channel")


def test_f20_player_gets_sound_length_and_transcript(home: HomeFolder) -> None:
    episode = read(home).find("item")
    assert dict(episode.find("enclosure").attrib) == {
        "url": "https://media.example/market.mp3",
        "length": "5650889",
        "type": "audio/mpeg",
    }
    assert episode.findtext("itunes:duration", namespaces=NAMESPACES) == "754"
    assert episode.find("podcast:transcript", NAMESPACES).get("type") == "text/vtt"


def test_f20_article_without_sound_stays_readable(home: HomeFolder) -> None:
    parsed = feedparser.parse(fetch(home))
    assert [(entry.title, len(entry.enclosures)) for entry in parsed.entries] == [
        ("At the market", 1),
        ("Without a sound", 0),
    ]


def test_f20_atom_and_json_attach_the_sound_too(home: HomeFolder) -> None:
    (sound,) = feedparser.parse(fetch(home, "atom")).entries[0].enclosures
    assert (sound.href, sound.type, sound.length) == ("https://media.example/market.mp3", "audio/mpeg", "5650889")
    assert b'"duration_in_seconds": 754' in fetch(home, "json")


def test_f20_new_domain_keeps_the_guid(home: HomeFolder) -> None:
    first = read(home).findtext("podcast:guid", namespaces=NAMESPACES)
    assert first == make_guid(f"{HTTPS}/feeds/radio.rss")
    replace_in(home.path / "config" / "publisher.toml", HTTPS, "https://journal.example.net")
    moved = read(home)
    assert moved.findtext("podcast:guid", namespaces=NAMESPACES) == first
    assert moved.findtext("link") == "https://journal.example.net/"
