"""A feed that somebody opens in a browser (F19): the same bytes as XML with a stylesheet; readers get its own type."""

from collections.abc import Iterator

import pytest

from tests.acceptance.site import Site, copy_home, open_site

SHOWN = {"sec-fetch-dest": "document"}
RSS, ATOM = "/feeds/main.rss", "/feeds/main.atom"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(copy_home(tmp_path_factory.mktemp("site") / "home")) as opened:
        yield opened


@pytest.mark.parametrize("path", [RSS, ATOM])
def test_f19_browser_gets_xml_to_show(site: Site, path: str) -> None:
    shown, plain = site.browser.get(path, headers=SHOWN), site.browser.get(path)
    assert shown.headers["content-type"] == "text/xml; charset=utf-8"
    assert (shown.content, shown.headers["etag"]) == (plain.content, plain.headers["etag"])


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-dest": "empty"}, {"accept": "text/html"}])
def test_f16_readers_get_the_feeds_own_type(site: Site, headers: dict[str, str]) -> None:
    assert site.browser.get(RSS, headers=headers).headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert site.browser.get(ATOM, headers=headers).headers["content-type"] == "application/atom+xml; charset=utf-8"


def test_f15_caches_tell_both_types_apart(site: Site) -> None:
    for headers in ({}, SHOWN):
        assert site.browser.get(RSS, headers=headers).headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"


def test_f14_shown_feed_is_not_sent_again(site: Site) -> None:
    etag = site.browser.get(RSS).headers["etag"]
    assert site.browser.get(RSS, headers={**SHOWN, "if-none-match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/feeds/main.json", "/style.css", "/"])
def test_other_files_have_one_type(site: Site, path: str) -> None:
    shown, plain = site.browser.get(path, headers=SHOWN), site.browser.get(path)
    assert shown.headers["content-type"] == plain.headers["content-type"]
    assert plain.headers["vary"] == "Accept-Encoding"


def test_f19_stylesheet_lies_beside_the_feeds(site: Site) -> None:
    answer = site.browser.get("/feed.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_f19_browser_may_load_the_stylesheet(site: Site) -> None:
    headers = site.browser.get(RSS, headers=SHOWN).headers
    assert "style-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
