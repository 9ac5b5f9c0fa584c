from typing import Any

from lxml import etree

from publisher.domain.feed import Feed
from publisher.domain.publication import Publication
from publisher.feeds import build_opml

GAZETTE = Publication(title="La Gazette & co", url="https://gazette.example")


def outlines(*feeds: Feed) -> list[dict[str, Any]]:
    return [dict(found.attrib) for found in etree.fromstring(build_opml(GAZETTE, [("", feeds)])).iter("outline")]


def test_opml_names_each_feed_once() -> None:
    assert outlines(Feed(name="main", title="All & more")) == [
        {
            "type": "rss",
            "text": "All & more",
            "title": "All & more",
            "xmlUrl": "https://gazette.example/feeds/main.rss",
            "htmlUrl": "https://gazette.example/",
        }
    ]


def test_opml_keeps_the_order() -> None:
    found = outlines(Feed(name="b", title="B"), Feed(name="sections/a", title="A"))
    assert [outline["text"] for outline in found] == ["B", "A"]


def test_opml_has_a_folder_a_group() -> None:
    sport, velo = Feed(name="sections/sport", title="Sport"), Feed(name="tags/velo", title="Vélo")
    groups = [("", [Feed(name="main", title="All")]), ("Sections", [sport]), ("Nothing", []), ("Tags & more", [velo])]
    body = etree.fromstring(build_opml(GAZETTE, groups)).find("body")
    assert [(outline.get("text"), [feed.get("text") for feed in outline]) for outline in body] == [
        ("All", []),
        ("Sections", ["Sport"]),
        ("Tags & more", ["Vélo"]),
    ]


def test_opml_folder_is_no_feed() -> None:
    groups = [("Sections", [Feed(name="sections/sport", title="Sport")])]
    folder = etree.fromstring(build_opml(GAZETTE, groups)).find("body/outline")
    assert dict(folder.attrib) == {"text": "Sections"}


def test_opml_says_what_a_feed_holds() -> None:
    found = outlines(Feed(name="main", title="All", description="All of it", language="nl"))[0]
    assert (found["description"], found["language"]) == ("All of it", "nl")


def test_opml_has_the_publication_as_title() -> None:
    opml = etree.fromstring(build_opml(GAZETTE, []))
    assert (opml.get("version"), opml.findtext("head/title")) == ("2.0", "La Gazette & co")


def test_opml_strips_illegal_characters() -> None:
    assert outlines(Feed(name="main", title="a\x00\ud800b"))[0]["text"] == "ab"


def test_opml_without_feeds_has_no_outline() -> None:
    assert outlines() == []
