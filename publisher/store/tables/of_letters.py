"""Tables of letters: deliveries and notices, a row a message."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Integer, Table, UniqueConstraint, and_, select

from publisher.store.tables.columns import METADATA, Key, Words, key, link, moment, text
from publisher.store.tables.of_issues import issues


def _letter_columns() -> list[Column[Any]]:
    """What a delivery and a notice have in common: the state of one message and who works on it."""
    return [
        Column("status", Words(12), nullable=False),
        moment("due_at"),
        moment("first_due_at"),
        moment("expires_at"),
        Column("attempts", Integer, nullable=False, default=0, server_default="0"),
        Column("worker", Words(96), nullable=True),
        text("relay"),
        Column("code", Integer, nullable=False, default=0, server_default="0"),
        text("reply"),
        moment("changed_at"),
    ]


# No foreign keys, and few indexes: a freeze writes a million rows, and each of them would pay for all of those.
# What they guarded is held by the code that moves rows, and looked for by `db check` (docs/decisions/0021).
deliveries = Table(
    "deliveries",
    METADATA,
    key(),
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
    key(),
    Column("topic", Words, nullable=False),
    Column("newsletter", Words(64), nullable=False),
    Column("language", Words(35), nullable=False),
    Column("format", Words(8), nullable=False),
    text("subject"),
    text("html"),
    text("text"),
    UniqueConstraint("topic", "newsletter", "language", "format"),
    sqlite_autoincrement=True,
)
notices = Table(
    "notices",
    METADATA,
    key(),
    link("subscriber_key", "subscribers.key", on_delete="SET NULL", nullable=True),
    Column("kind", Words(16), nullable=False),
    Column("dedupe_key", Words, nullable=False, unique=True),
    text("message_domain"),
    text("language"),
    text("subject"),
    text("html"),
    text("text"),
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
