"""Which feeds there are: those of the settings, those of newsletters' issues, and by themselves those of topics."""

from collections.abc import Sequence
from datetime import datetime

from publisher.app import App
from publisher.domain.feed import ISSUES, JOINT, Choice, Feed, FeedGroup
from publisher.domain.newsletter import Newsletter
from publisher.domain.topic import Kind, Topic
from publisher.store import Transaction
from publisher.templating import name_language

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
    return _build_topics_feed(app, rest, topics) if len(topics) == len(slugs) else None


def group_feeds(app: App, tx: Transaction, *, now: datetime) -> list[FeedGroup]:
    """All feeds that readers are shown at `now`: a topic's where it has the articles for one; no group is empty."""
    feeds: dict[str, list[Feed]] = {"": list(app.feeds), ISSUES: list_issue_feeds(app)} | {kind: [] for kind in Kind}
    for topic, number in tx.streams.list_topics(now=now):
        if number >= _LEAST[topic.kind]:
            feeds[topic.kind].append(_build_topics_feed(app, topic.slug, [topic]))
    return [FeedGroup(kind=kind, feeds=tuple(group)) for kind, group in feeds.items() if group]


def list_issue_feeds(app: App) -> list[Feed]:
    """The feed of issues of each newsletter."""
    return [_build_issue_feed(app, newsletter) for newsletter in app.newsletters]


def _build_topics_feed(app: App, slugs: str, topics: Sequence[Topic]) -> Feed:
    """The feed of a topic, or of several of a kind, as long and as full as the first one of the settings.

    `slugs` is how its address names them; in whichever order that is, it has the same id.
    """
    kind, names = topics[0].kind, {topic.slug: _name(topic) for topic in topics}
    model, first_name = app.feeds[0], f"{kind.value}/{JOINT.join(sorted(names))}"
    name = f"{kind.value}/{slugs}"
    return Feed(
        name=name,
        title=f"{app.publication.title} – {', '.join(names.values())}",
        limit=model.limit,
        is_full=model.is_full,
        language=topics[0].slug if kind is Kind.LANGUAGE else app.publication.language,
        choice=Choice(**{kind.value: tuple(sorted(names))}),
        aliases=() if first_name == name else (first_name,),
    )


def _name(topic: Topic) -> str:
    return name_language(topic.slug) if topic.kind is Kind.LANGUAGE else topic.name


def _build_issue_feed(app: App, newsletter: Newsletter) -> Feed:
    return Feed(
        name=f"{ISSUES}/{newsletter.name}",
        title=f"{app.publication.title} – {newsletter.title}",
        language=newsletter.language,
        is_full=app.feeds[0].is_full,
    )
