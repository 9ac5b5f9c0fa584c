"""Which feeds there are: those of the settings, those of newsletters' issues, and by themselves those of topics."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from publisher.app import App
from publisher.domain.feed import ISSUES, JOINT, Feed
from publisher.domain.topic import Kind, Topic
from publisher.pages import feed_of_issues, feed_of_sections, feed_of_topic
from publisher.store import Transaction

_LEAST = {Kind.SECTION: 1, Kind.LANGUAGE: 1, Kind.TAG: 3, Kind.AUTHOR: 3}  # articles that make a feed
_MOST_JOINED = 20  # sections in one feed


def find_feed(app: App, tx: Transaction, name: str, *, now: datetime) -> Feed | None:
    """The feed of that name at `now`, whatever made it; None where there is none.

    A topic's stays once it has had the articles that it takes, also when some of them are withdrawn.
    """
    folder, _, rest = name.partition("/")
    if not rest:
        return next((feed for feed in app.feeds if feed.name == name), None)
    if folder == ISSUES:
        return next((feed for feed in list_issue_feeds(app) if feed.name == name), None)
    kind = Kind(folder)
    slugs = rest.split(JOINT) if kind is Kind.SECTION else [rest]
    if len(slugs) > _MOST_JOINED:
        return None
    found = [tx.streams.find_topic(f"{kind.value}/{slug}", least=_LEAST[kind], now=now) for slug in slugs]
    topics = [topic for topic in found if topic]
    if len(topics) < len(slugs):
        return None
    return _build_topic_feed(app, topics[0]) if len(topics) == 1 else _build_joint_feed(app, name, topics)


def list_feeds(app: App, tx: Transaction, *, now: datetime) -> list[Feed]:
    """All feeds that readers are shown at `now`: a topic's where it has the articles for one."""
    topics = tx.streams.list_topics(most=max(_LEAST.values()), now=now)
    built = (_build_topic_feed(app, topic) for topic, number in topics if number >= _LEAST[topic.kind])
    return [*app.feeds, *list_issue_feeds(app), *built]


def list_issue_feeds(app: App) -> list[Feed]:
    """The feed of issues of each newsletter."""
    return [feed_of_issues(app.publication, newsletter) for newsletter in app.newsletters]


def _build_topic_feed(app: App, topic: Topic) -> Feed:
    """The feed of a topic, as long and as full as the first one of the settings."""
    return replace(feed_of_topic(app.publication, topic), limit=app.feeds[0].limit, is_full=app.feeds[0].is_full)


def _build_joint_feed(app: App, name: str, topics: Sequence[Topic]) -> Feed:
    """The feed of several sections; in whichever order its address names them, it has the same id."""
    distinct = {topic.slug: topic for topic in topics}
    feed = feed_of_sections(app.publication, list(distinct.values()))
    former = () if feed.name == name else (feed.name,)
    return replace(feed, name=name, aliases=former, limit=app.feeds[0].limit, is_full=app.feeds[0].is_full)
