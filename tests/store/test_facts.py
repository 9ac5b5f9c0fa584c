"""Facts, leases and workers: small things that one process tells the next."""

import pytest

from publisher.store import Ledger, Transaction
from tests.factories import MINUTE, NOW
from tests.store.processes import run_threads


def _take(tx: Transaction, holder: str, *, minutes: int = 0) -> tuple[str, str] | None:
    now = NOW + minutes * MINUTE
    return tx.facts.take_lease("folder", holder=holder, host=f"host-{holder}", now=now, until=now + MINUTE)


def test_unknown_fact_is_none(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert tx.facts.find("colour") is None


def test_later_fact_replaces_earlier(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.facts.put("colour", "green")
        tx.facts.put("colour", "blue")
        assert tx.facts.find("colour") == "blue"


def test_first_fact_wins_where_asked(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert tx.facts.find_or_put("secret", "ours") == "ours"
        assert tx.facts.find_or_put("secret", "theirs") == "ours"


def test_racing_starts_agree_on_fact(ledger: Ledger) -> None:
    def start(index: int) -> str:
        with ledger.write() as tx:
            return tx.facts.find_or_put("secret", f"secret-{index}")

    assert len(set(run_threads(start, number=4))) == 1


def test_free_lease_is_taken(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert _take(tx, "ours") is None


def test_held_lease_names_its_holder(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _take(tx, "ours")
        assert _take(tx, "theirs") == ("ours", "host-ours")


def test_holder_renews_its_lease(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert [_take(tx, "ours", minutes=minutes) for minutes in (0, 0, 30)] == [None, None, None]
        assert _take(tx, "theirs", minutes=30) == ("ours", "host-ours")


@pytest.mark.parametrize(("minutes", "is_taken"), [(0, False), (1, True), (2, True)])
def test_lease_ends_at_its_moment(ledger: Ledger, minutes: int, is_taken: bool) -> None:
    with ledger.write() as tx:
        _take(tx, "ours")
        assert (_take(tx, "theirs", minutes=minutes) is None) is is_taken


def test_lost_lease_is_not_renewed(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _take(tx, "ours")
        _take(tx, "theirs", minutes=1)
        assert _take(tx, "ours", minutes=1) == ("theirs", "host-theirs")


def test_dropped_lease_is_free(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _take(tx, "ours")
        tx.facts.drop_lease("folder", holder="ours")
        assert _take(tx, "theirs") is None


def test_only_holder_drops_a_lease(ledger: Ledger) -> None:
    with ledger.write() as tx:
        _take(tx, "ours")
        tx.facts.drop_lease("folder", holder="theirs")
        assert _take(tx, "theirs") == ("ours", "host-ours")


def test_racing_folders_get_one_lease(ledger: Ledger) -> None:
    def take(index: int) -> bool:
        with ledger.write() as tx:
            return _take(tx, f"folder-{index}") is None

    assert sum(run_threads(take, number=4)) == 1


def test_workers_are_listed_until_dropped(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for name in ("two", "one"):
            tx.facts.put_worker(name, host="host", now=NOW, until=NOW + MINUTE)
        tx.facts.put_worker("two", host="host", now=NOW, until=NOW + 2 * MINUTE)
        (one, host, sooner), (two, _, later) = tx.facts.list_workers()
        assert (one, two, host) == ("one", "two", "host")
        assert later - sooner >= MINUTE
        tx.facts.drop_worker("one")
        assert [name for name, _, _ in tx.facts.list_workers()] == ["two"]


def test_counted_fact_begins_at_one(ledger: Ledger) -> None:
    with ledger.write() as tx:
        assert [tx.facts.count_up("sequence") for _ in range(12)] == list(range(1, 13))
        assert tx.facts.find("sequence") == "12"


def test_racing_counts_lose_none(ledger: Ledger) -> None:
    def count(_: int) -> int:
        with ledger.move() as tx:
            return tx.facts.count_up("sequence")

    assert sorted(run_threads(count, number=4)) == [1, 2, 3, 4]


def test_dropped_fact_is_forgotten(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.facts.put("colour", "green")
        tx.facts.put("size", "small")
        tx.facts.drop("colour")
        assert tx.facts.find_many("colour", "size", "weight") == {"size": "small"}
