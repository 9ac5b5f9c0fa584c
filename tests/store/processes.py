"""Runs one function in several threads or processes that start at the same moment."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Barrier as ThreadBarrier
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from publisher.store import Ledger
from publisher.store.migrate import upgrade

_Result = TypeVar("_Result")
_PATIENCE = 30  # seconds


def run_threads(act: Callable[[int], _Result], *, number: int) -> list[_Result]:
    """Call `act` with 0, 1 … in as many threads at once; gives what they gave."""
    barrier = ThreadBarrier(number)

    def start(index: int) -> _Result:
        barrier.wait(_PATIENCE)
        return act(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(start, range(number)))


def run_processes(act: Callable[..., None], *args: Any, number: int) -> list[int | None]:
    """Call `act` in as many processes at once; gives their exit codes."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(number)
    processes = [context.Process(target=_start, args=(barrier, act, args)) for _ in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_PATIENCE)
    return [process.exitcode for process in processes]


def _start(barrier: Barrier, act: Callable[..., None], args: tuple[Any, ...]) -> None:
    barrier.wait(_PATIENCE)
    act(*args)


def migrate(*urls: str) -> None:
    """Open databases and bring them up to date, as a start does."""
    for url in urls:
        with closing(Ledger(url, home=Path("/"))) as ledger:
            upgrade(ledger)


def migrate_and_die(url: str, tables: int) -> None:
    """Begin to bring a database up to date, and be killed when so many of its tables have been made."""
    made = count(1)

    def look(_: object, __: object, statement: str, *___: object) -> None:
        if statement.strip().startswith("CREATE TABLE") and next(made) > tables:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", look)
    migrate(url)


def count_up(url: str, times: int) -> None:
    """Add one to a fact, over and over, by reading it and writing it back."""
    with closing(Ledger(url, home=Path("/"))) as ledger:
        for _ in range(times):
            with ledger.write() as tx:
                tx.facts.put("count", str(int(tx.facts.find("count") or 0) + 1))
