"""A million deliveries: frozen in one transaction, then claimed to the last; no mail is sent.

The people are made by the database itself, in sets. Claims are timed at the first, the middle and the last batches:
what one costs must not grow with what is queued, nor with what has been sent already.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from statistics import median

from sqlalchemy import bindparam, text, update

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.store import Ledger, tables
from publisher.store.migrate import upgrade
from tests.benchmarks.figure import Aim, Figure, Options, Sense
from tests.factories import DAY, make_freeze

PEOPLE, FEW, BATCH, LOOKS = 1_000_000, 50_000, 2_000, 5
_WORKER = "bench:1:one"
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :people)",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1, CAST(:people AS integer)))",
}
_SUBSCRIBERS = """
INSERT INTO subscribers (email, canonical, suppression_digest, name, language, timezone, format, created_at)
{numbers} SELECT 'reader' || n || '@example.net', 'reader' || n || '@example.net', 'digest of reader ' || n,
'', '', '', 'html', :moment FROM numbers
"""
_SUBSCRIPTIONS = """
INSERT INTO subscriptions (subscriber_key, newsletter, status, sections, consent_at, consent_source, created_at)
SELECT key, 'daily', 'confirmed', '', created_at, 'a list of the benchmarks', created_at FROM subscribers ORDER BY key
"""


def put_people(ledger: Ledger, people: int) -> None:
    """So many confirmed readers of the daily newsletter; a server gets to know how many, as in the course of time."""
    engine = ledger.engine
    moment = bindparam("moment", now(), tables.UTCDateTime)
    with engine.begin() as connection:
        made = text(_SUBSCRIBERS.format(numbers=_NUMBERS[engine.dialect.name]))
        connection.execute(made.bindparams(moment), {"people": people})
        connection.execute(text(_SUBSCRIPTIONS))
        connection.execute(text("ANALYZE subscribers"))
        connection.execute(text("ANALYZE subscriptions"))


def freeze(ledger: Ledger, *, moment: datetime, people: int) -> float:
    """Freeze an issue for everybody; gives the seconds to the end of the commit."""
    started = time.perf_counter()
    with ledger.write() as tx:
        issue = tx.issues.freeze(make_freeze(due_at=moment, expires_at=moment + DAY), moment)
    assert issue
    assert issue.eligible == people
    return time.perf_counter() - started


def claim_all(ledger: Ledger, *, moment: datetime) -> list[float]:
    """Claim every row and mark it sent, in batches; gives the seconds of each claim."""
    delivery = tables.deliveries
    spent: list[float] = []
    mine = update(delivery).where(delivery.c.worker == _WORKER).values(status=Status.SENT.value, worker=None)
    while True:
        started = time.perf_counter()
        with ledger.move() as tx:
            claims = tx.letters.claim(_WORKER, limit=BATCH, now=moment)
        if not claims:
            return spent
        spent.append(time.perf_counter() - started)
        with ledger.engine.begin() as connection:
            connection.execute(mine)


def measure(options: Options) -> Iterator[Figure]:
    """A freeze, and the claims that follow it."""
    people, moment = FEW if options.is_quick else PEOPLE, now()
    with tempfile.TemporaryDirectory() as name:
        url = options.database or f"sqlite:///{name}/publisher.db"
        with closing(Ledger(url, home=Path("/"))) as ledger:
            upgrade(ledger)
            put_people(ledger, people)
            seconds = freeze(ledger, moment=moment, people=people)
            claims = claim_all(ledger, moment=moment)
            kept = "SQLite" if ledger.is_sqlite else "PostgreSQL"
    aim = Aim(sense=Sense.MOST, bound=5, of_ratio=False)
    yield Figure(what=f"freeze: {people:,} deliveries, {kept}", unit="s", ours=(seconds,), aim=aim)
    middle = len(claims) // 2
    for what, batches in (("middle", claims[middle : middle + LOOKS]), ("last", claims[-LOOKS - 1 : -1])):
        yield Figure(
            what=f"freeze: a claim of {BATCH:,}, the {what} ones, {kept}",
            unit="ms",
            ours=tuple(1000 * spent for spent in batches),
            reference=(1000 * median(claims[:LOOKS]),) * LOOKS,
            beside="the first",
            aim=Aim(sense=Sense.MOST, bound=1.5),
        )
