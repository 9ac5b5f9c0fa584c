"""Documents of feeds for tests that read and compare them."""

from dataclasses import replace
from typing import Any

from publisher.domain.article import Article
from publisher.domain.feed import Feed
from publisher.domain.publication import Publication
from publisher.feeds import Document
from tests.factories import NOW

PUBLICATION = Publication(title="La Gazette", url="https://gazette.example", tagline="All of it", language="en")


def make_document(*articles: Article, **changes: Any) -> Document:
    """A document of the main feed."""
    feed = Feed(name="main", title="The news")
    plain = Document(feed=feed, publication=PUBLICATION, articles=articles, built_from=NOW, authority="gazette.example")
    return replace(plain, **changes)
