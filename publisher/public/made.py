"""What is made when the first reader asks for it: kept in memory, and good until something is published."""

import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

from publisher.public.shelf import FRESH, Served, find_media_type

MEMORY = 32 << 20  # bytes

Stamp = tuple[int, int]
_NONE: Stamp = (0, 0)


class Made:
    """Documents by their public path, each with the state of what is published that it was made from.

    `stamp` is the file that is written anew whenever something is published; it is looked at every `fresh` seconds.
    """

    def __init__(self, stamp: Path, *, memory: int = MEMORY, fresh: float = FRESH) -> None:
        self._file, self._memory, self._fresh = stamp, memory, fresh
        self._held: OrderedDict[str, Served] = OrderedDict()
        self._stamp, self._until = _NONE, 0.0
        self._lock = threading.Lock()
        #: Held by who makes a document, so that a hundred readers at once have it made once.
        self.making = threading.Lock()

    def find(self, path: str) -> Served | None:
        """What was made for that path since the last publishing."""
        served = self._held.get(path)
        if served is None or served.stamp != self._look():
            return None
        with self._lock:
            if path in self._held:
                self._held.move_to_end(path)
        return served

    def find_last(self, path: str) -> Served | None:
        """What was made for that path last, though it may be out of date."""
        return self._held.get(path)

    def read_stamp(self) -> Stamp:
        """The state of what is published now: to be read before a document is made."""
        try:
            status = self._file.stat()
        except OSError:
            return _NONE
        return status.st_mtime_ns, status.st_ino

    def put(self, path: str, body: bytes, *, stamp: Stamp) -> Served:
        """Keep what was made from that state; the moment of its last change stays where its bytes do."""
        before = self._held.get(path)
        is_same = before is not None and before.body == body
        moment = before.modified_at if before and is_same else datetime.fromtimestamp(stamp[0] // 10**9, tz=UTC)
        served = Served(body=body, media_type=find_media_type(path), modified_at=moment, stamp=stamp)
        with self._lock:
            self._held[path] = served
            self._held.move_to_end(path)
            total = sum(one.size for one in self._held.values())
            while total > self._memory and len(self._held) > 1:
                total -= self._held.popitem(last=False)[1].size
        return served

    def _look(self) -> Stamp:
        moment = time.monotonic()
        if moment >= self._until:
            self._stamp, self._until = self.read_stamp(), moment + self._fresh
        return self._stamp
