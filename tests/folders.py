"""Folders for tests: seeds with a time of their own, pictures, and what readers find of them in public."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import feedparser

from publisher.app import App
from publisher.domain.article import Article
from publisher.jobs.reading import read_folder
from tests.homes import HomeFolder, look

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BRIDGE = "# The bridge opens\n\nAfter two years of work the bridge opens on Monday at noon.\n"
TRAM = "# The tram is late\n\nNobody at the stop knows when the next one will come.\n"

_clock = count(1)


def put_seed(home: HomeFolder, name: str, text: str | bytes, *, at: datetime) -> Path:
    """Write a file that stands still; by its time, which is never the same twice, it came a little after `at`."""
    path = home.path / "seeds" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    moment = at.timestamp() + next(_clock)
    os.utime(path, (moment, moment))
    return path


def make_picture(shade: int = 0) -> bytes:
    """A PNG of one grey pixel."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes((0, shade))))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in [*parts, (b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def public_files(home: HomeFolder) -> dict[str, bytes]:
    """All that readers can fetch, by its place."""
    root = home.path / "var" / "public"
    files = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with its ledger, and a clock that the test moves on by hand."""

    home: HomeFolder
    app: App

    def read(self, after: timedelta = timedelta(0), **options: Any) -> dict[str, Any]:
        """A look by hand, so long after NOW; gives its report without what is empty."""
        report = read_folder(self.app, now=NOW + after, **options).report
        return {name: value for name, value in report.items() if value}

    def put(self, name: str, text: str | bytes) -> None:
        """Write a file, whole."""
        put_seed(self.home, name, text, at=NOW)

    def move(self, old: str, new: str) -> None:
        """Rename a file."""
        target = self.home.path / "seeds" / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.home.path / "seeds" / old).rename(target)

    def remove(self, name: str) -> None:
        """Take a file out of the folder."""
        (self.home.path / "seeds" / name).unlink()

    def get(self, path: str) -> Article:
        """The article of that path."""
        with self.app.ledger.read() as tx:
            (found,) = tx.articles.list_named(path)
        return found

    def list_titles(self) -> list[str]:
        """What the feed shows, newest first."""
        served = self.app.shelf.find("/feeds/main.atom")
        assert served
        return [entry.title for entry in feedparser.parse(served.body).entries]

    def is_public(self, words: str) -> bool:
        """Whether a reader can find those words anywhere."""
        return any(words.encode() in data for data in public_files(self.home).values())


def open_desk(home: HomeFolder) -> Iterator[Desk]:
    """A desk with one article in the section town."""
    with home.opened() as app:
        desk = Desk(home, app)
        desk.put("town/bridge.md", BRIDGE)
        look(app, NOW)
        yield desk
