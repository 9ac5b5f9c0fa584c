"""Documents of feeds for tests, and what stands in them once they are built."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from publisher.domain.article import Article, Enclosure, Image
from publisher.domain.feed import Feed, Format
from publisher.domain.publication import Publication
from publisher.feeds import Document, build

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
}
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "data" / "atom.rng"))
SOUND = Enclosure(url="https://media.example/a.mp3", media_type="audio/mpeg", length=1234)
PHOTO = Image(
    path="ville/b.png",
    address="/images/a/b.png",
    media_type="image/png",
    alt="R&D: a < b",
    width=800,
    height=600,
    length=4321,
)
XML = (Format.RSS, Format.ATOM)


def make_article(**changes: Any) -> Article:
    """An article on a bridge."""
    plain = Article(
        key=1,
        id="tag:gazette.example,2026-11-23:bridge",
        path="ville/bridge.md",
        slug="bridge",
        year=2026,
        month=11,
        title="The bridge opens",
        language="en",
        html='<p>At <a href="/articles/2026/11/plan">last</a>.<a href="#fn-1">1</a><img src="/images/a/b.png"></p>',
        summary="A bridge for R&D, 3 < 4.",
        section="ville",
        tags=("works", "Ville"),
        authors=("Ann", "Bob"),
        published_at=NOON - timedelta(days=1),
        released_at=NOON,
        updated_at=NOON,
        first_seen_at=NOON,
    )
    return replace(plain, **changes)


def make_document(*articles: Article, **changes: Any) -> Document:
    """What readers of a gazette's main feed subscribe to."""
    publication = Publication(title="La Gazette", url="https://gazette.example", tagline="News & views", language="fr")
    feed = Feed(name="main", title="Tout & plus")
    return replace(
        Document(feed=feed, publication=publication, articles=articles, built_from=NOON, authority="g.example"),
        **changes,
    )


def rss(document: Document) -> Any:
    """The channel."""
    return read(document, Format.RSS)[0]


def atom(document: Document) -> Any:
    """The feed element."""
    return read(document, Format.ATOM)


def json_feed(document: Document) -> Any:
    """The JSON."""
    return json.loads(build(document, Format.JSON))


def read(document: Document, form: Format) -> Any:
    """The root of a format in XML."""
    return etree.fromstring(build(document, form))


def texts(element: Any, path: str) -> list[str]:
    """The texts of all that is found there."""
    return ["".join(found.itertext()) for found in element.findall(path, NAMES)]


def links(document: Document, form: Format, rel: str) -> list[str]:
    """Where the Atom links of that kind lead that stand in the head of the feed."""
    root = read(document, form)
    head = root[0] if form is Format.RSS else root
    return [link.get("href") for link in head.findall(f"a:link[@rel='{rel}']", NAMES)]


def complain(document: Document) -> list[str]:
    """What RFC 4287's schema says against the Atom form."""
    SCHEMA.validate(atom(document))
    return [line.message for line in SCHEMA.error_log]
