"""Alerts in the ledger: what was told, what each process finds, and the heartbeats that wait."""

from publisher.domain.alert import Ill, Told, Trouble, What
from publisher.domain.delivery import Status
from publisher.store import Ledger
from tests.factories import HOUR, MINUTE, NOW, make_issue
from tests.store.desk import open_desk

PAUSED = Told(trouble=Trouble(what=What.ISSUE, name="daily/2026-11-23T0700", text="paused: 100 %"), at=NOW)
DOWN = Ill(what=What.RELAY, name="main", problem="no route", since=NOW)


def test_told_troubles_are_kept_by_channel(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for channel in ("url", "command"):
            tx.alerts.put_told(channel, PAUSED)
        tx.alerts.drop_told("command", PAUSED.trouble)
        assert (tx.alerts.list_told("url"), tx.alerts.list_told("command")) == ([PAUSED], [])


def test_trouble_of_two_channels_counts_once(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for channel in ("url", "command"):
            tx.alerts.put_told(channel, PAUSED)
        assert {what: number for what, number in tx.alerts.count_told().items() if number} == {What.ISSUE: 1}


def test_process_says_its_ills_anew(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.alerts.put_ills("ours", [DOWN], now=NOW)
        tx.alerts.put_ills("theirs", [DOWN], now=NOW)
        tx.alerts.put_ills("ours", [], now=NOW)
        assert tx.alerts.list_ills(now=NOW) == [DOWN]


def test_ills_of_the_dead_are_forgotten(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.alerts.put_ills("theirs", [DOWN], now=NOW)
        assert tx.alerts.list_ills(now=NOW + 3 * MINUTE) == [DOWN]
        assert tx.alerts.list_ills(now=NOW + 4 * MINUTE) == []
        tx.alerts.drop_stale(now=NOW + 4 * MINUTE)
        assert tx.alerts.list_ills(now=NOW) == []


def test_heartbeats_wait_in_order(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for key in (2, 10, 1):
            tx.alerts.add_heartbeat(make_issue(key=key), now=NOW + key * MINUTE)
        tx.alerts.drop_heartbeat(2)
        assert [one.key for one in tx.alerts.list_heartbeats()] == [1, 10]


def test_rows_long_in_doubt_are_counted(ledger: Ledger) -> None:
    desk = open_desk(ledger, emails=["alice@example.org", "bob@example.org"])
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    with ledger.read() as tx:
        assert tx.deliveries.count_doubtful(until=NOW) == {desk.issue.id: 1}
        assert tx.deliveries.count_doubtful(until=NOW - MINUTE) == {}


def test_notices_long_in_doubt_are_counted(ledger: Ledger) -> None:
    desk = open_desk(ledger)
    desk.add_notice()
    desk.record(desk.begin_one(), Status.DOUBTFUL)
    with ledger.read() as tx:
        assert tx.notices.count_doubtful(until=NOW) == 1
        assert tx.notices.count_doubtful(until=NOW - HOUR) == 0
        assert tx.deliveries.count_doubtful(until=NOW) == {}
