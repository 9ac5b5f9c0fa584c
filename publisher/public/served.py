"""One file as readers get it, in whatever coding they take it."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from threading import Lock

import brotli

PAGE = ".html"
MEDIA_TYPES = {
    PAGE: "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".opml": "text/x-opml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
PICTURES = frozenset(ending for ending, media_type in MEDIA_TYPES.items() if media_type.startswith("image/"))
_BROTLI_QUALITY = 5  # level 11 costs 51 ms for a feed, this one 1
_TOO_SMALL = 256  # bytes; below that, compression only costs


@dataclass(frozen=True, eq=False)
class Served:
    """One file as readers get it; the compressed forms are made once, when the first reader asks for them."""

    body: bytes
    media_type: str
    modified_at: datetime
    stamp: tuple[int, int] = field(default=(0, 0), repr=False)  # of its file, if it has one

    @cached_property
    def digest(self) -> str:
        """What all ETags of these bytes begin with."""
        return hashlib.sha256(self.body).hexdigest()[:24]

    def etag(self, coding: str = "") -> str:
        """A strong ETag, another one for each content coding (RFC 9110 8.8.3)."""
        return f'"{self.digest}-{coding}"' if coding else f'"{self.digest}"'

    def encoded(self, coding: str) -> bytes:
        """The body in a content coding: br, gzip or none."""
        return {"br": lambda: self.brotli, "gzip": lambda: self.gzip}.get(coding, lambda: self.body)()

    @cached_property
    def gzip(self) -> bytes:
        """The body by gzip, with no time in it."""
        return gzip.compress(self.body, 6, mtime=0)

    @cached_property
    def brotli(self) -> bytes:
        """The body by brotli."""
        compressed: bytes = brotli.compress(self.body, quality=_BROTLI_QUALITY)
        return compressed

    @property
    def is_compressible(self) -> bool:
        """Whether a compressed form is worth its making."""
        return len(self.body) >= _TOO_SMALL and not self.media_type.startswith("image/")

    @property
    def size(self) -> int:
        """Bytes held in memory, the compressed forms that were made included."""
        made = (self.__dict__.get(name, b"") for name in ("gzip", "brotli"))
        return len(self.body) + sum(len(part) for part in made)


def serve(path: str, body: bytes, *, modified_at: datetime, stamp: tuple[int, int] = (0, 0)) -> Served:
    """Bytes that stand in no file, as what their public path says they are."""
    media_type = MEDIA_TYPES.get(PurePosixPath(path).suffix, MEDIA_TYPES[PAGE])
    return Served(body=body, media_type=media_type, modified_at=modified_at.replace(microsecond=0), stamp=stamp)


class Memory:
    """What was fetched last, up to so many bytes with the compressed forms that were made; for any thread."""

    def __init__(self, most: int) -> None:
        self._most, self._total, self._newest = most, 0, ""
        self._held: OrderedDict[str, Served] = OrderedDict()
        self._sizes: dict[str, int] = {}  # as counted last
        self._lock = Lock()

    def find(self, key: str) -> Served | None:
        """What is kept by that key."""
        with self._lock:
            held = self._held.get(key)
            if held:
                self._held.move_to_end(key)
            return held

    def keep(self, key: str, served: Served) -> None:
        """Keep it, and let go of what was fetched longest ago.

        Compressed forms are made after this, so they are counted at the next call.
        """
        with self._lock:
            if self._newest in self._held:
                self._count(self._newest, self._held[self._newest].size)
            self._held[key], self._newest = served, key
            self._held.move_to_end(key)
            self._count(key, served.size)
            while self._total > self._most and len(self._held) > 1:
                self._count(self._held.popitem(last=False)[0], 0)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()
            self._sizes.clear()
            self._total = 0

    def _count(self, key: str, size: int) -> None:
        self._total += size - self._sizes.pop(key, 0)
        if size:
            self._sizes[key] = size
