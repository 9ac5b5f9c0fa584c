"""The statements of every turn of the queue, each built once: that takes longer than the database does for a row."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    String,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from publisher.domain.delivery import Kind, Outcome, Status
from publisher.store import tables
from publisher.store.compiled import Compiled
from publisher.store.conditions import (
    has_consent,
    has_lease,
    is_open,
    to_queue,
    written,
)
from publisher.store.dialect import Keys, find_clock, is_among

_STATEMENTS = 8  # kept of each sort: for two tables, in the dialect of each ledger that is open
TABLES: dict[Kind, Table] = {Kind.NOTICE: tables.notices, Kind.DELIVERY: tables.deliveries}


@lru_cache(_STATEMENTS)
def build_claims(kind: Kind, dialect: Dialect) -> Select[Any]:
    """What is told of the claimed rows whose keys are given."""
    table, subscriber, issue = TABLES[kind], tables.subscribers, tables.issues
    source: FromClause
    own: tuple[ColumnElement[Any], ...]  # what its text hangs on, the subscription, the domain of its Message-ID
    if kind is Kind.DELIVERY:
        source = table.join(issue, issue.c.key == table.c.issue_key)
        own = (table.c.variant_key, table.c.subscription_key, issue.c.message_domain)
        more: tuple[ColumnElement[Any], ...] = ()
    else:
        answered = tables.deliveries
        source = table.outerjoin(answered, answered.c.key == table.c.delivery_key)
        source = source.outerjoin(issue, issue.c.key == answered.c.issue_key)
        own = (table.c.key, table.c.subscription_key, table.c.message_domain)
        more = (table.c.text_key, answered.c.key, issue.c.message_domain)
    return (
        select(table.c.key, *own, subscriber.c.email, table.c.subscriber_key)
        .add_columns(table.c.attempts, table.c.first_due_at, *more)
        .select_from(source.outerjoin(subscriber, subscriber.c.key == table.c.subscriber_key))
        .where(is_among(table.c.key, bindparam("b_keys", type_=Keys), dialect))
        .order_by(table.c.key)
    )


@lru_cache(_STATEMENTS)
def build_begin(table: Table, dialect: Dialect) -> Compiled:
    """Claimed rows move to `sending`, where all that must stand still stands; gives (key, variant)."""
    worker, now = bindparam("b_worker", type_=String), bindparam("b_now", type_=tables.UTCDateTime)
    statement = (
        update(table)
        .where(
            is_among(table.c.key, bindparam("b_keys", type_=Keys), dialect),
            table.c.status == written(Status.CLAIMED),
            table.c.worker == worker,
            table.c.expires_at > now,
            is_open(table),
            has_consent(table),
            has_lease(worker, find_clock(now, dialect)),
        )
        .values(status=written(Status.SENDING), attempts=table.c.attempts + literal_column("1"), changed_at=now)
        .returning(table.c.key, table.c.variant_key if table is tables.deliveries else table.c.key)
    )
    return Compiled(statement, dialect)


@lru_cache(_STATEMENTS)
def build_record(table: Table, dialect: Dialect) -> Compiled:
    """A row in `sending` or in doubt moves to what became of its attempt."""
    status = bindparam("b_status", type_=String)
    statement = (
        update(table)
        .where(
            table.c.key == bindparam("b_key"),
            table.c.worker == bindparam("b_worker"),
            table.c.status.in_([written(Status.SENDING), written(Status.DOUBTFUL)]),
        )
        .values(
            status=case((status == written(Status.QUEUED), to_queue(table)), else_=status),
            worker=bindparam("b_keeper", type_=String),
            due_at=func.coalesce(bindparam("b_due_at", type_=tables.UTCDateTime), table.c.due_at),
            attempts=table.c.attempts - bindparam("b_uncounted"),
            relay=bindparam("b_relay"),
            code=bindparam("b_code"),
            reply=bindparam("b_reply"),
            changed_at=bindparam("b_now", type_=tables.UTCDateTime),
        )
    )
    return Compiled(statement, dialect)


def outcome_values(outcome: Outcome, *, worker: str) -> dict[str, Any]:
    """An outcome as `build_record` takes it."""
    return {
        "b_keeper": worker if outcome.status is Status.DOUBTFUL else None,
        "b_status": outcome.status.value,
        "b_due_at": outcome.retry_at,
        "b_uncounted": 0 if outcome.counts else 1,
        "b_relay": outcome.relay,
        "b_code": outcome.code,
        "b_reply": outcome.reply[:500],
    }
