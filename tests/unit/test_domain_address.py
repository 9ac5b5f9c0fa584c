"""Addresses that readers know: one shape each, safe for any slug."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain import address
from publisher.domain.feed import Format
from publisher.domain.publication import Publication, is_loopback
from tests.factories import make_article

BASE = "https://gazette.example.org"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (address.feed("main", Format.RSS), "/feeds/main.rss"),
        (address.feed("main", Format.JSON), "/feeds/main.json"),
        (address.issue("daily", "2026-11-23T0700"), "/issues/daily/2026-11-23T0700"),
        (address.article_path(987, 4, "a"), "/articles/0987/04/a"),
        (address.image("ab12", "old bridge.png"), "/images/ab12/old%20bridge.png"),
        (address.confirm("t"), "/confirm/t"),
        (address.preferences("t"), "/preferences/t"),
        (address.unsubscribe("t"), "/unsubscribe/t"),
        (address.mail("17:2,S"), "/mailbox/17%3A2%2CS"),
    ],
)
def test_address_has_its_shape(path: str, expected: str) -> None:
    assert path == expected


def test_article_lives_at_its_month() -> None:
    assert address.article(make_article(slug="bridge")) == "/articles/2026/11/bridge"


@given(
    slug=st.text(min_size=1).filter(lambda text: "/" not in text and not any("\ud800" <= c <= "\udfff" for c in text))
)
def test_any_slug_is_one_segment(slug: str) -> None:
    path = address.article_path(2026, 11, slug)
    assert path.isascii()
    assert unquote(urlsplit(path).path) == f"/articles/2026/11/{slug}"


@pytest.mark.parametrize("base", [BASE, BASE + "/"])
def test_path_is_joined_to_base(base: str) -> None:
    assert address.absolute(base, "/feeds") == "https://gazette.example.org/feeds"


@pytest.mark.parametrize("base", [BASE, BASE + "/", BASE + "/paper/"])
def test_root_and_path_are_full(base: str) -> None:
    assert address.root(base) + "/feeds" == address.absolute(base, "/feeds")


def test_full_address_stays_as_it_is() -> None:
    assert address.absolute(BASE, "http://elsewhere.example/a?b#c") == "http://elsewhere.example/a?b#c"


def test_reader_gets_our_address() -> None:
    found = address.reader_address(make_article(slug="bridge"), base=BASE)
    assert found == "https://gazette.example.org/articles/2026/11/bridge"


def test_site_of_their_own_is_linked() -> None:
    form = "https://site.example/{yyyy}/{mm}/{slug}/"
    found = address.reader_address(make_article(slug="bridge", month=3), base=BASE, article_url=form)
    assert found == "https://site.example/2026/03/bridge/"


def test_canonical_address_stands_above_all() -> None:
    article = make_article(canonical_url="https://elsewhere.example/x")
    assert address.reader_address(article, base=BASE, article_url="https://site/{slug}") == article.canonical_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("https://gazette.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
    assert Publication(title="Paper", url=url).is_loopback is expected
