"""Tables of articles, where they lead and lay, and of the folder's seeds."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    literal_column,
)

from publisher.store.tables.columns import METADATA, Key, Words, key, link, moment, text

articles = Table(
    "articles",
    METADATA,
    key(),
    Column("id", Words, nullable=False, unique=True),
    text("declared_id"),
    text("path"),
    text("slug"),
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    text("title"),
    text("headline"),
    text("standfirst"),
    text("summary"),
    text("html"),
    text("language"),
    text("section"),
    Column("details", JSON, nullable=False),  # authors, tags, images, enclosure and what else is only carried along
    text("seed_digest"),
    text("text_digest"),
    moment("published_at"),
    moment("released_at"),
    moment("updated_at"),
    moment("first_seen_at"),
    Column("revision", Key, nullable=False),  # grows with every change: what derived files go by
    moment("withdrawn_at", nullable=True),
    moment("expires_at", nullable=True),
    text("name"),  # the last part of its path, by which links find it
    Column("pictures", Integer, nullable=False, default=0, server_default="0"),  # that it shows or misses
    moment("corrected_at", nullable=True),  # when its present correction was first seen
    moment("first_published_at", nullable=True),  # the date that it came out with, where that was changed
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
# Which seeds the text of an article links to, by their `articles.name`: its page is written again when one of them
# comes, moves or goes.
article_links = Table(
    "article_links",
    METADATA,
    link("article_key", "articles.key"),
    Column("target", Words, nullable=False),
    PrimaryKeyConstraint("article_key", "target"),
    Index("ix_article_links_target", "target"),
)
# Every path where an article's seed lay before: links to it go on, until another seed has it.
former_paths = Table(
    "former_paths",
    METADATA,
    Column("path", Words, primary_key=True),
    text("name"),
    link("article_key", "articles.key"),
    Index("ix_former_paths_name", "name"),
    Index("ix_former_paths_article_key", "article_key"),
)
# Every address that ever led to an article and is not its present one.
addresses = Table(
    "addresses",
    METADATA,
    Column("path", Words, primary_key=True),
    link("article_key", "articles.key"),
    Index("ix_addresses_article_key", "article_key"),
)
# The folder as it was at the last look.
seeds = Table(
    "seeds",
    METADATA,
    Column("path", Words, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    text("digest"),
    link("article_key", "articles.key", on_delete="SET NULL", nullable=True),
    text("reason"),
    Column("line", Integer, nullable=True),
    moment("gone_at", nullable=True),
    text("remedy"),  # what can be done about one that waits
    moment("waiting_since", nullable=True),
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
    text("remedy"),
    text("reason"),
    Column("line", Integer, nullable=True),
    moment("decided_at"),
    PrimaryKeyConstraint("path", "digest"),
)
