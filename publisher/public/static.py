"""A folder for any static host: files laid out as their addresses, with compressed copies, and a list of what is ours.

The list (`.publisher.json`) says which files may be replaced and removed: nobody else's ever are. A journal beside it
has the names of files that were about to be written, so that a run that was cut short owns them too.
"""

import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath

import brotli

from publisher.errors import UsageError
from publisher.files import list_staged, write_atomic, write_many
from publisher.public.served import PICTURES
from publisher.public.shelf import Shelf

MANIFEST = ".publisher.json"
_JOURNAL = ".publisher.new"
_FOLDER_MODE = 0o755  # whoever serves it may be another user


def _shrink_by_gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _shrink_by_brotli(data: bytes) -> bytes:
    shrunk: bytes = brotli.compress(data, quality=11)
    return shrunk


_COPIES: dict[str, Callable[[bytes], bytes]] = {".gz": _shrink_by_gzip, ".br": _shrink_by_brotli}


class StaticFolder:
    """What a static host serves, while it is brought up to date: `put` what there is, then `finish`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []
        self.unchanged = 0
        self._layout = Shelf(folder)
        begun = set(_read_journal(folder / _JOURNAL))
        self._noted = begun.union(_read_names(folder / MANIFEST))
        for staged in list_staged([folder / MANIFEST, *(folder / name for name in begun)]):
            staged.unlink(missing_ok=True)
        self._kept: set[str] = set()

    def find_stranger(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> Path | None:
        """A file of somebody else's where one of ours would go; one with the very bytes may become ours."""
        for path in paths:
            file = self._layout.place(path)
            if self._name(file) not in self._noted and file.exists() and _read(file) != read(path):
                return file
        return None

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Write what differs, by public path, with its compressed copies. Raises UsageError for another's file."""
        files = {self._layout.place(path): data for path, data in contents.items()}
        self._kept.update(self._name(one) for file in files for one in _list_files(file))
        changed = {file: data for file, data in files.items() if not self._has(file, data)}
        self.unchanged += len(files) - len(changed)
        if not changed:
            return
        if stranger := self.find_stranger(contents, lambda path: contents[path]):
            raise UsageError(explain_stranger(stranger))
        self._prepare(changed)
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # both let go of the interpreter while they compress
            copies = dict(pool.map(_shrink, _iter_copies(changed)))
        # The copies first: where a file is as it should be, so are they.
        write_many({file: data for file, data in copies.items() if _read(file) != data})
        write_many(changed)
        self.written += map(self._name, changed)

    def finish(self) -> list[str]:
        """Remove what was ours and was not put this time; gives those names, without the compressed copies."""
        gone = sorted(self._noted - self._kept)
        for name in gone:
            file = self.folder / name
            file.unlink(missing_ok=True)
            self._remove_empty(file.parent)
        os.sync()  # before the list, which says that all of it is there
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.written or gone or not (self.folder / MANIFEST).exists():
            text = json.dumps({"files": sorted(self._kept)}, ensure_ascii=False, indent=0)
            write_atomic(self.folder / MANIFEST, text.encode())
        (self.folder / _JOURNAL).unlink(missing_ok=True)
        return [name for name in gone if not name.endswith(tuple(_COPIES))]

    def _name(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()

    def _has(self, file: Path, data: bytes) -> bool:
        return _read(file) == data and all(one.exists() and self._name(one) in self._noted for one in _list_files(file))

    def _prepare(self, changed: Iterable[Path]) -> None:
        """Make the folders, and own the files before they are there."""
        for folder in {file.parent for file in changed}:
            _make_folder(folder)
        names = [self._name(one) for file in changed for one in _list_files(file)]
        with (self.folder / _JOURNAL).open("a", encoding="utf-8") as journal:
            journal.writelines(f"{json.dumps(name)}\n" for name in names)
            journal.flush()
            os.fsync(journal.fileno())
        self._noted.update(names)

    def _remove_empty(self, folder: Path) -> None:
        with suppress(OSError):  # something is left in it, or it has gone
            while folder != self.folder:
                folder.rmdir()
                folder = folder.parent


def explain_stranger(file: Path) -> str:
    """The line about a file in the way."""
    return f"{file}: publisher did not write this file, and would replace it: move it away, or give another folder"


def _list_files(file: Path) -> list[Path]:
    """A file and its compressed copies."""
    endings = ("", *_COPIES) if file.suffix not in PICTURES else ("",)
    return [file.with_name(file.name + ending) for ending in endings]


def _iter_copies(changed: Mapping[Path, bytes]) -> Iterator[tuple[Path, str, bytes]]:
    for file, data in changed.items():
        for copy in _list_files(file)[1:]:
            yield copy, copy.suffix, data


def _shrink(copy: tuple[Path, str, bytes]) -> tuple[Path, bytes]:
    file, ending, data = copy
    return file, _COPIES[ending](data)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(_FOLDER_MODE)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _read_names(manifest: Path) -> Iterator[str]:
    """The names in the list; none that leads out of the folder."""
    data = _read(manifest)
    try:
        names = json.loads(data)["files"] if data is not None else []
        yield from (name for name in names if _is_inside(name))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageError(f"{manifest}: this is no list of publisher's: remove it, or give another folder") from problem


def _read_journal(journal: Path) -> Iterator[str]:
    for line in (_read(journal) or b"").splitlines():
        with suppress(ValueError):  # the last one may be cut short
            name = json.loads(line)
            if isinstance(name, str) and _is_inside(name):
                yield name


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts)
