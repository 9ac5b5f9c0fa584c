"""Addresses that editors write become what feeds may hold: absolute URIs (RFC 3986; F05, F06)."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.feed import Format
from publisher.feeds import build
from publisher.feeds.texts import uri
from tests.feed_documents import SOUND, complain, json_feed, make_article, make_document, rss

PLAIN = "https://x.example:8000/a-b_c/~d;e,f?g=h&i=%C3%A9#j"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (PLAIN, PLAIN),
        ("https://x.example/été à Liège.mp3", "https://x.example/%C3%A9t%C3%A9%20%C3%A0%20Li%C3%A8ge.mp3"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://x.example/100%/a%20b", "https://x.example/100%25/a%20b"),
        ('https://x.example/"<a>|', "https://x.example/%22%3Ca%3E%7C"),
        ("https://a..é/b", "https://a..%C3%A9/b"),
        ("", ""),
    ],
)
def test_f05_address_is_a_uri(written: str, told: str) -> None:
    assert uri(written) == told


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_f05_any_address_becomes_one_once(path: str) -> None:
    told = uri(f"https://x.example/{path}")
    assert told.isascii()
    assert urlsplit(told).hostname == "x.example"
    assert uri(told) == told


def test_f06_enclosure_of_any_name_can_be_fetched() -> None:
    document = make_document(make_article(enclosure=replace(SOUND, url="https://x.example/la une.mp3")))
    assert rss(document).find("item/enclosure").get("url") == "https://x.example/la%20une.mp3"
    assert json_feed(document)["items"][0]["attachments"][0]["url"] == "https://x.example/la%20une.mp3"


@pytest.mark.parametrize("form", list(Format))
def test_f05_article_elsewhere_is_linked_by_uri(form: Format) -> None:
    document = make_document(make_article(canonical_url="https://x.example/é"))
    assert "https://x.example/%C3%A9" in build(document, form).decode()
    assert complain(document) == []
