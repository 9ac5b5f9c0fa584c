"""Hints that something below the folder has moved."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import Change, awatch

from publisher.ingest.choosing import is_passed_over

_STEP_MS, _DEBOUNCE_MS, _REST_MS = 5, 20, 500


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """A hint whenever something below `root` may have changed, and once more when it has come to rest.

    Only hints: the watcher misses files made at once in a new folder, so a walk decides. Outlives a folder that is
    missing or made again; ends when `stop` is set.
    """
    while not stop.is_set():
        seen = _identity(root)
        if seen is not None:
            with suppress(OSError):
                async for _ in _hints(root, seen, stop):
                    yield None
        if stop.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _REST_MS / 1000)
        if _identity(root) is not None:
            yield None


async def _hints(root: Path, seen: tuple[int, int], stop: asyncio.Event) -> AsyncIterator[None]:
    changes = awatch(
        root,
        watch_filter=_may_matter,
        step=_STEP_MS,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_REST_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    moved = True  # what came between the last walk and the first watch is looked at too
    async with aclosing(changes):
        async for batch in changes:
            if _identity(root) != seen:
                return
            if batch or moved:
                yield None
            moved = bool(batch)


def _may_matter(change: Change, path: str) -> bool:
    return not is_passed_over(os.path.basename(path) or ".")  # noqa: PTH119 - a Path for each event is slow


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
