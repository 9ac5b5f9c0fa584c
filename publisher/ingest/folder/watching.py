"""Hints that something below the folder has moved."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import Change, awatch

from publisher.ingest.folder.choosing import is_passed_over

_STEP_MS, _DEBOUNCE_MS, _REST_MS = 10, 20, 500  # a step of 5 costs twice the processor while nothing happens
_ANYWHERE: frozenset[str] = frozenset()


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[frozenset[str]]:
    """The paths below `root` where something may have changed; empty where it may be anywhere.

    Only hints: the watcher misses files made at once in a new folder, so after one has moved, and at the begin, comes
    an empty one too when all has come to rest. Outlives a folder that is missing or made again; ends when `stop` is
    set.
    """
    while not stop.is_set():
        seen = _identity(root)
        if seen is not None:
            with suppress(OSError):
                async for paths in _hints(root, seen, stop):
                    yield paths
        if stop.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _REST_MS / 1000)
        if _identity(root) is not None:
            yield _ANYWHERE


async def _hints(root: Path, seen: tuple[int, int], stop: asyncio.Event) -> AsyncIterator[frozenset[str]]:
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
    is_doubtful = True  # what came between the last walk and the first watch is looked at too
    async with aclosing(changes):
        async for batch in changes:
            if _identity(root) != seen:
                return
            paths = _below(root, batch)
            if batch:
                is_doubtful = is_doubtful or not paths
                yield paths
            elif is_doubtful:
                is_doubtful = False
                yield _ANYWHERE


def _below(root: Path, batch: Iterable[tuple[Change, str]]) -> frozenset[str]:
    """The paths of files; none where a folder is among them, or something outside."""
    prefix = f"{root}/"
    paths = {path for _, path in batch}
    if any(not path.startswith(prefix) or os.path.isdir(path) for path in paths):  # noqa: PTH112 - a Path for each is slow
        return _ANYWHERE
    return frozenset(path.removeprefix(prefix) for path in paths)


def _may_matter(change: Change, path: str) -> bool:
    return not is_passed_over(os.path.basename(path) or ".")  # noqa: PTH119 - a Path for each event is slow


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
