"""Small facts about the ledger itself, leases, and the workers that hold rows."""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, Text, cast, delete, literal, or_, select

from publisher.store import tables
from publisher.store.dialect import find_clock, find_end, insert

LEDGER_ID = "ledger_id"  # which ledger it is, for a home that has seen several
SEQUENCE = "sequence"  # grows whenever something is frozen or sent
COPIED_AT = "copied_at"  # only in a copy: when it was made


class Facts:
    """Named values, leases (one holder at a time) and workers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> str | None:
        """A fact's value."""
        return self._connection.scalar(select(tables.facts.c.value).where(tables.facts.c.name == name))

    def find_many(self, *names: str) -> dict[str, str]:
        """The values of those facts that are there."""
        fact = tables.facts
        rows = self._connection.execute(select(fact.c.name, fact.c.value).where(fact.c.name.in_(names)))
        return {row.name: row.value for row in rows}

    def put(self, name: str, value: str) -> None:
        """Set a fact."""
        statement = insert(self._connection, tables.facts).values(name=name, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
        )

    def find_or_put(self, name: str, value: str) -> str:
        """A fact's value; it is set to `value` where it was not there."""
        statement = insert(self._connection, tables.facts).values(name=name, value=value)
        self._connection.execute(statement.on_conflict_do_nothing())
        return self.find(name) or value

    def count_up(self, name: str) -> int:
        """Add one to a fact that is a number, from nothing on; its row is locked till the transaction's end."""
        value = tables.facts.c.value
        statement = insert(self._connection, tables.facts).values(name=name, value="1")
        counted = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": cast(cast(value, BigInteger) + 1, Text)}
        )
        return int(self._connection.execute(counted.returning(value)).scalar_one())

    def drop(self, name: str) -> None:
        """Forget a fact."""
        self._connection.execute(delete(tables.facts).where(tables.facts.c.name == name))

    def take_lease(
        self, name: str, *, holder: str, host: str, now: datetime, until: datetime
    ) -> tuple[str, str] | None:
        """Take or renew a lease; gives (holder, host) of somebody else who has it, None when it is ours."""
        lease = tables.leases
        statement = insert(self._connection, lease).values(name=name, holder=holder, host=host, until=until)
        taken = self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": holder, "host": host, "until": until},
                where=or_(lease.c.holder == holder, lease.c.until <= now),
            ).returning(lease.c.name)
        ).first()
        if taken:
            return None
        row = self._connection.execute(select(lease.c.holder, lease.c.host).where(lease.c.name == name)).one()
        return row.holder, row.host

    def drop_lease(self, name: str, *, holder: str) -> None:
        """Give a lease back."""
        lease = tables.leases
        self._connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))

    def put_worker(self, name: str, *, host: str, now: datetime, until: datetime) -> None:
        """Write a worker down, or move the end of its lease, and so of every row that it holds.

        On PostgreSQL the lease is as long, but begins and ends by the server's clock.
        """
        end = find_end(literal(until, tables.UTCDateTime), until - now, self._connection.dialect)
        values = {"name": name, "host": host, "started_at": now, "lease_until": end}
        statement = insert(self._connection, tables.workers).values(values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"lease_until": end}))

    def drop_worker(self, name: str, *, until: datetime | None = None) -> bool:
        """Forget a worker; with `until`, only while its lease ends then. Whether it was there."""
        worker = tables.workers
        statement = delete(worker).where(worker.c.name == name)
        return (
            self._connection.execute(statement.where(worker.c.lease_until == until) if until else statement).rowcount
            > 0
        )

    def list_workers(self) -> list[tuple[str, str, datetime]]:
        """(name, host, end of lease) of every worker that has not said goodbye, by name."""
        worker = tables.workers
        rows = self._connection.execute(
            select(worker.c.name, worker.c.host, worker.c.lease_until).order_by(worker.c.name)
        )
        return [(row.name, row.host, row.lease_until) for row in rows]

    def list_lapsed(self, *, now: datetime) -> frozenset[str]:
        """The workers whose lease is over; `now` is only asked on SQLite, else the server's clock."""
        worker, clock = tables.workers, find_clock(literal(now, tables.UTCDateTime), self._connection.dialect)
        return frozenset(self._connection.scalars(select(worker.c.name).where(worker.c.lease_until <= clock)))
