"""The ledger's tables. Rows never leave this room: each aggregate's file turns them into values of `domain`."""

from publisher.store.tables.columns import METADATA, Key, UTCDateTime, Words
from publisher.store.tables.of_articles import (
    HAS_PICTURES,
    WAITS,
    addresses,
    article_links,
    articles,
    former_paths,
    seeds,
    verdicts,
)
from publisher.store.tables.of_feeds import article_topics, feed_cuts, feeds, pushes
from publisher.store.tables.of_issues import (
    former_snapshots,
    issue_articles,
    issue_corrections,
    issues,
    schedules,
    slots,
    variants,
)
from publisher.store.tables.of_letters import deliveries, is_for, notice_texts, notices
from publisher.store.tables.of_people import consents, subscribers, subscriptions, suppressions
from publisher.store.tables.of_work import facts, leases, workers

__all__ = [
    "HAS_PICTURES",
    "METADATA",
    "WAITS",
    "Key",
    "UTCDateTime",
    "Words",
    "addresses",
    "article_links",
    "article_topics",
    "articles",
    "consents",
    "deliveries",
    "facts",
    "feed_cuts",
    "feeds",
    "former_paths",
    "former_snapshots",
    "is_for",
    "issue_articles",
    "issue_corrections",
    "issues",
    "leases",
    "notice_texts",
    "notices",
    "pushes",
    "schedules",
    "seeds",
    "slots",
    "subscribers",
    "subscriptions",
    "suppressions",
    "variants",
    "verdicts",
    "workers",
]
