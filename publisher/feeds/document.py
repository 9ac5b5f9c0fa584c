"""What a feed is built from."""

from dataclasses import dataclass
from datetime import datetime

from publisher.domain.article import Article
from publisher.domain.feed import Feed
from publisher.domain.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One feed to be built, in whichever format.

    `articles` stand newest first and are at most `feed.limit`, both the caller's work. `built_from` is an instant
    that the ledger knows (never the present): the feed's `updated` while it has no article.
    """

    feed: Feed
    publication: Publication
    articles: tuple[Article, ...]
    built_from: datetime
