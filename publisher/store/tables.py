"""The ledger's tables. Rows never leave this room: each aggregate's file turns them into values of `domain`."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    literal_column,
    select,
)
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC on both databases; a naive one is refused (SQLite would give it back as it pleases)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time can't be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text, compared by its bytes on both databases: SQLite's order, which no server's locale changes.

    NUL and lone surrogates, which PostgreSQL can't keep, become U+FFFD on both. The length is SQLite's alone.
    """

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name == "postgresql":
            return Text(collation="C")
        return String(self.length) if self.length else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return _UNKEEPABLE.sub("\ufffd", value)


_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
Key = BigInteger().with_variant(Integer, "sqlite")


def _key() -> Column[int]:
    """A key; with sqlite_autoincrement none is given out twice, so that an old token never fits a new person."""
    return Column("key", Key, primary_key=True)


def _text(name: str, *, default: str = "", **options: Any) -> Column[str]:
    return Column(name, Words, nullable=False, default=default, server_default=default, **options)


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UTCDateTime, nullable=nullable)


def _link(name: str, target: str, *, on_delete: str = "CASCADE", nullable: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey(target, ondelete=on_delete), nullable=nullable)


# The first start, the folder's lease and the like.
facts = Table("facts", METADATA, Column("name", Words(64), primary_key=True), _text("value"))
leases = Table(
    "leases", METADATA, Column("name", Words(64), primary_key=True), _text("holder"), _text("host"), _moment("until")
)
workers = Table(
    "workers",
    METADATA,
    Column("name", Words(96), primary_key=True),
    _text("host"),
    _moment("started_at"),
    _moment("lease_until"),
)

articles = Table(
    "articles",
    METADATA,
    _key(),
    Column("id", Words, nullable=False, unique=True),
    _text("declared_id"),
    _text("path"),
    _text("slug"),
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    _text("title"),
    _text("headline"),
    _text("standfirst"),
    _text("summary"),
    _text("html"),
    _text("language"),
    _text("section"),
    Column("details", JSON, nullable=False),  # authors, tags, images, enclosure and what else is only carried along
    _text("seed_digest"),
    _text("text_digest"),
    _moment("published_at"),
    _moment("released_at"),
    _moment("updated_at"),
    _moment("first_seen_at"),
    Column("revision", Key, nullable=False),  # grows with every change: what derived files go by
    _moment("withdrawn_at", nullable=True),
    _moment("expires_at", nullable=True),
    _text("name"),  # the last part of its path, by which links find it
    Column("pictures", Integer, nullable=False, default=0, server_default="0"),  # that it shows or misses
    _moment("corrected_at", nullable=True),  # when its present correction was first seen
    _moment("first_published_at", nullable=True),  # the date that it came out with, where that was changed
    UniqueConstraint("year", "month", "slug"),
    Index("ix_articles_order", "released_at", "published_at", "id"),
    Index("ix_articles_path", "path"),
    Index("ix_articles_name", "name"),
    Index("ix_articles_revision", "revision"),
    Index("ix_articles_declared_id", "declared_id"),
    Index("ix_articles_seed_digest", "seed_digest"),
    sqlite_autoincrement=True,
)
# The migrations say where indexes hold a part of the rows on PostgreSQL: said here, it would load that dialect.
_withdrawn = articles.c.withdrawn_at.is_not(None)
Index("ix_articles_withdrawn", articles.c.withdrawn_at, sqlite_where=_withdrawn)
_expires = articles.c.expires_at.is_not(None)
Index("ix_articles_expires", articles.c.expires_at, sqlite_where=_expires)
_corrected = articles.c.corrected_at.is_not(None)
Index("ix_articles_corrected", articles.c.corrected_at, sqlite_where=_corrected)
HAS_PICTURES = articles.c.pictures > literal_column("0")
Index("ix_articles_pictures", articles.c.key, sqlite_where=HAS_PICTURES)
# Which articles belong to which sections, languages, tags and authors, and (to the topic without a name) all of them:
# with the moments that feeds ask for, so that no feed needs a look at the articles' long rows before it has chosen.
article_topics = Table(
    "article_topics",
    METADATA,
    _link("article_key", "articles.key"),
    Column("topic", Words, nullable=False),  # the feed's name: sections/sport
    _text("name"),  # as the seed writes it
    _moment("released_at"),
    _moment("published_at"),
    _text("id"),
    _moment("updated_at"),
    _moment("withdrawn_at", nullable=True),
    _moment("expires_at", nullable=True),
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
    _moment("released_at"),
    _moment("published_at"),
    _text("id"),
    PrimaryKeyConstraint("feed", "released_at", "published_at", "id"),
)
# The feeds that readers were offered by the settings: one that stands there no more has ended.
feeds = Table("feeds", METADATA, Column("name", Words, primary_key=True), _moment("first_seen_at"))
# What each hub was told of each document last, and what it is still to be told.
pushes = Table(
    "pushes",
    METADATA,
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),  # the document's full address
    _text("digest"),  # of the bytes that readers get now
    _text("told"),  # of those that the hub was told of
    _moment("due_at"),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    _text("problem"),
    _moment("failing_since", nullable=True),
    _moment("claimed_until", nullable=True),
    _moment("told_at", nullable=True),
    PrimaryKeyConstraint("hub", "topic"),
)
# Which seeds the text of an article links to, by their `articles.name`: its page is written again when one of them
# comes, moves or goes.
article_links = Table(
    "article_links",
    METADATA,
    _link("article_key", "articles.key"),
    Column("target", Words, nullable=False),
    PrimaryKeyConstraint("article_key", "target"),
    Index("ix_article_links_target", "target"),
)
# Every path where an article's seed lay before: links to it go on, until another seed has it.
former_paths = Table(
    "former_paths",
    METADATA,
    Column("path", Words, primary_key=True),
    _text("name"),
    _link("article_key", "articles.key"),
    Index("ix_former_paths_name", "name"),
    Index("ix_former_paths_article_key", "article_key"),
)
# Every address that ever led to an article and is not its present one.
addresses = Table(
    "addresses",
    METADATA,
    Column("path", Words, primary_key=True),
    _link("article_key", "articles.key"),
    Index("ix_addresses_article_key", "article_key"),
)
# The folder as it was at the last look.
seeds = Table(
    "seeds",
    METADATA,
    Column("path", Words, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    _text("digest"),
    _link("article_key", "articles.key", on_delete="SET NULL", nullable=True),
    _text("reason"),
    Column("line", Integer, nullable=True),
    _moment("gone_at", nullable=True),
    _text("remedy"),  # what can be done about one that waits
    _moment("waiting_since", nullable=True),
    Column("doubts", JSON(none_as_null=True), nullable=True),
    Index("ix_seeds_article_key", "article_key"),
)
# Each look asks for these, and they are few.
WAITS = seeds.c.reason != literal_column("''")
Index("ix_seeds_waiting", seeds.c.path, sqlite_where=WAITS)
_gone = seeds.c.gone_at.is_not(None)
Index("ix_seeds_gone_at", seeds.c.gone_at, sqlite_where=_gone)
# What an editor said of a file's bytes. Beside the seeds, which are forgotten when their file is away for a look.
verdicts = Table(
    "verdicts",
    METADATA,
    Column("path", Words, nullable=False),
    Column("digest", Words(64), nullable=False),
    Column("verdict", Words(32), nullable=False),
    _text("remedy"),
    _text("reason"),
    Column("line", Integer, nullable=True),
    _moment("decided_at"),
    PrimaryKeyConstraint("path", "digest"),
)

subscribers = Table(
    "subscribers",
    METADATA,
    _key(),
    _text("email"),
    Column("canonical", Words, nullable=False, unique=True),
    Column("suppression_digest", Words(64), nullable=False),
    _text("name"),
    _text("language"),
    _text("timezone"),
    _text("format", default="html"),
    _moment("created_at"),
    Index("ix_subscribers_suppression_digest", "suppression_digest"),
    sqlite_autoincrement=True,
)
subscriptions = Table(
    "subscriptions",
    METADATA,
    _key(),
    _link("subscriber_key", "subscribers.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("status", Words(16), nullable=False),
    _text("sections"),  # names, one a line, sorted; empty means all
    _moment("consent_at", nullable=True),
    _text("consent_source"),
    _moment("created_at"),
    UniqueConstraint("subscriber_key", "newsletter"),
    Index("ix_subscriptions_newsletter_status", "newsletter", "status"),
    sqlite_autoincrement=True,
)
consents = Table(
    "consents",
    METADATA,
    _key(),
    _link("subscriber_key", "subscribers.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("event", Words(16), nullable=False),
    _moment("at"),
    _text("source"),
    _text("ip"),
    _text("wording"),
    Index("ix_consents_subscriber_key", "subscriber_key"),
    sqlite_autoincrement=True,
)
suppressions = Table(
    "suppressions",
    METADATA,
    Column("digest", Words(64), primary_key=True),
    Column("reason", Words(16), nullable=False),
    _text("source"),
    _moment("at"),
    _text("letter"),  # the row whose refusal did it, as "delivery:12"; nothing for every other reason
)

# When a newsletter, and its present schedule and zone, were first seen.
schedules = Table(
    "schedules",
    METADATA,
    Column("newsletter", Words(64), primary_key=True),
    _text("schedule"),
    _text("timezone"),
    _moment("first_seen_at"),
    _moment("seen_at"),
)
slots = Table(
    "slots",
    METADATA,
    Column("newsletter", Words(64), primary_key=True),
    Column("slot", Words(32), primary_key=True),
    Column("outcome", Words(16), nullable=False),
    _moment("due_at"),
    _moment("decided_at"),
)
issues = Table(
    "issues",
    METADATA,
    _key(),
    Column("newsletter", Words(64), nullable=False),
    Column("slot", Words(32), nullable=False),
    Column("status", Words(16), nullable=False),
    _text("reason"),
    _text("title"),
    _text("subject"),
    _text("message_domain"),
    _moment("due_at"),
    _moment("cutoff_at"),
    _moment("frozen_at"),
    _moment("expires_at"),
    Column("eligible", Integer, nullable=False),
    Column("revision", Integer, nullable=False, default=1, server_default="1"),  # of its text: one more a recomposing
    _moment("recomposed_at", nullable=True),
    UniqueConstraint("newsletter", "slot"),
    Index("ix_issues_status", "status"),
    sqlite_autoincrement=True,
)
issue_articles = Table(
    "issue_articles",
    METADATA,
    _link("issue_key", "issues.key"),
    _link("article_key", "articles.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_passed_over", Boolean, nullable=False),
    Column("snapshot", JSON, nullable=True),  # the article as frozen; nothing for one that was passed over
    Column("left_out_of", Integer, nullable=True),  # the first revision of the issue that goes without it
    UniqueConstraint("newsletter", "article_key"),
    Index("ix_issue_articles_issue_key", "issue_key", "position"),
)
# What an issue said of an article up to that revision of its text, where a later one says something else.
former_snapshots = Table(
    "former_snapshots",
    METADATA,
    _link("issue_key", "issues.key"),
    _link("article_key", "articles.key"),
    Column("until_revision", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    PrimaryKeyConstraint("issue_key", "article_key", "until_revision"),
)
# The corrections that an issue tells of articles which its newsletter had mailed before: each of them once.
issue_corrections = Table(
    "issue_corrections",
    METADATA,
    _link("issue_key", "issues.key"),
    _link("article_key", "articles.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("digest", Words(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    UniqueConstraint("newsletter", "article_key", "digest"),
    Index("ix_issue_corrections_issue_key", "issue_key", "position"),
)
variants = Table(
    "variants",
    METADATA,
    _key(),
    _link("issue_key", "issues.key"),
    Column("language", Words(35), nullable=False),
    _text("sections"),
    Column("format", Words(8), nullable=False),
    _text("subject"),
    _text("html"),
    _text("text"),
    Column("is_empty", Boolean, nullable=False),
    Column("revision", Integer, nullable=False, default=1, server_default="1"),
    UniqueConstraint("issue_key", "language", "sections", "format", "revision"),
    sqlite_autoincrement=True,
)


def _letter_columns() -> list[Column[Any]]:
    """What a delivery and a notice have in common: the state of one message and who works on it."""
    return [
        Column("status", Words(12), nullable=False),
        _moment("due_at"),
        _moment("first_due_at"),
        _moment("expires_at"),
        Column("attempts", Integer, nullable=False, default=0, server_default="0"),
        Column("worker", Words(96), nullable=True),
        _text("relay"),
        Column("code", Integer, nullable=False, default=0, server_default="0"),
        _text("reply"),
        _moment("changed_at"),
    ]


# No foreign keys, and few indexes: a freeze writes a million rows, and each of them would pay for all of those.
# What they guarded is held by the code that moves rows, and looked for by `db check` (docs/decisions/0021).
deliveries = Table(
    "deliveries",
    METADATA,
    _key(),
    Column("issue_key", Key, nullable=False),
    Column("subscriber_key", Key, nullable=True),
    Column("subscription_key", Key, nullable=True),
    Column("variant_key", Key, nullable=False),
    *_letter_columns(),
    UniqueConstraint("issue_key", "subscriber_key"),
    Index("ix_deliveries_issue_key_status", "issue_key", "status"),
    sqlite_autoincrement=True,
)
# The text that many notices share: one for each newsletter, language and format.
notice_texts = Table(
    "notice_texts",
    METADATA,
    _key(),
    Column("topic", Words, nullable=False),
    Column("newsletter", Words(64), nullable=False),
    Column("language", Words(35), nullable=False),
    Column("format", Words(8), nullable=False),
    _text("subject"),
    _text("html"),
    _text("text"),
    UniqueConstraint("topic", "newsletter", "language", "format"),
    sqlite_autoincrement=True,
)
notices = Table(
    "notices",
    METADATA,
    _key(),
    _link("subscriber_key", "subscribers.key", on_delete="SET NULL", nullable=True),
    Column("kind", Words(16), nullable=False),
    Column("dedupe_key", Words, nullable=False, unique=True),
    _text("message_domain"),
    _text("language"),
    _text("subject"),
    _text("html"),
    _text("text"),
    *_letter_columns(),
    # Only where it goes to somebody as the reader of a newsletter: without foreign keys, as in deliveries.
    Column("subscription_key", Key, nullable=True),
    Column("delivery_key", Key, nullable=True),  # whose message it answers
    Column("text_key", Key, nullable=True),
    Index("ix_notices_subscriber_key", "subscriber_key"),
    Index("ix_notices_status", "status"),  # a count must not walk through their texts
    sqlite_autoincrement=True,
)

for _table in (deliveries, notices):
    _queued, _held = _table.c.status == "queued", _table.c.worker.is_not(None)
    _order = [_table.c.issue_key if _table is deliveries else _table.c.kind, _table.c.due_at, _table.c.key]
    Index(f"ix_{_table.name}_due", *_order, sqlite_where=_queued)
    Index(f"ix_{_table.name}_held", _table.c.worker, sqlite_where=_held)


def is_for(subscriber_key: int) -> ColumnElement[bool]:
    """A delivery's being for that subscriber: asked of each issue, by the index that makes the pair unique.

    An index by subscriber would be written all over by every freeze, the more so the longer the ledger.
    """
    return and_(deliveries.c.issue_key.in_(select(issues.c.key)), deliveries.c.subscriber_key == subscriber_key)
