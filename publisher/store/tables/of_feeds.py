"""Tables of feeds: topics, cuts of archives, which feeds were offered, what hubs were told."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from publisher.store.tables.columns import METADATA, Words, link, moment, text

# Which articles belong to which sections, languages, tags and authors, and (to the topic without a name) all of them:
# with the moments that feeds ask for, so that no feed needs a look at the articles' long rows before it has chosen.
article_topics = Table(
    "article_topics",
    METADATA,
    link("article_key", "articles.key"),
    Column("topic", Words, nullable=False),  # the feed's name: sections/sport
    text("name"),  # as the seed writes it
    moment("released_at"),
    moment("published_at"),
    text("id"),
    moment("updated_at"),
    moment("withdrawn_at", nullable=True),
    moment("expires_at", nullable=True),
    PrimaryKeyConstraint("article_key", "topic"),
)
_topic = article_topics.c
_by_place = (_topic.released_at, _topic.published_at, _topic.id.desc())
# All that a choice goes by, so that it is made from the index alone.
Index("ix_article_topics_order", _topic.topic, *_by_place, _topic.withdrawn_at, _topic.expires_at, _topic.article_key)
for _name, _at, _condition in (
    ("changed", _topic.updated_at, _topic.updated_at > _topic.released_at),
    ("withdrawn", _topic.withdrawn_at, _topic.withdrawn_at.is_not(None)),
    ("expires", _topic.expires_at, _topic.expires_at.is_not(None)),
):
    _columns = (_topic.topic, _at, *_by_place)
    Index(f"ix_article_topics_{_name}", *_columns, sqlite_where=_condition)
# Where a month of a feed's archive was cut: the oldest article of each further part.
feed_cuts = Table(
    "feed_cuts",
    METADATA,
    Column("feed", Words, nullable=False),
    moment("released_at"),
    moment("published_at"),
    text("id"),
    PrimaryKeyConstraint("feed", "released_at", "published_at", "id"),
)
# The feeds that readers were offered by the settings: one that stands there no more has ended.
feeds = Table("feeds", METADATA, Column("name", Words, primary_key=True), moment("first_seen_at"))
# What each hub was told of each document last, and what it is still to be told.
pushes = Table(
    "pushes",
    METADATA,
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),  # the document's full address
    text("digest"),  # of the bytes that readers get now
    text("told"),  # of those that the hub was told of
    moment("due_at"),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    text("problem"),
    moment("failing_since", nullable=True),
    moment("claimed_until", nullable=True),
    moment("told_at", nullable=True),
    PrimaryKeyConstraint("hub", "topic"),
)
