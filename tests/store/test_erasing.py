"""An erasure leaves nothing behind, neither in a file nor in a server's tables."""

from pathlib import Path

from sqlalchemy import select, text

from publisher.domain.delivery import Status
from publisher.store import Ledger, tables
from publisher.store.migrate import list_damage
from tests.conftest import on_postgresql, on_sqlite
from tests.factories import NOW, make_freeze, put_member
from tests.store.desk import open_desk

EMAIL = "unmistakable@example.org"


def _erase(ledger: Ledger) -> None:
    with ledger.write() as tx:
        found = tx.subscribers.find(EMAIL)
        assert found
        tx.subscribers.erase(found.key)


def _put(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, EMAIL)


def _find_place(ledger: Ledger) -> str:
    """Where in the pages of its table the only subscriber lies."""
    with ledger.engine.connect() as connection:
        place: str = connection.execute(text("SELECT ctid::text FROM subscribers")).scalar_one()
    return place


@on_sqlite
def test_erased_bytes_leave_the_file(ledger: Ledger) -> None:
    _put(ledger)
    _erase(ledger)
    ledger.close()
    assert ledger.path
    assert b"unmistakable" not in ledger.path.read_bytes()


@on_sqlite
def test_erased_bytes_leave_the_log(ledger: Ledger) -> None:
    _put(ledger)
    assert ledger.path
    log = Path(f"{ledger.path}-wal")
    assert b"unmistakable" in log.read_bytes()
    _erase(ledger)
    assert ledger.forget_deleted()
    assert b"unmistakable" not in log.read_bytes() + ledger.path.read_bytes()


@on_postgresql
def test_place_of_erased_is_free(ledger: Ledger) -> None:
    _put(ledger)
    before = _find_place(ledger)
    _erase(ledger)
    assert ledger.forget_deleted()
    _put(ledger)
    assert _find_place(ledger) == before


@on_postgresql
def test_place_is_kept_until_then(ledger: Ledger) -> None:
    _put(ledger)
    before = _find_place(ledger)
    _erase(ledger)
    _put(ledger)
    assert _find_place(ledger) != before


@on_postgresql
def test_older_view_keeps_the_erased(ledger: Ledger) -> None:
    _put(ledger)
    with ledger.read() as tx:
        assert tx.subscribers.find(EMAIL)
        _erase(ledger)
        assert not ledger.forget_deleted()
    assert ledger.forget_deleted()


def test_erased_leaves_her_deliveries(ledger: Ledger) -> None:
    """No foreign key does this: a million of them would triple the time of a freeze."""
    desk = open_desk(ledger, emails=[EMAIL, "bea@example.org"])
    with ledger.write() as tx:
        assert tx.issues.freeze(make_freeze(slot="2026-11-24T0700"), NOW)
    _erase(ledger)
    wanted = select(tables.deliveries.c.subscriber_key, tables.deliveries.c.subscription_key)
    with ledger.engine.connect() as connection:
        links = connection.execute(wanted.order_by(tables.deliveries.c.key)).all()
    assert [tuple(link) for link in links] == [(None, None), (2, 2), (None, None), (2, 2)]
    assert desk.count() == {Status.QUEUED: 2}
    assert list_damage(ledger) == []


def test_erased_is_not_mailed(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=[EMAIL])
    ref = desk.claim_one()
    _erase(ledger)
    assert desk.begin(ref) == frozenset()
    assert desk.count() == {Status.SKIPPED: 1}
