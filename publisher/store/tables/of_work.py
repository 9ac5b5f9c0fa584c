"""Tables of what is at work: facts, leases, workers."""

from sqlalchemy import Column, Table

from publisher.store.tables.columns import METADATA, Words, moment, text

# The first start, the folder's lease and the like.
facts = Table("facts", METADATA, Column("name", Words(64), primary_key=True), text("value"))
leases = Table(
    "leases", METADATA, Column("name", Words(64), primary_key=True), text("holder"), text("host"), moment("until")
)
workers = Table(
    "workers",
    METADATA,
    Column("name", Words(96), primary_key=True),
    text("host"),
    moment("started_at"),
    moment("lease_until"),
)
