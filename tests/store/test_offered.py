"""Feeds that were offered stay known when the settings name them no more."""

from publisher.store import Ledger
from tests.factories import DAY, NOW


def test_offered_feed_stays_known(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.offered.note(["main", "sport"], now=NOW)
        tx.offered.note(["main"], now=NOW + DAY)
        tx.offered.note([], now=NOW + DAY)
    with ledger.read() as tx:
        assert [tx.offered.has(name) for name in ("main", "sport")] == [True, True]


def test_other_names_were_never_offered(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.offered.note(["main"], now=NOW)
        assert [tx.offered.has(name) for name in ("Main", "", "main ")] == [False, False, False]
