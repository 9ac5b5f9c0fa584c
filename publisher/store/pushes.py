"""Pushes: a row a hub and document, with what the hub was told of and what it is still to be told."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Integer,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from publisher.domain.push import Push
from publisher.store import tables
from publisher.store.dialect import find_clock, find_end, insert

_PUSH: Final = tables.pushes.c
_VALUES: Final = (
    _PUSH.hub,
    _PUSH.topic,
    _PUSH.digest,
    _PUSH.told,
    _PUSH.due_at,
    _PUSH.attempts,
    _PUSH.problem,
    _PUSH.failing_since,
    _PUSH.told_at,
)
_TOO_FAR: Final = timedelta(hours=2)  # no pause is so long: where one seems so, a clock was set back
_IS_WAITING: Final = _PUSH.digest != _PUSH.told


class Pushes:
    """The pushes of a ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_all(self) -> list[Push]:
        """All of them, by hub and document."""
        wanted = select(*_VALUES).order_by(_PUSH.hub, _PUSH.topic)
        return [Push(**row._mapping) for row in self._connection.execute(wanted)]

    def note(self, hub: str, topic: str, *, digest: str, now: datetime) -> None:
        """Note what readers get now; other bytes than before are due at once, whatever was tried till now."""
        statement = insert(self._connection, tables.pushes).values(hub=hub, topic=topic, digest=digest, due_at=now)
        other = statement.excluded
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["hub", "topic"],
                set_={"digest": other.digest, "due_at": other.due_at, "attempts": 0},
                where=_PUSH.digest != other.digest,
            )
        )

    def drop(self, hub: str, topic: str) -> None:
        """Forget a pair that is told nothing any more."""
        self._connection.execute(delete(tables.pushes).where(_is(hub, topic)))

    def list_due_hubs(self, *, now: datetime) -> list[str]:
        """The hubs that are to be told something now, and that nobody is telling it."""
        wanted = select(_PUSH.hub).where(_IS_WAITING, _is_due(now), self._is_free(now))
        return list(self._connection.scalars(wanted.distinct().order_by(_PUSH.hub)))

    def list_due(self, hub: str, *, now: datetime) -> list[Push]:
        """What a hub is to be told now, and nobody is telling it; the longest due first."""
        wanted = select(*_VALUES).where(_PUSH.hub == hub, _IS_WAITING, _is_due(now), self._is_free(now))
        rows = self._connection.execute(wanted.order_by(_PUSH.due_at, _PUSH.topic))
        return [Push(**row._mapping) for row in rows]

    def claim(self, hub: str, *, now: datetime, until: datetime) -> Push | None:
        """Take one that is due, for nobody else till `until` (by the server's clock on PostgreSQL, as long)."""
        due = self.list_due(hub, now=now)
        if not due:
            return None
        end = find_end(literal(until, tables.UTCDateTime), until - now, self._connection.dialect)
        taken = update(tables.pushes).where(_is(hub, due[0].topic), self._is_free(now)).values(claimed_until=end)
        return due[0] if self._execute(taken).rowcount else None

    def release(self, push: Push) -> None:
        """Give back what was claimed, as if it had not been tried."""
        self._execute(update(tables.pushes).where(_is(push.hub, push.topic)).values(claimed_until=None))

    def record(self, push: Push, *, now: datetime) -> None:
        """Note that the hub was told; what has come since is still to be told."""
        told = {"told": push.digest, "told_at": now, "attempts": 0, "problem": "", "failing_since": None}
        statement = update(tables.pushes).where(_is(push.hub, push.topic))
        self._execute(statement.values(claimed_until=None, **told))

    def fail(self, push: Push, *, problem: str, due_at: datetime, now: datetime) -> None:
        """Note that the hub could not be told, and is tried again at `due_at`; at once where other bytes have come."""
        is_same = _PUSH.digest == push.digest
        statement = update(tables.pushes).where(_is(push.hub, push.topic))
        self._execute(
            statement.values(
                problem=problem,
                failing_since=func.coalesce(_PUSH.failing_since, literal(now, tables.UTCDateTime)),
                attempts=_PUSH.attempts + case((is_same, literal(1, Integer)), else_=literal(0, Integer)),
                due_at=case((is_same, literal(due_at, tables.UTCDateTime)), else_=_PUSH.due_at),
                claimed_until=None,
            )
        )

    def _is_free(self, now: datetime) -> ColumnElement[bool]:
        dialect = self._connection.dialect
        clock = find_clock(literal(now, tables.UTCDateTime), dialect)
        too_far = find_end(literal(now + _TOO_FAR, tables.UTCDateTime), _TOO_FAR, dialect)
        return or_(_PUSH.claimed_until.is_(None), _PUSH.claimed_until <= clock, _PUSH.claimed_until > too_far)

    def _execute(self, statement: Any) -> CursorResult[Any]:
        return self._connection.execute(statement)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(_PUSH.due_at <= now, _PUSH.due_at > now + _TOO_FAR)


def _is(hub: str, topic: str) -> ColumnElement[bool]:
    return and_(_PUSH.hub == hub, _PUSH.topic == topic)
