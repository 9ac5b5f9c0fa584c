"""What feeds say of articles that change or go (F08, F09): ids stay, corrections and tombstones stand 30 days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.jobs.publishing import publish
from tests.acceptance.feeds import NAMES, Reader, put_article, put_articles, text
from tests.folders import BRIDGE, DAY, HOUR, MINUTE, NOW, Desk, open_desk, public_files
from tests.homes import make_home

MAIN = "/feeds/main.atom"
OLD = NOW - 200 * DAY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    for desk in open_desk(make_home(tmp_path / "home")):
        put_articles(desk, 60, since=OLD)
        desk.read(MINUTE)
        yield desk


def entry(desk: Desk, title: str) -> dict[str, str]:
    """What the feed's Atom says of an article: its plain elements."""
    entries = Reader(desk.app).atom(MAIN).findall("a:entry", NAMES)
    (found,) = [one for one in entries if text(one.find("a:title", NAMES)) == title]
    return {name: text(found.find(f"a:{name}", NAMES)) for name in ("id", "published", "updated")}


def feed_updated(desk: Desk) -> str:
    return text(Reader(desk.app).atom(MAIN).find("a:updated", NAMES))


def test_f09_correction_keeps_id_and_date(desk: Desk) -> None:
    before = entry(desk, "The bridge opens")
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.read(HOUR)
    after = entry(desk, "The bridge opens")
    assert (after["id"], after["published"]) == (before["id"], before["published"])
    assert datetime.fromisoformat(after["updated"]) == NOW + HOUR
    assert after["updated"] == feed_updated(desk)


def test_f09_old_article_comes_back_for_a_correction(desk: Desk) -> None:
    assert "news-000" not in Reader(desk.app).list_titles(MAIN)
    put_article(desk, "news-000", on=OLD, words="It is shut.")
    desk.read(HOUR)
    assert Reader(desk.app).list_titles(MAIN)[-1] == "news-000"


def test_f09_correction_leaves_the_feed_after_thirty_days(desk: Desk) -> None:
    put_article(desk, "news-000", on=OLD, words="It is shut.")
    desk.read(HOUR)
    put_article(desk, "later", on=NOW + 30 * DAY)
    desk.read(30 * DAY)
    assert "news-000" in Reader(desk.app).list_titles(MAIN)
    put_article(desk, "later-still", on=NOW + 31 * DAY)
    desk.read(31 * DAY)
    assert "news-000" not in Reader(desk.app).list_titles(MAIN)


def test_f09_published_stays_when_the_date_is_changed(desk: Desk) -> None:
    before = entry(desk, "news-059")
    put_article(desk, "news-059", on=OLD + 3 * DAY, words="It is shut.")
    desk.read(HOUR)
    assert entry(desk, "news-059")["published"] == before["published"]


def test_f09_published_stays_when_it_is_held_back_again(desk: Desk) -> None:
    put_article(desk, "ferry", on=NOW - HOUR)
    desk.read(HOUR)
    before = entry(desk, "ferry")
    put_article(desk, "ferry", on=NOW + 3 * DAY)
    desk.read(DAY)
    desk.read(4 * DAY)
    assert entry(desk, "ferry")["published"] == before["published"]


def test_article_that_was_over_long_ago_leaves_a_tombstone(desk: Desk) -> None:
    put_article(desk, "ferry", on=NOW - HOUR)
    desk.read(HOUR)
    identity = entry(desk, "ferry")["id"]
    put_article(desk, "ferry", on=NOW - HOUR, more=f"expires_at: {OLD.isoformat()}\n")
    desk.read(DAY)
    assert Reader(desk.app).list_gone(MAIN) == [identity]
    assert datetime.fromisoformat(feed_updated(desk)) == NOW + DAY


def test_withdrawn_article_leaves_a_tombstone(desk: Desk) -> None:
    identity = entry(desk, "The bridge opens")["id"]
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    (stone,) = Reader(desk.app).atom(MAIN).findall("at:deleted-entry", NAMES)
    assert (stone.get("ref"), datetime.fromisoformat(stone.get("when"))) == (identity, NOW + HOUR)
    assert datetime.fromisoformat(feed_updated(desk)) == NOW + HOUR
    for form in ("rss", "json"):
        assert identity not in Reader(desk.app).get(f"/feeds/main.{form}").decode()


def test_tombstone_stands_thirty_days(desk: Desk) -> None:
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    for days, number in ((30, 1), (31, 0)):
        put_article(desk, f"after-{days}", on=NOW + days * DAY)
        desk.read(days * DAY)
        assert len(Reader(desk.app).list_gone(MAIN)) == number


def test_restored_article_has_no_tombstone(desk: Desk) -> None:
    before = entry(desk, "The bridge opens")
    desk.remove("town/bridge.md")
    desk.read(HOUR)
    desk.put("town/bridge.md", BRIDGE)
    desk.read(2 * HOUR)
    assert Reader(desk.app).list_gone(MAIN) == []
    assert entry(desk, "The bridge opens")["id"] == before["id"]


def test_article_that_was_never_out_leaves_none(desk: Desk) -> None:
    put_article(desk, "secret", on=NOW + DAY)
    desk.read(HOUR)
    desk.remove("secret.md")
    desk.read(2 * HOUR)
    assert Reader(desk.app).list_gone(MAIN) == []


def test_tombstone_stands_in_the_topics_feed_too(desk: Desk) -> None:
    desk.put("town/fair.md", "# The fair\n\nOn Sunday.\n")
    desk.read(HOUR)
    desk.remove("town/bridge.md")
    desk.read(2 * HOUR)
    assert len(Reader(desk.app).list_gone("/feeds/sections/town.atom")) == 1
    assert Reader(desk.app).list_titles("/feeds/sections/town.atom") == ["The fair"]


def test_f08_new_domain_changes_no_id(desk: Desk) -> None:
    before = Reader(desk.app).atom(MAIN)
    settings = desk.home.path / "config" / "publisher.toml"
    changed = settings.read_text(encoding="utf-8").replace("gazette.example.org", "elsewhere.example")
    settings.write_text(changed.replace("gazette@example.org", "gazette@elsewhere.example"), encoding="utf-8")
    with desk.home.opened() as app:
        publish(app, now=NOW + HOUR)
        after = Reader(app).atom(MAIN)
    one, other = ([text(found) for found in feed.iterfind(".//a:id", NAMES)] for feed in (before, after))
    assert one == other


@pytest.mark.parametrize("later", [timedelta(0), DAY, 400 * DAY])
def test_f09_rebuild_gives_the_same_bytes_at_any_time(desk: Desk, later: timedelta) -> None:
    desk.put("town/bridge.md", BRIDGE.replace("noon", "one"))
    desk.remove("news-059.md")
    desk.read(HOUR)
    before = feeds(public_files(desk.home))
    publish(desk.app, now=NOW + HOUR + later, is_full=True)
    assert feeds(public_files(desk.home)) == before


def feeds(files: dict[str, Any]) -> dict[str, Any]:
    return {name: data for name, data in files.items() if name.startswith("feeds/")}
