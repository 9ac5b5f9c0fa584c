"""A crew: processes that share a long piece of work. Each opens the home for itself, and goes with who called it."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import islice
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Final, TypeVar

from publisher.app import App, open_app
from publisher.errors import PublisherError
from publisher.settings import Settings

WORTH_IT: Final = 300  # files; a crew's own start takes as long as the work on so many
_MOST_HANDS: Final = 8

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Crew:
    """Does a task on items in order: `map` calls `task(app, item)` for each, in other processes where there are any."""

    def __init__(self, app: App, executor: ProcessPoolExecutor | None = None, *, hands: int = 1) -> None:
        self._app, self._executor, self._hands = app, executor, hands

    def map(self, task: Callable[[App, _Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
        """The results in the items' order; only a few of them wait in memory. Raises what a task raises."""
        if self._executor is None:
            return (task(self._app, item) for item in items)
        return self._map_ahead(self._executor, task, items)

    def _map_ahead(
        self, executor: ProcessPoolExecutor, task: Callable[[App, _Item], _Result], items: Iterable[_Item]
    ) -> Iterator[_Result]:
        stream = iter(items)
        begun: deque[Future[_Result]] = deque()
        try:
            while True:
                begun += (executor.submit(_act, task, item) for item in islice(stream, self._hands + 1 - len(begun)))
                if not begun:
                    return
                yield begun.popleft().result()
        except BrokenProcessPool as problem:
            raise PublisherError("a process that shared this work was killed: is there too little memory?") from problem


@contextmanager
def open_crew(app: App, *, size: int) -> Iterator[Crew]:
    """A crew for about `size` files, for as long as the block lasts; the caller alone where more hands help nobody."""
    hands = min(len(os.sched_getaffinity(0)), _MOST_HANDS)
    if hands == 1 or size < WORTH_IT:
        yield Crew(app)
        return
    executor = ProcessPoolExecutor(
        hands, mp_context=_context(), initializer=_enter, initargs=(app.home.root, app.settings)
    )
    try:
        yield Crew(app, executor, hands=hands)
    finally:
        executor.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    # A fork is a hand at once, with all that is loaded. Where it could inherit another thread's locks, a server forks
    # instead, which has no threads and loads everything once more.
    if threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["publisher.jobs.reading"])
    return context


_stack: Final = ExitStack()
_apps: Final[list[App]] = []


def _enter(root: Path, settings: Settings) -> None:
    """What each process of a crew begins with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the caller's to answer
    threading.Thread(target=_leave_with_caller, daemon=True).start()
    _apps.append(_stack.enter_context(open_app(root, settings=settings, is_upgrading=False)))


def _leave_with_caller() -> None:
    caller = multiprocessing.parent_process()
    assert caller is not None
    caller.join()
    os._exit(1)


def _act(task: Callable[[App, _Item], _Result], item: _Item) -> _Result:
    return task(_apps[0], item)
