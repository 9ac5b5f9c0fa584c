"""Alerting: troubles are looked for each minute, and one process tells of each when it begins and when it is over.

Every process writes into the ledger what it finds not to work itself. The one that holds the lease tells of everything,
and what it told stands in the ledger too, so that no restart says it again.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from publisher.app import App
from publisher.clock import now
from publisher.domain import alert
from publisher.domain.alert import Alert, State, Told, Trouble, What
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import LedgerError, PublisherError
from publisher.jobs import telling
from publisher.jobs.telling import Tell, build_news
from publisher.jobs.troubles import examine_disk, find_ledger_trouble, list_own, list_troubles
from publisher.logs import get_logger
from publisher.store import Transaction
from publisher.store.alerts import Heartbeat

_log = get_logger()
EVERY: Final = 60.0  # seconds between looks
_LEASE: Final = timedelta(minutes=3)
_ROUND: Final = 120.0  # seconds after which no further alert is begun: the lease must not end meanwhile
_FORGET: Final = timedelta(days=1)  # a heartbeat that nobody took is of no use any more

Write = Callable[[Transaction], None]
Act = Callable[[], Awaitable[None]]


async def keep_watch(app: App, stop: asyncio.Event, *, every: float = EVERY) -> None:
    """Look each minute until stopped, and never fail: nothing else may end because nobody can be told.

    The first look is taken after a minute, so that a start may do first what was slept through.
    """
    watch = Watch(app)
    try:
        while not await _is_set(stop, within=every):
            looking = asyncio.create_task(_look(watch))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait([looking, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in (looking, stopping):
                task.cancel()
            await asyncio.gather(looking, stopping, return_exceptions=True)
    finally:
        await asyncio.to_thread(watch.leave)


async def look_once(app: App) -> None:
    """One look, for a command that sends and ends; where a process tells already, it is left to that."""
    watch = Watch(app)
    try:
        await _look(watch)
    finally:
        await asyncio.to_thread(watch.leave)


async def try_channels(app: App, *, now: datetime) -> dict[str, str]:
    """Tell every channel something that is no trouble; gives why that failed, or nothing, by channel."""
    text = "this is a test: an alert looks like this"
    test = Alert(trouble=Trouble(what=What.TEST, name="", text=text), state=State.BEGUN)
    news = build_news(test, publication=app.publication.title, now=now)
    acts: dict[str, Act] = {name: partial(tell, news) for name, tell in _list_channels(app).items()}
    if url := app.settings.alerts.heartbeat_url.get_secret_value():
        acts["heartbeat_url"] = partial(telling.beat, url)
    return {name: await _find_problem(act) for name, act in acts.items()}


def finish_issues(app: App, tx: Transaction, *, now: datetime) -> list[Issue]:
    """Close the issues that nobody waits for any more; a heartbeat for each is noted in this very transaction."""
    closed = tx.issues.finish()
    if app.settings.alerts.heartbeat_url.get_secret_value():
        for one in closed:
            tx.alerts.add_heartbeat(one, now=now)
    return closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the telling process works with: what is wrong, what each channel was told, which issues went out (well)."""

    troubles: Sequence[Trouble]
    told: dict[str, list[Told]]
    heartbeats: Sequence[tuple[Heartbeat, bool]] = ()


class Watch:
    """One process's watch. What the ledger does not take for now waits here until it does."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._host = socket.gethostname()
        self._name = f"{self._host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._channels = _list_channels(app)
        self._heartbeat_url = app.settings.alerts.heartbeat_url.get_secret_value()
        self._has_published = False
        self._unwritten: list[Write] = []
        self._told_alone: dict[str, list[Told]] = {name: [] for name in self._channels}

    @property
    def _is_telling(self) -> bool:
        return bool(self._channels or self._heartbeat_url)

    async def look(self, *, now: datetime) -> None:
        """Find what is wrong, and tell whoever has not been told yet."""
        examine_disk(self._app, now=now)
        if not (self._is_telling or self._has_published or self._app.tally.ills or list_own(self._app)):
            return
        try:
            survey = await asyncio.to_thread(self._survey, now)
            self._app.tally.note_ill(What.LEDGER, problem="", at=now)
            self._told_alone = {name: [] for name in self._channels}
        except LedgerError as problem:
            self._app.tally.note_ill(What.LEDGER, problem=str(problem), at=now)
            survey = Survey(troubles=find_ledger_trouble(self._app, now=now), told=self._told_alone)
        if survey:
            await self._tell(survey, now=now)

    def leave(self) -> None:
        """Let another process tell, and take back what this one has found."""
        if not (self._is_telling or self._has_published):
            return
        try:
            with self._app.ledger.write() as tx:
                self._write_down(tx)
                tx.alerts.drop_ills(self._name)
                tx.facts.drop_lease("alerts", holder=self._name)
        except LedgerError as problem:
            _log.warning("alerts_failed", why=str(problem))

    def _survey(self, now: datetime) -> Survey | None:
        """Write down what this process has found; and look at everything, where it is the one that tells."""
        ills, until = list_own(self._app), now + _LEASE
        with self._app.ledger.write() as tx:
            count = self._write_down(tx)
            tx.alerts.put_ills(self._name, ills, now=now)
            tx.alerts.drop_stale(now=now)
            is_ours = self._is_telling and not tx.facts.take_lease(
                "alerts", holder=self._name, host=self._host, now=now, until=until
            )
        del self._unwritten[:count]
        self._has_published = bool(ills)
        if not is_ours:
            return None
        troubles = list_troubles(self._app, now=now)
        with self._app.ledger.read() as tx:
            told = {name: tx.alerts.list_told(name) for name in self._channels}
            heartbeats = [(one, _is_good(tx, one.key)) for one in tx.alerts.list_heartbeats()]
            return Survey(troubles=troubles, told=told, heartbeats=heartbeats)

    def _write_down(self, tx: Transaction) -> int:
        waiting = list(self._unwritten)
        for write in waiting:
            write(tx)
        return len(waiting)

    async def _tell(self, survey: Survey, *, now: datetime) -> None:
        until = time.monotonic() + _ROUND
        for channel, tell in self._channels.items():
            for one in alert.decide(survey.troubles, survey.told[channel], now=now):
                if time.monotonic() > until or not await self._try(channel, tell, one, now=now):
                    break  # the rest waits for the next look
        for heartbeat, is_good in survey.heartbeats:
            is_wanted = is_good and bool(self._heartbeat_url) and now - heartbeat.at <= _FORGET
            if time.monotonic() > until or (is_wanted and not await self._beat(heartbeat)):
                break
            await self._keep(lambda tx, key=heartbeat.key: tx.alerts.drop_heartbeat(key))  # type: ignore[misc]

    async def _try(self, channel: str, tell: Tell, one: Alert, *, now: datetime) -> bool:
        trouble = one.trouble
        problem = await _find_problem(partial(tell, build_news(one, publication=self._app.publication.title, now=now)))
        if problem:
            _log.error("alert_not_told", channel=channel, what=trouble.what, name=trouble.name, why=problem)
            return False
        _log.warning("alert_told", channel=channel, what=trouble.what, name=trouble.name, state=one.state)
        told = Told(trouble=trouble, at=now)
        if one.state is State.OVER:
            await self._keep(lambda tx: tx.alerts.drop_told(channel, trouble))
        else:
            if trouble.what is What.LEDGER:
                self._told_alone[channel] = [told]
            await self._keep(lambda tx: tx.alerts.put_told(channel, told))
        return True

    async def _beat(self, heartbeat: Heartbeat) -> bool:
        problem = await _find_problem(partial(telling.beat, self._heartbeat_url))
        if problem:
            _log.error("alert_not_told", channel="heartbeat_url", name=heartbeat.issue, why=problem)
        return not problem

    async def _keep(self, write: Write) -> None:
        self._unwritten.append(write)
        try:
            await asyncio.to_thread(self._keep_all)
        except LedgerError as problem:
            _log.warning("alerts_failed", why=str(problem))

    def _keep_all(self) -> None:
        with self._app.ledger.write() as tx:
            count = self._write_down(tx)
        del self._unwritten[:count]


def _is_good(tx: Transaction, key: int) -> bool:
    """Whether an issue went out: it is still sent (its breaker may have come later), and nobody's time ran out."""
    counts = tx.deliveries.count_by_status(key)
    is_sent = tx.issues.get(key).status is IssueStatus.SENT
    return is_sent and counts[Status.SENT] > 0 and not counts[Status.EXPIRED]


def _list_channels(app: App) -> dict[str, Tell]:
    part = app.settings.alerts
    channels: dict[str, Tell] = {}
    if url := part.url.get_secret_value():
        channels["url"] = partial(telling.post, url)
    if part.command.strip():
        channels["command"] = partial(telling.run_command, part.command, folder=app.home.root)
    return channels


async def _look(watch: Watch) -> None:
    try:
        await watch.look(now=now())
    except Exception as problem:  # whatever it is, the next look must be taken
        _log.error("alerts_failed", why=f"{type(problem).__name__}: {problem}")


async def _find_problem(act: Act) -> str:
    try:
        await act()
    except PublisherError as problem:
        return str(problem)
    return ""


async def _is_set(event: asyncio.Event, *, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            return await event.wait()
    except TimeoutError:
        return False
