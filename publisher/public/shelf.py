"""The shelf: one folder of finished files, written atomically and only when their bytes change, served from memory."""

import os
import threading
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from publisher.files import MANY, STAGED, replace_file, settle, write_many
from publisher.public.served import MEDIA_TYPES, PAGE, Memory, Served

MEMORY = 64 << 20  # bytes kept of what was fetched last
FRESH = 0.1  # seconds: readers ask once a minute, and a look at the file is a tenth of the work of a 304
_SPELLINGS = 10_000
_NOWHERE = ""
_FRONT = "index"  # the file of "/", so that any web server can serve the folder
_FILES = MEDIA_TYPES.keys() - {PAGE}


class Shelf:
    """The files that readers fetch, by their public path (`/feeds/main.rss`; a page's path has no ending).

    Paths are as in addresses, percent-encoded; `memory` is how many bytes of what was fetched last are kept.
    What this shelf writes is served at once; what another process writes, after `fresh` seconds at most.
    """

    def __init__(self, root: Path, *, memory: int = MEMORY, fresh: float = FRESH) -> None:
        self.root, self._folder = root, str(root)
        self.memory, self._fresh = Memory(memory), fresh
        self._seen: dict[str, tuple[str, float]] = {}  # by its spelling: the file, if any; until when it needs no look
        self._writes = 0
        self._lock = threading.Lock()

    def put(self, contents: Mapping[str, bytes]) -> list[str]:
        """Write what is new or different, each whole to every reader; gives the paths that changed, in order."""
        files = {self.place(path): (path, data) for path, data in contents.items()}
        changed = {file: both for file, both in files.items() if not _has(file, both[1])}
        for file, (_, data) in changed.items():
            replace_file(file, data)
        if changed:
            self._forget()
        return sorted(path for path, _ in changed.values())

    def keep(self, contents: Mapping[str, bytes]) -> list[str]:
        """Write what is never compared again, since its address holds its content: on the disk before it is seen."""
        write_many({self.place(path): data for path, data in contents.items()})
        if contents:
            self._forget()
        return sorted(contents)

    def settle(self, paths: Sequence[str]) -> None:
        """Bring what was put or removed at those paths, here or by a crew, to the disk and to readers.

        From then on a power cut leaves it as it is.
        """
        self._forget()
        if len(paths) < MANY:
            settle({self.place(path) for path in paths})
        else:
            os.sync()

    def remove(self, path: str) -> bool:
        """Take a file away; False when there was none."""
        try:
            self.place(path).unlink()
        except FileNotFoundError:
            return False
        self._forget()
        return True

    def keep_only(self, paths: Container[str]) -> list[str]:
        """Remove every file that is none of `paths`, and what a killed process left half-written; gives the paths."""
        gone: list[str] = []
        left: list[Path] = []
        for folder, _, names in os.walk(self.root):
            left += (Path(folder, name) for name in names if name.startswith(".") and name.endswith(STAGED))
            gone += (path for path in self._iter_paths(folder, names) if path not in paths)
        for path in gone:
            self.remove(path)
        for staged in left:
            staged.unlink(missing_ok=True)
        return gone

    def has(self, path: str) -> bool:
        """Whether there is a file for that path."""
        return self.place(path).is_file()

    def list_paths(self) -> list[str]:
        """The public path of every file, in order."""
        return sorted(path for folder, _, names in os.walk(self.root) for path in self._iter_paths(folder, names))

    def find(self, path: str) -> Served | None:
        """What a reader gets at a path, from memory while the file is the same; None where there is nothing."""
        seen = self._seen.get(path)
        if seen and time.monotonic() < seen[1]:
            if not seen[0]:
                return None
            if held := self.memory.find(seen[0]):
                return held
        return self._look(path)

    def _look(self, path: str) -> Served | None:
        """The same, with a look at the file."""
        writes = self._writes
        try:
            file = self.place(path)
            status = file.stat()
        except (OSError, ValueError):
            self._note_seen(path, _NOWHERE, writes=writes)  # what is made when asked for has no file either
            return None
        place = str(file)  # a path has many spellings, a file has one
        served = self.memory.find(place)
        stamp = (status.st_mtime_ns, status.st_ino)
        if served is None or served.stamp != stamp:
            served = _read(file, stamp, modified=status.st_mtime)
            if served is None:
                return None
        self.memory.keep(place, served)
        self._note_seen(path, place, writes=writes)
        return served

    def _note_seen(self, path: str, place: str, *, writes: int) -> None:
        with self._lock:
            if writes != self._writes:
                return  # it may have been written since that look
            if len(self._seen) >= _SPELLINGS:
                self._seen = {}
            self._seen[path] = (place, time.monotonic() + self._fresh)

    def _forget(self) -> None:
        """Have every file looked at again before it is served: this process has just changed some."""
        with self._lock:
            self._writes += 1
            self._seen = {}

    def place(self, path: str) -> Path:
        """The file of a public path, there or not. Raises ValueError for one that leads elsewhere."""
        path = unquote(path) if "%" in path else path
        parts = [part for part in path.split("/") if part]
        if "\0" in path or any(part[0] == "." for part in parts):
            raise ValueError(f"no public path: {path!r}")
        name = parts[-1] if parts else _FRONT
        is_file = "." in name and Path(name).suffix in _FILES
        return Path("/".join([self._folder, *parts[:-1], name if is_file else name + PAGE]))

    def _iter_paths(self, folder: str, names: Iterable[str]) -> Iterator[str]:
        """The public paths of the files in a folder."""
        prefix = quote(folder.removeprefix(self._folder))
        for name in names:
            if not name.startswith("."):
                path = f"{prefix}/{quote(name).removesuffix(PAGE)}"
                yield "/" if path == f"/{_FRONT}" else path


def _has(file: Path, data: bytes) -> bool:
    try:
        return file.stat().st_size == len(data) and file.read_bytes() == data
    except OSError:
        return False


def _read(file: Path, stamp: tuple[int, int], *, modified: float) -> Served | None:
    try:
        body = file.read_bytes()
    except OSError:
        return None
    moment = datetime.fromtimestamp(int(modified), tz=UTC)
    return Served(body=body, media_type=MEDIA_TYPES[file.suffix], modified_at=moment, stamp=stamp)
