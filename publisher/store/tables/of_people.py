"""Tables of people: subscribers, what they agreed to, whom nobody mails."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from publisher.store.tables.columns import METADATA, Words, key, link, moment, text

subscribers = Table(
    "subscribers",
    METADATA,
    key(),
    text("email"),
    Column("canonical", Words, nullable=False, unique=True),
    Column("suppression_digest", Words(64), nullable=False),
    text("name"),
    text("language"),
    text("timezone"),
    text("format", default="html"),
    moment("created_at"),
    Index("ix_subscribers_suppression_digest", "suppression_digest"),
    sqlite_autoincrement=True,
)
subscriptions = Table(
    "subscriptions",
    METADATA,
    key(),
    link("subscriber_key", "subscribers.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("status", Words(16), nullable=False),
    text("sections"),  # names, one a line, sorted; empty means all
    moment("consent_at", nullable=True),
    text("consent_source"),
    moment("created_at"),
    UniqueConstraint("subscriber_key", "newsletter"),
    Index("ix_subscriptions_newsletter_status", "newsletter", "status"),
    sqlite_autoincrement=True,
)
consents = Table(
    "consents",
    METADATA,
    key(),
    link("subscriber_key", "subscribers.key"),
    Column("newsletter", Words(64), nullable=False),
    Column("event", Words(16), nullable=False),
    moment("at"),
    text("source"),
    text("ip"),
    text("wording"),
    Index("ix_consents_subscriber_key", "subscriber_key"),
    sqlite_autoincrement=True,
)
suppressions = Table(
    "suppressions",
    METADATA,
    Column("digest", Words(64), primary_key=True),
    Column("reason", Words(16), nullable=False),
    text("source"),
    moment("at"),
    text("letter"),  # the row whose refusal did it, as "delivery:12"; nothing for every other reason
)
