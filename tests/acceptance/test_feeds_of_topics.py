"""Feeds that are there by themselves: of sections, languages, tags, authors, sections together, and of issues."""

from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from publisher.jobs import issuing
from publisher.jobs.making import iter_all
from publisher.jobs.publishing import publish
from tests.acceptance.feeds import NAMES, Reader, put_article, text
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, Desk, open_desk
from tests.homes import make_home, subscribe

RUN = "tags: [Vélo, C++]\nauthors: [Anne Petit]\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    for desk in open_desk(make_home(tmp_path / "home")):
        for number in range(3):
            put_article(desk, f"Sport/run-{number}", on=NOW - number * HOUR, more=RUN)
        put_article(desk, "culture/concert", on=NOW - 5 * HOUR, more="tags: [velo]\nlanguage: fr\n")
        desk.read(MINUTE)
        yield desk


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("sections/sport", ["Sport/run-0", "Sport/run-1", "Sport/run-2"]),
        ("sections/town", ["The bridge opens"]),
        ("languages/fr", ["culture/concert"]),
        ("tags/velo", ["Sport/run-0", "Sport/run-1", "Sport/run-2", "culture/concert"]),
        ("tags/cplusplus", ["Sport/run-0", "Sport/run-1", "Sport/run-2"]),
        ("authors/anne-petit", ["Sport/run-0", "Sport/run-1", "Sport/run-2"]),
        ("sections/town+culture", ["culture/concert", "The bridge opens"]),
    ],
)
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_topic_has_a_feed(desk: Desk, name: str, titles: list[str], form: str) -> None:
    assert Reader(desk.app).find(f"/feeds/{name}.{form}") is not None
    assert Reader(desk.app).list_titles(f"/feeds/{name}.atom") == titles


@pytest.mark.parametrize(
    "name",
    [
        *("sections/sports", "sections/sport+politics", "sections/", "sections", "sections/sport" + "+sport" * 20),
        *("tags/c", "tags/velo+cplusplus", "languages/nl", "authors/anne", "issues/weekly", "x/y"),
    ],
)
def test_there_is_no_feed_of_anything_else(desk: Desk, name: str) -> None:
    assert Reader(desk.app).find(f"/feeds/{name}.atom") is None


def test_tag_has_a_feed_from_three_articles_on(desk: Desk) -> None:
    for number, is_there in ((1, False), (2, False), (3, True)):
        put_article(desk, f"town/works-{number}", on=NOW, more="tags: [works]\n")
        desk.read(number * HOUR)
        assert (Reader(desk.app).find("/feeds/tags/works.atom") is not None) is is_there


def test_topic_keeps_its_feed_when_an_article_is_withdrawn(desk: Desk) -> None:
    desk.remove("Sport/run-0.md")
    desk.read(HOUR)
    assert Reader(desk.app).list_titles("/feeds/authors/anne-petit.atom") == ["Sport/run-1", "Sport/run-2"]
    assert len(Reader(desk.app).list_gone("/feeds/authors/anne-petit.atom")) == 1


def test_topic_of_tomorrow_is_not_known_today(desk: Desk) -> None:
    put_article(desk, "embargoed/secret", on=NOW + DAY)
    desk.read(HOUR)
    assert Reader(desk.app).find("/feeds/sections/embargoed.atom") is None
    assert not any(b"embargoed" in data for _, data in iter_all(desk.app, now=NOW))


def test_article_that_moves_leaves_its_sections_feed(desk: Desk) -> None:
    desk.move("town/bridge.md", "culture/bridge.md")
    desk.read(HOUR)
    assert Reader(desk.app).list_titles("/feeds/sections/culture.atom") == ["culture/concert", "The bridge opens"]
    assert Reader(desk.app).find("/feeds/sections/town.atom") is None


def test_sections_in_any_order_are_one_feed(desk: Desk) -> None:
    one, other = (Reader(desk.app).atom(f"/feeds/sections/{name}.atom") for name in ("sport+town", "town+sport"))
    assert text(one.find("a:id", NAMES)) == text(other.find("a:id", NAMES))
    assert one.find("a:link[@rel='self']", NAMES).get("href").endswith("/feeds/sections/sport+town.atom")


def test_made_feed_is_new_with_the_next_publishing(desk: Desk) -> None:
    reader = Reader(desk.app)
    before = reader.get("/feeds/sections/town.atom")
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.read(HOUR)
    assert reader.get("/feeds/sections/town.atom") != before


def test_topics_are_as_full_as_the_first_feed(tmp_path: Path) -> None:
    home = make_home(tmp_path / "other")
    settings = home.path / "config" / "publisher.toml"
    text_of_it = settings.read_text(encoding="utf-8").replace("[feeds.main]\n", '[feeds.main]\ncontent = "summary"\n')
    settings.write_text(text_of_it, encoding="utf-8")
    for desk in open_desk(home):
        (entry,) = feedparser.parse(Reader(desk.app).get("/feeds/sections/town.atom")).entries
        assert "content" not in entry


def test_newsletter_has_a_feed_of_its_issues(desk: Desk) -> None:
    subscribe(desk.app, ["alice@example.net"], now=NOW)
    (issue,) = issuing.reckon(desk.app, now=NOW + 13 * HOUR)
    publish(desk.app, now=NOW + 13 * HOUR)
    feed = feedparser.parse(Reader(desk.app).get("/feeds/issues/daily.atom"))
    assert [(entry.title, entry.link) for entry in feed.entries] == [
        (issue.subject, f"https://gazette.example.org/issues/{issue.id}")
    ]
    assert "The bridge opens" in feed.entries[0].content[0].value


def test_everything_that_is_made_is_listed(desk: Desk) -> None:
    paths = {path for path, _ in iter_all(desk.app, now=NOW)}
    names = {path.removeprefix("/feeds/").removesuffix(".atom") for path in paths if path.endswith(".atom")}
    assert names == {
        *(f"sections/{name}" for name in ("culture", "sport", "town")),
        *("languages/en", "languages/fr", "tags/velo", "tags/cplusplus", "authors/anne-petit"),
    }
    assert {"/feeds", "/feeds.opml"} < paths
