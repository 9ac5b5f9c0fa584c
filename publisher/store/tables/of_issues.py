"""Tables of issues: schedules and slots, what an issue holds, its texts."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from publisher.store.tables.columns import METADATA, Words, key, link, moment, text

# When a newsletter, and its present schedule and zone, were first seen.
schedules = Table(
    "schedules",
    METADATA,
    Column("newsletter", Words(64), primary_key=True),
    text("schedule"),
    text("timezone"),
    moment("first_seen_at"),
    moment("seen_at"),
)
slots = Table(
    "slots",
    METADATA,
    Column("newsletter", Words(64), primary_key=True),
    Column("slot", Words(32), primary_key=True),
    Column("outcome", Words(16), nullable=False),
    moment("due_at"),
    moment("decided_at"),
)
issues = Table(
    "issues",
    METADATA,
    key(),
    Column("newsletter", Words(64), nullable=False),
    Column("slot", Words(32), nullable=False),
    Column("status", Words(16), nullable=False),
    text("reason"),
    text("title"),
    text("subject"),
    text("message_domain"),
    moment("due_at"),
    moment("cutoff_at"),
    moment("frozen_at"),
    moment("expires_at"),
    Column("eligible", Integer, nullable=False),
    Column("revision", Integer, nullable=False, default=1, server_default="1"),  # of its text: one more a recomposing
    moment("recomposed_at", nullable=True),
    UniqueConstraint("newsletter", "slot"),
    Index("ix_issues_status", "status"),
    sqlite_autoincrement=True,
)
issue_articles = Table(
    "issue_articles",
    METADATA,
    link("issue_key", "issues.key"),
    link("article_key", "articles.key"),
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
    link("issue_key", "issues.key"),
    link("article_key", "articles.key"),
    Column("until_revision", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    PrimaryKeyConstraint("issue_key", "article_key", "until_revision"),
)
# The corrections that an issue tells of articles which its newsletter had mailed before: each of them once.
issue_corrections = Table(
    "issue_corrections",
    METADATA,
    link("issue_key", "issues.key"),
    link("article_key", "articles.key"),
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
    key(),
    link("issue_key", "issues.key"),
    Column("language", Words(35), nullable=False),
    text("sections"),
    Column("format", Words(8), nullable=False),
    text("subject"),
    text("html"),
    text("text"),
    Column("is_empty", Boolean, nullable=False),
    Column("revision", Integer, nullable=False, default=1, server_default="1"),
    UniqueConstraint("issue_key", "language", "sections", "format", "revision"),
    sqlite_autoincrement=True,
)
