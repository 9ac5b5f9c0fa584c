"""A lock that is handed on in the order in which it was asked for."""

import threading
from collections import deque
from types import TracebackType
from typing import Self

_NOBODY, _HANDED_ON = 0, -1


class FairLock:
    """`with lock:` for one thread at a time, the longest waiting first.

    SQLite's own lock is had by whoever happens to look when it is free: a thread that writes all the time would keep
    another one waiting for seconds. A thread that is in there already can't come in again, and is told so.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._holder = _NOBODY

    def __enter__(self) -> Self:
        with self._guard:
            if self._holder == threading.get_ident():
                raise RuntimeError("a transaction inside another one would wait for itself")
            if self._holder == _NOBODY:
                self._holder = threading.get_ident()
                return self
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until whoever was before us hands it on
        self._holder = threading.get_ident()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._holder = _HANDED_ON if self._waiting else _NOBODY
            if self._waiting:
                self._waiting.popleft().release()
