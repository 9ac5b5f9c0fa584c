"""Hubs are told that a document has changed, as the ledger's rows say, until each of them has taken it (WebSub).

It is done beside everything else: one hub's silence holds up neither another hub nor publishing nor sending.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import urlencode, urlsplit

from publisher import clock
from publisher.app import App
from publisher.domain.push import Push, find_pause, name_host
from publisher.errors import PublisherError
from publisher.failpoint import wait
from publisher.jobs.telling import reach
from publisher.jobs.watching import first_of
from publisher.logs import get_logger

_EVERY: Final = wait(2.0)  # seconds between looks at the rows: another process may have published
_SECONDS: Final = wait(10.0)  # for an answer
_LEASE: Final = timedelta(seconds=wait(20.0))
_log = get_logger()

Now = Callable[[], datetime]


async def keep_pushing(app: App, stop: asyncio.Event, *, wake: asyncio.Event) -> None:
    """Tell each hub what is due until stopped, at once after `wake`, and never fail."""
    if not any(feed.hubs for feed in app.feeds):
        await stop.wait()
        return
    busy: dict[str, asyncio.Task[None]] = {}
    try:
        while not stop.is_set():
            wake.clear()
            for hub in await _find_due(app, now=clock.now):
                if hub not in busy or busy[hub].done():
                    busy[hub] = asyncio.create_task(_tell_hub(app, hub, now=clock.now, seconds=_SECONDS))
            await first_of(wake, stop, seconds=_EVERY)
    finally:
        for task in busy.values():
            task.cancel()
        await asyncio.gather(*busy.values(), return_exceptions=True)


async def push_due(app: App, *, now: Now = clock.now, seconds: float = _SECONDS) -> None:
    """Tell each hub what is due; one that has not answered within `seconds` is tried again later."""
    await asyncio.gather(*(_tell_hub(app, hub, now=now, seconds=seconds) for hub in await _find_due(app, now=now)))


async def _find_due(app: App, *, now: Now) -> list[str]:
    try:
        return await asyncio.to_thread(_list_due, app, now())
    except PublisherError as problem:
        _log.error("hubs_not_told", why=str(problem))
        return []


def _list_due(app: App, now: datetime) -> list[str]:
    with app.ledger.read() as tx:
        return tx.pushes.list_due_hubs(now=now)


async def _tell_hub(app: App, hub: str, *, now: Now, seconds: float) -> None:
    """Tell one hub of one document after another."""
    try:
        while push := await asyncio.to_thread(_claim, app, hub, now()):
            if not await _tell(app, push, now=now, seconds=seconds):
                return
    except PublisherError as problem:
        _log.error("hubs_not_told", why=str(problem))


def _claim(app: App, hub: str, now: datetime) -> Push | None:
    with app.ledger.write() as tx:
        return tx.pushes.claim(hub, now=now, until=now + _LEASE)


async def _tell(app: App, push: Push, *, now: Now, seconds: float) -> bool:
    """Tell a hub of a document, and note what came of it; False where the hub does not answer at all."""
    from publisher.jobs import hook  # what speaks HTTP takes long to load, and many homes have no hub

    form = {"hub.mode": "publish", "hub.url": push.topic, "hub.topic": push.topic}  # hubs differ in which they read
    find = partial(hook.find_places, is_private_allowed=app.settings.web.private_hubs)
    post = partial(hook.post, push.hub, content=urlencode(form).encode(), media_type=hook.FORM, find_places=find)
    try:
        answer = await reach(push.hub, partial(post, seconds=seconds), seconds=seconds)
    except PublisherError as problem:
        await asyncio.to_thread(_fail, app, push, str(problem), now(), is_silent=True)
        return False
    except asyncio.CancelledError:
        await asyncio.to_thread(_release, app, push)
        raise
    if answer.is_good:
        await asyncio.to_thread(_record, app, push, now())
    else:
        await asyncio.to_thread(_fail, app, push, f"{urlsplit(push.hub).hostname}: {answer}", now(), is_silent=False)
    return True


def _release(app: App, push: Push) -> None:
    with app.ledger.write() as tx:
        tx.pushes.release(push)


def _record(app: App, push: Push, now: datetime) -> None:
    with app.ledger.write() as tx:
        tx.pushes.record(push, now=now)
    _log.info("hub_told", hub=name_host(push.hub), topic=push.topic)


def _fail(app: App, push: Push, problem: str, now: datetime, *, is_silent: bool) -> None:
    """Note that a hub was told in vain; one that is silent would be it for all that is due."""
    with app.ledger.write() as tx:
        for one in (push, *(tx.pushes.list_due(push.hub, now=now) if is_silent else ())):
            pause = timedelta(seconds=wait(find_pause(one).total_seconds()))
            tx.pushes.fail(one, problem=problem, due_at=now + pause, now=now)
    _log.warning("hub_not_told", hub=name_host(push.hub), topic=push.topic, why=problem)
