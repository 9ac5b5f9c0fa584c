"""What is made when the first reader asks for it: kept in memory, and good until something is published."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.public.served import Memory, Served, serve
from publisher.public.shelf import FRESH

Stamp = tuple[int, int]
_NONE: Stamp = (0, 0)
_SECOND = timedelta(seconds=1)  # HTTP tells no parts of it


class Made:
    """Documents by their public path, in the memory that files have too, each good while the stamp is the same.

    `stamp` is the file that is written anew whenever something is published; it is looked at every `fresh` seconds.
    """

    def __init__(self, stamp: Path, memory: Memory, *, fresh: float = FRESH) -> None:
        self._file, self._memory, self._fresh = stamp, memory, fresh
        self._stamp, self._until = _NONE, 0.0
        #: Held by who makes a document, so that a hundred readers at once have it made once.
        self.making = threading.Lock()

    def find(self, path: str) -> Served | None:
        """What was made for that path since the last publishing."""
        served = self.find_last(path)
        return served if served and served.stamp == self._look() else None

    def find_last(self, path: str) -> Served | None:
        """What was made for that path last, though it may be out of date."""
        return self._memory.find(f"made:{path}")

    def read_stamp(self) -> Stamp:
        """The state of what is published now: to be read before a document is made."""
        try:
            status = self._file.stat()
        except OSError:
            return _NONE
        return status.st_mtime_ns, status.st_ino

    def put(self, path: str, body: bytes, *, stamp: Stamp) -> Served:
        """Keep what was made from that state; other bytes are of a later second, the same ones stay of theirs."""
        moment = datetime.fromtimestamp(stamp[0] // 10**9, tz=UTC)
        if before := self.find_last(path):
            is_same = before.body == body
            moment = before.modified_at if is_same else max(moment, before.modified_at + _SECOND)
        served = serve(path, body, modified_at=moment, stamp=stamp)
        self._memory.keep(f"made:{path}", served)
        return served

    def _look(self) -> Stamp:
        moment = time.monotonic()
        if moment >= self._until:
            self._stamp, self._until = self.read_stamp(), moment + self._fresh
        return self._stamp
