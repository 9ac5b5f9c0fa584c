"""Keeps ledger, feeds and pages as the folder is, from hint to hint."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from publisher.app import App
from publisher.clock import now
from publisher.errors import PublisherError
from publisher.ingest import GONE_FOR, watch
from publisher.jobs.reading import Look, read_folder
from publisher.jobs.surveying import Watch
from publisher.logs import get_logger

_RESCAN = 60.0  # seconds after which the whole folder is looked at though nothing hinted at a change
_SHARE, _LONGEST = 200, 300.0  # where a look takes long, so many times as long after it, up to so many seconds
_SHORTEST = 0.02
_LONG_READ = 500  # files from which on a read says how far it is
_PASSING = (PublisherError, OSError)  # a busy ledger, a full disk: said, and tried again
_log = get_logger()


class Hints:
    """Where the folder may have changed since somebody last asked."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self._paths: set[str] | None = None

    def add(self, paths: frozenset[str]) -> None:
        """Note a hint; an empty one says that it may be anywhere."""
        if not self.event.is_set():
            self._paths = set()
        if self._paths is not None:
            self._paths = self._paths | paths if paths else None
        self.event.set()

    def take(self) -> frozenset[str] | None:
        """The paths that were hinted at, maybe none; None for the whole folder."""
        paths = self._paths if self.event.is_set() else set()
        self.event.clear()
        return None if paths is None else frozenset(paths)


async def keep_reading(app: App, stop: asyncio.Event, *, on_published: Callable[[], Awaitable[None]]) -> None:
    """Look at what is hinted at, and at the whole folder each minute and when an article comes out or its time is over.

    `on_published` is called after each look that changed something for readers.
    """
    hints, watching = Hints(), Watch()
    listening = asyncio.create_task(_listen(app, stop, hints))
    hinted, whole_at, is_moving = None, 0.0, False
    try:
        while not stop.is_set():
            try:
                look, began, took = await asyncio.to_thread(_look, app, watching, hinted=hinted)
                if look.is_whole:
                    whole_at = time.monotonic() + min(max(_RESCAN, _SHARE * took), _LONGEST)
                if look.published:
                    await on_published()
                is_moving, has_failed = look.is_moving, False
                still_at = began + app.settings.seeds.quiet
                next_at = still_at if is_moving else await asyncio.to_thread(_find_next, app)
            except _PASSING as problem:
                _log.error("folder_not_read", why=str(problem))
                has_failed, next_at, whole_at = True, math.inf, time.monotonic() + _RESCAN
            await first_of(hints.event, stop, seconds=max(min(next_at, whole_at) - time.monotonic(), _SHORTEST))
            is_part = not has_failed and (hints.event.is_set() or is_moving) and time.monotonic() < whole_at
            paths = hints.take()
            hinted = paths if is_part else None
    finally:
        listening.cancel()


def _look(app: App, watching: Watch, *, hinted: frozenset[str] | None) -> tuple[Look, float, float]:
    """(a look, when it began by the steady clock, the seconds of processor that it took)."""
    used, moment, began = time.thread_time(), now(), time.monotonic()
    look = read_folder(app, now=moment, watch=watching, hinted=hinted, on_progress=_log_progress)
    return look, began, time.thread_time() - used


def _log_progress(done: int, total: int) -> None:
    if total > _LONG_READ:
        _log.info("reading", done=done, total=total)


async def _listen(app: App, stop: asyncio.Event, hints: Hints) -> None:
    async for paths in watch(app.home.seeds, stop):
        hints.add(paths)


def _find_next(app: App) -> float:
    """When a look is worth while, by the steady clock: a file is gone for good, an article comes out or is over.

    Infinity where nothing is to come.
    """
    present = now()
    with app.ledger.read() as tx:
        release, expiry = tx.articles.find_next_release(present), tx.articles.find_next_expiry(present)
        gone = tx.seeds.find_next_gone(after=present - GONE_FOR)
    moments = [release, expiry, gone + GONE_FOR if gone else None]
    waits = [(moment - present).total_seconds() for moment in moments if moment]
    return time.monotonic() + min(waits, default=math.inf)


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait for one of those events, no longer than that."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
