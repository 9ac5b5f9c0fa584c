"""Former names of feeds: which of them the settings refuse, and where the others lead."""

import re
from pathlib import Path

import pytest

from publisher.domain import address
from publisher.domain.feed import Feed
from publisher.errors import SettingsError
from publisher.settings import FILE, load_settings
from publisher.settings.loading import is_own_address
from publisher.web.moved import find_new_address, has_ended
from publisher.web.site import ROUTES
from tests.acceptance.site import FILES

FEEDS = (
    Feed(name="main", title="Main", aliases=("news", "/index.xml", "/atom.xml", "/feed/", "/feed.json")),
    Feed(name="sport", title="Sport", aliases=("games", "/feeds/all.atom.xml", "/sport/feed/atom/")),
)
SETTINGS = "[feeds.main]\naliases = {main}\n[feeds.sport]\naliases = {sport}\n"


def load(home: Path, main: list[str], sport: list[str]) -> None:
    (home / FILE).parent.mkdir()
    (home / FILE).write_text(SETTINGS.format(main=main, sport=sport), "utf-8")
    load_settings(home)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/feeds/news.rss", "/feeds/main.rss"),
        ("/feeds/news.json", "/feeds/main.json"),
        ("/feeds/games.atom", "/feeds/sport.atom"),
        ("/feeds/games/2026-11-2.atom", "/feeds/sport/2026-11-2.atom"),
        ("/index.xml", "/feeds/main.rss"),
        ("/atom.xml", "/feeds/main.atom"),
        ("/feed/", "/feeds/main.rss"),
        ("/feed", "/feeds/main.rss"),
        ("/feed.json", "/feeds/main.json"),
        ("/feeds/all.atom.xml", "/feeds/sport.atom"),
        ("/sport/feed/atom", "/feeds/sport.atom"),
    ],
)
def test_f15_former_address_leads_on(path: str, target: str) -> None:
    assert find_new_address(path, FEEDS) == target


@pytest.mark.parametrize(
    "path", ["/", "", "/feeds/main.rss", "/feeds/tags/news.rss", "/feeds/news", "/feeds/news.xml", "/index.xml/more"]
)
def test_other_address_leads_nowhere(path: str) -> None:
    assert find_new_address(path, FEEDS) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feeds/old.rss", True),
        ("/feeds/old/2026-11.json", True),
        ("/feeds/issues/weekly.atom", True),
        ("/feeds/main/2026-11.json", False),
        ("/feeds/never.rss", False),
        ("/feeds/old", False),
        ("/old.rss", False),
    ],
)
def test_f15_only_what_was_offered_has_ended(path: str, expected: bool) -> None:
    offered = {"old", "main", "issues/weekly"}
    assert has_ended(path, present={"main"}, was_offered=offered.__contains__) is expected


@pytest.mark.parametrize(
    ("main", "sport", "complaint"),
    [
        (["sport"], [], "feeds.main.aliases = 'sport': a feed has that name now"),
        (["main"], [], "feeds.main.aliases = 'main': a feed has that name now"),
        (["old"], ["old"], "feeds.sport.aliases = 'old': it leads to feeds.main already"),
        (["old", "old"], [], "feeds.main.aliases = 'old': it leads to feeds.main already"),
        (["/feed/"], ["/feed"], "feeds.sport.aliases = '/feed': it leads to feeds.main already"),
        ([], ["/subscribe"], "feeds.sport.aliases = '/subscribe': that address is one of this site's own"),
        ([], ["/feeds/main.rss"], "feeds.sport.aliases = '/feeds/main.rss': that address is one of this site's own"),
        (["sections"], [], "feeds.main.aliases.0 = 'sections': it must be a feed's former name"),
        (["/../etc"], [], "feeds.main.aliases.0 = '/../etc': it must be a feed's former name"),
        (["//evil.example"], [], "feeds.main.aliases.0 = '//evil.example': it must be a feed's former name"),
    ],
)
def test_alias_that_means_two_things_is_refused(
    tmp_path: Path, main: list[str], sport: list[str], complaint: str
) -> None:
    with pytest.raises(SettingsError, match=rf"\A[^\n]*publisher\.toml: {re.escape(complaint)}[^\n]*\Z"):
        load(tmp_path, main, sport)


def test_plain_aliases_are_taken(tmp_path: Path) -> None:
    load(tmp_path, list(FEEDS[0].aliases), list(FEEDS[1].aliases))


@pytest.mark.parametrize("path", [*FILES, address.FEED_STYLESHEET, *(route.path for route in ROUTES), "/index"])
def test_no_alias_hides_what_the_site_has(path: str) -> None:
    assert is_own_address(path)
