"""Troubles: what waits for a person, as the ledger shows it and as this process and others have found it."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from publisher.app import App
from publisher.domain import alert
from publisher.domain.alert import Doubt, Ill, Stopped, Trouble, View, What
from publisher.domain.delivery import Status
from publisher.domain.issue import Status as IssueStatus
from publisher.jobs import holding
from publisher.jobs.issuing import list_due
from publisher.store import Transaction

_WARNING = 2  # times the floor, below which nothing is sent: that is when there is still time to make room
_ENOUGH_AGAIN: Final = 1.2  # so much more than low, and it is over: one file more or less must not tell it anew
_WAITING = (Status.QUEUED, Status.CLAIMED)


def list_troubles(app: App, *, now: datetime) -> list[Trouble]:
    """What waits for a person, on this machine and wherever else a process works on this ledger."""
    due = [(one.name, slot) for one in app.newsletters for slot in list_due(app, one, now=now)]
    with app.ledger.read() as tx:
        stopped = list(_iter_stopped(tx))
        doubts = list(_iter_doubts(tx, until=now - alert.DOUBTFUL_FOR))
        ills = [*list_own(app), *tx.alerts.list_ills(now=now)]
    return alert.find_troubles(View(due=due, stopped=stopped, doubts=doubts, ills=ills), now=now)


def find_ledger_trouble(app: App, *, now: datetime) -> list[Trouble]:
    """That the ledger can't be used, once that has lasted."""
    return alert.find_troubles(View(ills=_list_ills(app, is_ledger=True)), now=now)


def list_own(app: App) -> list[Ill]:
    """What this process has found, and the feeds of its home that are held back.

    A ledger that it can't reach is nobody else's business.
    """
    held = [
        Ill(what=What.FEED, name=one.name, problem=f"{one.reason}: publisher doctor", since=one.since)
        for one in holding.list_held(app)
    ]
    return [*_list_ills(app, is_ledger=False), *held]


def examine_disk(app: App, *, now: datetime) -> None:
    """Note a disk whose free space nears the floor, or one that has room again."""
    low = _WARNING * app.settings.database.floor
    path = app.ledger.path.parent if app.ledger.path else app.home.root
    free = shutil.disk_usage(path).free
    is_low = free < low * (_ENOUGH_AGAIN if (What.DISK, "") in app.tally.ills else 1)
    app.tally.note_ill(What.DISK, problem=f"{path}: only {free >> 20} MB are free" if is_low else "", at=now)


def _list_ills(app: App, *, is_ledger: bool) -> list[Ill]:
    found = dict(app.tally.ills)  # its writers go on meanwhile
    known = {"", *app.settings.relays, *app.settings.newsletters}  # new settings may have left one out
    return [
        Ill(what=What(what), name=name, problem=ill.problem, since=ill.since)
        for (what, name), ill in found.items()
        if (what == What.LEDGER) is is_ledger and name in known
    ]


def _iter_stopped(tx: Transaction) -> Iterator[Stopped]:
    for status in (IssueStatus.PAUSED, IssueStatus.HELD):
        for issue in tx.issues.list_by_status(status):
            counts = tx.deliveries.count_by_status(issue.key)
            yield Stopped(issue=issue, waiting=sum(counts[one] for one in _WAITING))


def _iter_doubts(tx: Transaction, *, until: datetime) -> Iterator[Doubt]:
    for issue, rows in tx.deliveries.count_doubtful(until=until).items():
        yield Doubt(issue=issue, rows=rows)
    if rows := tx.notices.count_doubtful(until=until):
        yield Doubt(issue=alert.NOTICES, rows=rows)
