"""A lock that is handed on in the order in which it was asked for."""

import threading
from collections import deque
from types import TracebackType
from typing import Self


class Turnstile:
    """`with turnstile:` for one thread at a time, the longest waiting first.

    SQLite's own lock is had by whoever happens to look when it is free: a thread that writes all the time would keep
    another one waiting for seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def __enter__(self) -> Self:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return self
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until whoever was before us hands it on
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
