"""Cuts: where a feed's months were cut, noted once and listed in order."""

from publisher.domain.part import Place, month_begin
from publisher.store import Ledger
from tests.factories import HOUR, NOW

ONE, TWO, THREE = (Place(released_at=NOW + number * HOUR, published_at=NOW, id="a") for number in range(3))
TWIN = Place(released_at=TWO.released_at, published_at=NOW, id="b")
NOVEMBER, DECEMBER = month_begin(2026, 11), month_begin(2026, 12)


def test_cuts_are_listed_oldest_first(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.cuts.put("main", [THREE, TWO, ONE, TWIN])
    with ledger.read() as tx:
        assert tx.cuts.list_cuts("main", since=NOVEMBER, until=DECEMBER) == [ONE, TWIN, TWO, THREE]


def test_cuts_from_one_up_to_another(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.cuts.put("main", [ONE, TWO, THREE])
        assert tx.cuts.list_cuts("main", since=ONE, until=THREE) == [ONE, TWO]
        assert tx.cuts.list_cuts("main", since=TWIN, until=THREE) == [TWO]


def test_cuts_put_again_stay_one(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.cuts.put("main", [ONE])
        tx.cuts.put("main", [ONE, TWO])
        tx.cuts.put("main", [])
        assert tx.cuts.list_cuts("main", since=NOVEMBER, until=DECEMBER) == [ONE, TWO]


def test_each_feed_has_its_own_cuts(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.cuts.put("sections/sport", [ONE])
        assert tx.cuts.list_cuts("main", since=NOVEMBER, until=DECEMBER) == []
