"""Where articles stand on the site, and what every answer says of feeds, safety and hosts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from publisher.clock import now
from publisher.domain import address
from publisher.domain.feed import Format
from publisher.jobs import issuing
from publisher.jobs.previewing import preview
from publisher.jobs.publishing import publish
from tests.acceptance.site import (
    ALICE,
    BOB,
    BRIDGE,
    CAROL,
    FEEDS,
    FILES,
    Site,
    browse,
    copy_home,
    open_site,
    parse,
    write_article,
)
from tests.homes import HomeFolder, look

RUN = "/articles/2026/11/run"
GONE = "/articles/2026/11/gone"
OWN_SITE = "https://gazette.example.com/{yyyy}/{mm}/{slug}/"
PROTECTION = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with an article that was withdrawn and one that is not out yet."""
    home = copy_home(tmp_path_factory.mktemp("home"), more='max_body = "200"\n')
    write_article(home, "gone.md", "Gone")
    tomorrow = (now() + timedelta(days=1)).isoformat()
    write_article(home, "later.md", "Under embargo", more=f"embargo: {tomorrow}\nslug: later\n")
    write_article(home, "early.md", "Never out", more=f"embargo: {tomorrow}\nslug: early\n")
    with open_site(home) as opened:
        look(opened.app, now())
        for name in ("gone.md", "early.md"):
            (home.path / "seeds" / name).unlink()
        look(opened.app, now())
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    return copy_home(tmp_path / "home")


def get_status(site: Site, path: str) -> int:
    return site.browser.get(path).status_code


# Where articles stand.


def test_withdrawn_article_is_gone(site: Site) -> None:
    answer = site.browser.get(GONE)
    assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store")
    assert "This article was withdrawn." in answer.text
    assert "Gone" not in site.browser.get("/").text
    assert not [path for path in FEEDS if "<title>Gone" in site.browser.get(path).text]


@pytest.mark.parametrize("slug", ["later", "early"])
def test_article_that_is_not_out_is_unknown(site: Site, slug: str) -> None:
    path = f"/articles/2026/11/{slug}"
    assert site.browser.get(path).text == site.browser.get("/articles/2026/11/never-was").text
    assert get_status(site, path) == 404


def test_article_that_is_not_out_is_nowhere(site: Site) -> None:
    assert not [path for path in FILES if "Under embargo" in site.browser.get(path).text]


def test_article_comes_out_when_its_moment_comes(home: HomeFolder) -> None:
    tomorrow = now() + timedelta(days=1)
    write_article(home, "later.md", "Later", more=f"embargo: {tomorrow.isoformat()}\n")
    with open_site(home) as site:
        look(site.app, now())
        assert get_status(site, "/articles/2026/11/later") == 404
        with time_machine.travel(tomorrow + timedelta(seconds=1)):
            publish(site.app, now=now())
            assert get_status(site, "/articles/2026/11/later") == 200


@pytest.mark.parametrize("path", ["/old/run.html", "/2016/run/", "/2016/run", "/old/run.html?from=mail"])
def test_alias_leads_to_the_article(site: Site, path: str) -> None:
    answer = site.browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, RUN)


@pytest.mark.parametrize("written", ["/été/pont", "/%C3%A9t%C3%A9/pont", "/old/a b"])
def test_alias_may_be_written_either_way(home: HomeFolder, written: str) -> None:
    write_article(home, "town/bridge.md", "Bridge", more=f'aliases: ["{written}"]\n', text="Open at last.")
    with open_site(home) as site:
        look(site.app, now())
        assert site.browser.get(written).headers["location"] == BRIDGE


def test_former_address_leads_on(home: HomeFolder) -> None:
    with open_site(home) as site:
        for slug in ("second", "third"):
            write_article(home, "town/bridge.md", "Bridge", more=f"slug: {slug}\n")
            look(site.app, now())
        former = [site.browser.get(path) for path in (BRIDGE, f"{BRIDGE}/", "/articles/2026/11/second")]
        assert [answer.status_code for answer in former] == [301] * 3
        assert {answer.headers["location"] for answer in former} == {"/articles/2026/11/third"}
        assert get_status(site, "/articles/2026/11/third") == 200


def test_slug_may_come_back(home: HomeFolder) -> None:
    with open_site(home) as site:
        for slug in ("second", "bridge"):
            write_article(home, "town/bridge.md", "Bridge", more=f"slug: {slug}\n")
            look(site.app, now())
        assert get_status(site, BRIDGE) == 200
        assert site.browser.get("/articles/2026/11/second").headers["location"] == BRIDGE
        assert "max-age" in site.browser.get("/articles/2026/11/second").headers["cache-control"]


def test_former_address_of_a_withdrawn_article_is_gone(home: HomeFolder) -> None:
    with open_site(home) as site:
        write_article(home, "town/bridge.md", "Bridge", more="slug: second\n")
        look(site.app, now())
        (home.path / "seeds" / "town" / "bridge.md").unlink()
        look(site.app, now())
        assert [get_status(site, path) for path in (BRIDGE, "/articles/2026/11/second")] == [410, 410]


def test_restored_article_is_back(home: HomeFolder) -> None:
    seed = home.path / "seeds" / "sport" / "run.md"
    text = seed.read_text()
    with open_site(home) as site:
        statuses = []
        for act in (lambda: None, seed.unlink, lambda: seed.write_text(text)):
            act()
            look(site.app, now())
            statuses.append(get_status(site, RUN))
    assert statuses == [200, 410, 200]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/articles/2026/11/nothing",
        "/articles/2026/13/bridge",
        "/articles/٢٠٢٦/11/bridge",
        "/articles/2026/11/",
        "/feeds/other.rss",
        "/issues/daily/2026-11-23T0700",
        "/subscribe/",
        "/confirm",
        "/%ff%fe",
        "/a%0d%0aset-cookie:%20x=1",
        "/" + "x" * 5000,
    ],
)
def test_anything_else_is_not_found(site: Site, path: str) -> None:
    answer = site.browser.get(path)
    assert answer.status_code == 404
    assert parse(answer.text).xpath("//h1/text()") == ["Not found"]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose articles stand on the paper's own one."""
    home = copy_home(tmp_path_factory.mktemp("elsewhere"))
    settings = home.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace("[seeds]", f'article_url = "{OWN_SITE}"\n[seeds]'))
    write_article(home, "away.md", "Away", more="canonical_url: https://wire.example.com/away\n")
    write_article(home, "sport/bridge.md", "The game", text="Four at a table, [in town](../town/bridge.md).")
    write_article(home, "moved.md", "Moved")
    write_article(home, "gone.md", "Gone")
    with open_site(home) as opened:
        look(opened.app, now())
        write_article(home, "moved.md", "Moved", more="slug: settled\n")
        (home.path / "seeds" / "gone.md").unlink()
        look(opened.app, now())
        yield opened


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (BRIDGE, "https://gazette.example.com/2026/11/bridge/"),
        (f"{BRIDGE}/", "https://gazette.example.com/2026/11/bridge/"),
        ("/old/run.html", "https://gazette.example.com/2026/11/run/"),
        ("/articles/2026/11/away", "https://wire.example.com/away"),
        ("/articles/2026/11/bridge-2", "https://gazette.example.com/2026/11/bridge-2/"),
        ("/articles/2026/11/moved", "https://gazette.example.com/2026/11/settled/"),
        ("/articles/2026/11/settled", "https://gazette.example.com/2026/11/settled/"),
    ],
)
def test_articles_lead_to_the_papers_own_site(elsewhere: Site, path: str, target: str) -> None:
    answer = elsewhere.browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, target)


def test_withdrawn_article_of_the_papers_own_site_is_gone(elsewhere: Site) -> None:
    assert get_status(elsewhere, GONE) == 410


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_articles_link_to_each_other_on_the_papers_own_site(elsewhere: Site, form: str) -> None:
    feed = elsewhere.browser.get(f"/feeds/main.{form}").text
    assert "https://gazette.example.com/2026/11/bridge-2/" in feed
    assert "https://wire.example.com/away" in feed
    assert "/articles/2026/11/" not in feed


def test_mails_link_to_the_papers_own_site(elsewhere: Site) -> None:
    issue = issuing.prepare_manual(elsewhere.app, elsewhere.app.get_newsletter("daily"), now=now())
    message = preview(elsewhere.app, issue).variant
    for text in (message.html, message.text):
        assert "https://gazette.example.com/2026/11/bridge-2/" in text
        assert "https://wire.example.com/away" in text
        assert "/articles/2026/" not in text


def test_feeds_link_to_the_papers_own_site(elsewhere: Site) -> None:
    assert "https://gazette.example.com/2026/11/bridge/" in elsewhere.browser.get("/feeds/main.rss").text
    assert f'href="{BRIDGE}"' not in elsewhere.browser.get("/").text


# What every answer says.


def list_pages(site: Site) -> list[str]:
    """A path for every kind of page."""
    return [*FILES, GONE, "/subscribe", "/nothing", "/confirm/x", *site.token_paths(ALICE), *site.token_paths(BOB)]


def test_f18_every_page_announces_every_feed(site: Site) -> None:
    wanted = {address.feed(feed.name, form) for feed in site.app.feeds for form in Format}
    for path in list_pages(site):
        answer = site.browser.get(path)
        if answer.headers["content-type"].startswith("text/html"):
            links = parse(answer.text).xpath("//head/link[@rel='alternate']")
            assert wanted <= {link.get("href") for link in links}
            assert all(link.get("type") and link.get("title") for link in links)


ANSWERS = {
    200: ("GET", "/"),
    301: ("GET", "/old/run.html"),
    304: ("GET", "/style.css"),
    403: ("POST", "/subscribe"),
    404: ("GET", "/nothing"),
    405: ("PUT", "/subscribe"),
    410: ("GET", GONE),
    413: ("POST", f"/unsubscribe/{'x' * 30}"),
    422: ("POST", "/subscribe"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_s07_every_answer_is_protected(site: Site, status: int) -> None:
    method, path = ANSWERS[status]
    headers = {"if-none-match": "*"} if status == 304 else {}
    headers |= {"sec-fetch-site": "cross-site"} if status == 403 else {}
    form = {"email": "x" * (300 if status == 413 else 1), "newsletters": "daily"}
    answer = site.browser.request(method, path, headers=headers, data=form if method == "POST" else None)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in PROTECTION} == PROTECTION
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy)
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_s07_failure_is_protected_and_tells_nothing(home: HomeFolder) -> None:
    with home.opened() as app, closing(sqlite3.connect(home.path / "data" / "publisher.db")) as ledger:
        ledger.execute("DROP TABLE addresses")
        ledger.commit()
        answer = browse(app, has_errors=True).get("/nothing")
    assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
    assert {name: answer.headers[name] for name in PROTECTION} == PROTECTION
    assert "Something went wrong" in answer.text
    assert "addresses" not in answer.text


@pytest.mark.parametrize(("url", "has_it"), [("https://gazette.example.org", True), ("http://127.0.0.1:8000", False)])
def test_strict_transport_only_with_https(tmp_path: Path, url: str, has_it: bool) -> None:
    with open_site(copy_home(tmp_path / "home", url=url)) as site:
        answers = [site.browser.get(path) for path in ("/", "/nothing", "/subscribe")]
    assert {"strict-transport-security" in answer.headers for answer in answers} == {has_it}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "[", "a b", ""])
def test_s07_host_is_never_used(site: Site, host: str) -> None:
    own = [*list_pages(site), "/subscribe/", "/old/run.html", "/mailbox", "/healthz/"]
    for path in own:
        answer = site.browser.get(path, headers={"host": host})
        assert answer.status_code < 500
        assert "evil.example" not in answer.text
        assert "evil.example" not in repr(answer.headers)
        assert answer.headers.get("location", "/").startswith("/")


def test_links_are_root_relative_or_the_papers_own(site: Site) -> None:
    base = site.app.publication.url
    for path in ("/", BRIDGE, "/feeds", "/subscribe", site.preferences_path(CAROL)):
        page = parse(site.browser.get(path).text)
        links = page.xpath("//a[not(@class='button')]/@href | //form/@action | //img/@src | //link[@rel!='icon']/@href")
        assert not [link for link in links if not link.startswith(("/", "#", f"{base}/"))]
