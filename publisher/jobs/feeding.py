"""What stands in a feed's documents: the ledger asked, and the answer as a `feeds.Document`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.delivery import Status as Delivery
from publisher.domain.feed import ISSUES, Feed
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.part import KEPT_FOR, MOST_CHANGED, MOST_GONE, Part, Place
from publisher.feeds import Document, IssueEntry
from publisher.jobs.archiving import Archive
from publisher.jobs.guids import with_guid
from publisher.jobs.linking import link_up
from publisher.store import Transaction

AUTHORITY = "feed_authority"


def build_feed(app: App, tx: Transaction, feed: Feed, *, now: datetime) -> Document:
    """What readers subscribe to: the newest, the part that is not closed yet, and what has changed or gone of late.

    "Of late" is counted from the newest thing that happened, so that the ledger alone makes the bytes.
    """
    if is_of_issues(feed):
        return _build_issues(app, tx, feed, now=now)
    archive = open_archive(app, tx, feed, now=now)
    part = archive.find_open()
    newest = tx.streams.find_newest_change(feed.choice, now=now)
    since = newest - KEPT_FOR if newest else now
    changed = tx.streams.list_changed(feed.choice, since=since, limit=MOST_CHANGED, now=now)
    articles = _in_order([*_list_newest(tx, feed, part, now=now), *changed])
    gone = tx.streams.list_gone(feed.choice, since=since, limit=MOST_GONE, now=now)
    previous = archive.find_before(part) if part else None
    return replace(
        _begin(app, tx, feed, now=now),
        articles=tuple(link_up(app, tx, articles, now=now)),
        gone=tuple(gone),
        previous=previous.name if previous else "",
    )


def build_part(app: App, tx: Transaction, feed: Feed, name: str, *, now: datetime) -> Document | None:
    """A part of the feed's archive; None for one that is not there, or not closed yet."""
    archive = open_archive(app, tx, feed, now=now)
    part = None if is_of_issues(feed) else archive.find_closed(name)
    if part is None:
        return None
    articles = tx.streams.list_between(feed.choice, since=part.since, until=part.until, now=now)
    previous = archive.find_before(part)
    return replace(
        _begin(app, tx, feed, now=now),
        articles=tuple(link_up(app, tx, articles, now=now)),
        part=part.name,
        previous=previous.name if previous else "",
    )


def open_archive(app: App, tx: Transaction, feed: Feed, *, now: datetime) -> Archive:
    """The feed's archive at `now`."""
    return Archive(tx=tx, feed=feed, is_noted=feed in app.feeds, now=now)


def is_of_issues(feed: Feed) -> bool:
    """Whether a feed's entries are a newsletter's issues."""
    return feed.name.startswith(f"{ISSUES}/")


def has_page(tx: Transaction, issue: Issue) -> bool:
    """Whether somebody may have a link to an issue's page: not where it was cancelled before any message began."""
    if issue.status is not IssueStatus.CANCELLED:
        return True
    counts = tx.deliveries.count_by_status(issue.key)
    return any(counts[status] for status in (Delivery.SENT, Delivery.SENDING, Delivery.DOUBTFUL))


def find_first_day(tx: Transaction, now: datetime) -> datetime:
    """An instant that never moves, for feeds that have no entry yet."""
    first = tx.facts.find("first_day")
    return datetime.fromisoformat(first) if first else now.replace(hour=0, minute=0, second=0, microsecond=0)


def _begin(app: App, tx: Transaction, feed: Feed, *, now: datetime) -> Document:
    return Document(
        feed=with_guid(tx, feed),
        publication=app.publication,
        articles=(),
        built_from=find_first_day(tx, now),
        authority=tx.facts.find(AUTHORITY) or app.publication.id_authority,
    )


def _list_newest(tx: Transaction, feed: Feed, part: Part | None, *, now: datetime) -> list[Article]:
    """As many as the feed holds, and where its open part holds more, all of that."""
    articles = tx.streams.list_newest(feed.choice, limit=feed.limit, now=now)
    if part and len(articles) == feed.limit and part.since.is_before(_place(articles[-1])):
        return tx.streams.list_between(feed.choice, since=part.since, until=None, now=now)
    return articles


def _place(article: Article) -> Place:
    return Place(released_at=article.released_at, published_at=article.published_at, id=article.id)


def _in_order(articles: Iterable[Article]) -> list[Article]:
    """Each article once, newest first."""
    distinct = {article.key: article for article in articles}.values()
    by_id = sorted(distinct, key=lambda article: article.id)
    return sorted(by_id, key=lambda article: (article.released_at, article.published_at), reverse=True)


def _build_issues(app: App, tx: Transaction, feed: Feed, *, now: datetime) -> Document:
    newsletter = feed.name.partition("/")[2]
    issues = [issue for issue in tx.issues.list_all(newsletter=newsletter, limit=feed.limit) if has_page(tx, issue)]
    entries = [
        IssueEntry(issue=issue, language=feed.language, articles=tuple(tx.issues.list_articles(issue.key)))
        for issue in issues
    ]
    return replace(_begin(app, tx, feed, now=now), issues=tuple(entries))
