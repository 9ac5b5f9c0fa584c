"""Feeds that moved (301) or ended (410), in a home whose settings change."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.jobs.publishing import publish
from tests.acceptance.site import FEEDS, Site, browse, copy_home, open_site, parse
from tests.homes import HomeFolder

FORMER = '[feeds.other]\naliases = ["news", "/index.xml", "/feed/"]\n'
GONE = "/feeds/gone.atom"
HOUR = "public, max-age=3600"


def make_home(path: Path, more: str = FORMER) -> HomeFolder:
    home = copy_home(path, more=more)
    with home.opened() as app, app.ledger.write() as tx:
        tx.offered.note(["main", "gone", "news"], now=now())
    return home


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(make_home(tmp_path_factory.mktemp("home"))) as opened:
        publish(opened.app, now=now())
        yield opened


@pytest.mark.parametrize(
    "path", ["/feeds/news.rss", "/index.xml", "/feed/", "/feed", "/feeds/news.rss?x=//evil.example"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_f15_former_address_is_led_on(site: Site, method: str, path: str) -> None:
    answer = site.browser.request(method, path, headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "/feeds/other.rss")
    assert answer.headers["cache-control"] == HOUR


def test_f15_former_part_is_led_on(site: Site) -> None:
    answer = site.browser.get("/feeds/news/2026-11.atom")
    assert (answer.status_code, answer.headers["location"]) == (301, "/feeds/other/2026-11.atom")


def test_redirect_leads_to_the_feed(site: Site) -> None:
    target = site.browser.get("/feeds/news.json").headers["location"]
    assert site.browser.get(target).json()["items"]


def test_form_to_a_former_address_is_not_taken(site: Site) -> None:
    assert site.browser.post("/feeds/news.rss").status_code == 404


@pytest.mark.parametrize("path", ["/feeds/other.rss", "/feeds/sections/town.rss", "/feeds", "/feeds.opml/"])
def test_form_to_a_feed_is_not_allowed(site: Site, path: str) -> None:
    answer = site.browser.post(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", [GONE, f"{GONE}?x=1", "/feeds/gone/2026-11.json"])
def test_f15_ended_feed_is_gone(site: Site, path: str) -> None:
    answer = site.browser.get(path)
    assert answer.status_code == 410
    assert "This feed has ended." in parse(answer.text).text_content()


@pytest.mark.parametrize("path", ["/feeds/never.rss", "/feeds/main/1999-01.rss", "/feeds/gone.xml", "/feeds/gone"])
def test_what_was_never_there_is_not_found(site: Site, path: str) -> None:
    assert site.browser.get(path).status_code == 404


def test_feed_that_comes_back_is_served(tmp_path: Path) -> None:
    with open_site(make_home(tmp_path / "home", "[feeds.gone]\n")) as site:
        publish(site.app, now=now())
        assert [site.browser.get(path).status_code for path in (GONE, *FEEDS)] == [200] * 4


@pytest.mark.parametrize("old", ["fr", "nl"])
def test_ended_feed_is_said_in_the_papers_language(tmp_path: Path, old: str) -> None:
    home = make_home(tmp_path / "home")
    file = home.path / "config" / "publisher.toml"
    file.write_text(file.read_text("utf-8").replace('language = "en"', f'language = "{old}"'), "utf-8")
    with open_site(home) as site:
        assert "This feed" not in site.browser.get(GONE).text


def test_f15_issues_of_an_ended_newsletter_are_gone(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    with home.opened() as app:
        publish(app, now=now(), is_full=True)
        ended = replace(app, newsletters=())
        publish(ended, now=now())
        assert browse(ended).get("/feeds/issues/daily.rss").status_code == 410
