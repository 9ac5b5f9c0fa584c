from typing import Any

import pytest
from lxml import etree

from publisher.domain.article import Article, Enclosure
from publisher.domain.feed import Feed, Gone
from publisher.domain.publication import Publication
from publisher.feeds import Document
from tests.feed_documents import NOON, PHOTO, SCHEMA, complain, make_document

FULL = Feed(name="main", title="All")


def make_article(**changes: Any) -> Article:
    values: dict[str, Any] = {
        "key": 1,
        "id": "tag:gazette.example,2026-11-23:a",
        "path": "a.md",
        "slug": "a",
        "year": 2026,
        "month": 11,
        "title": "A",
        "language": "en",
        "html": "<p>a</p>",
        "summary": "a",
        "published_at": NOON,
        "released_at": NOON,
        "updated_at": NOON,
        "first_seen_at": NOON,
    }
    return Article(**(values | changes))


def complaints(*articles: Article, feed: Feed = FULL, **publication: Any) -> list[str]:
    said = {"title": "Gazette", "url": "https://gazette.example"} | publication
    return complain(
        Document(feed=feed, publication=Publication(**said), articles=articles, built_from=NOON, authority="g.example")
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"enclosure": Enclosure(url="https://x.org/a.mp3", media_type="audio/mpeg", length=9)},
        {"enclosure": Enclosure(url="/files/a", media_type="")},
        {"standfirst": "Once & <again>", "correction": "It was <two>."},
        {"authors": ("Ann", "Bob"), "section": "ville", "tags": ("a", "b")},
        {"summary": ""},
        {"html": "", "summary": ""},
        {"title": ""},
        {"title": "\x00\x0b"},
        {"language": ""},
        {"language": "no language"},
        {"language": "fr_BE"},
        {"canonical_url": "https://elsewhere.example/a?b=1&c=2"},
        {"id": "https://elsewhere.example/a"},
        {"rights": "CC BY & more"},
        {"images": (PHOTO,), "lead_image": PHOTO.address},
        {"lead_image": "https://elsewhere.example/b.jpg"},
    ],
)
@pytest.mark.parametrize("is_full", [True, False])
def test_f07_any_article_is_valid_atom(changes: dict[str, Any], is_full: bool) -> None:
    assert complaints(make_article(**changes), feed=Feed(name="main", title="All", is_full=is_full)) == []


@pytest.mark.parametrize(
    "feed",
    [
        FULL,
        Feed(name="main", title=""),
        Feed(name="main", title="All", hubs=("https://hub.example/", "https://other.example/")),
        Feed(name="sections/ville", title="Ville", language="fr"),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_f07_any_feed_is_valid_atom(feed: Feed, count: int) -> None:
    articles = [make_article(id=f"tag:gazette.example,2026-11-23:{number}") for number in range(count)]
    assert complaints(*articles, feed=feed) == []


def test_f07_bare_publication_is_valid_atom() -> None:
    assert complaints(title="", tagline="", language="", feed=Feed(name="main", title="")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"part": "2026-11"},
        {"part": "2026-11-2", "previous": "2026-11"},
        {"previous": "2026-10"},
        {"gone": (Gone(id="tag:gazette.example,2026-11-01:x", at=NOON), Gone(id="https://x.example/y", at=NOON))},
        {"publication": Publication(title="x", url="https://g.example", rights="© x")},
    ],
)
@pytest.mark.parametrize("count", [0, 2])
def test_f07_any_document_is_valid_atom(changes: dict[str, Any], count: int) -> None:
    articles = [make_article(id=f"tag:gazette.example,2026-11-23:{number}") for number in range(count)]
    assert complain(make_document(*articles, **changes)) == []


def test_schema_tells_a_wrong_feed() -> None:
    assert not SCHEMA.validate(etree.fromstring('<feed xmlns="http://www.w3.org/2005/Atom"/>'))
