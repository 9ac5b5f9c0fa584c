"""The folder of seeds: what lies in it, the bytes of one file, and hints that something moved."""

import asyncio
import os
import re
import stat
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path

from watchfiles import Change, awatch

from publisher.errors import PublisherError, SeedError

SEED_ENDINGS = frozenset({".md", ".markdown", ".mdx", ".txt", ".html"})
_PASSED_FOLDERS = frozenset({"_drafts", "_includes", "_layouts", "node_modules"})
_TEMPORARY_ENDINGS = ("~", ".swp", ".swx", ".tmp", ".part", ".partial", ".crdownload", "#")
_MAX_DEPTH = 32
_READ_AT_ONCE = 1 << 20
# C0 and C1 controls, marks that turn the reading direction, lone surrogates (bytes that are no UTF-8).
_BAD_LETTERS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\\\\]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)
_STEP_MS, _DEBOUNCE_MS, _REST_MS = 5, 20, 500


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file as one look saw it: `path` below the folder with slashes, `size` in bytes, `mtime_ns` since 1970."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRules:
    """Which files are seeds: shell patterns on the path (or the bare name), and the greatest size in bytes."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One look at the folder: `files` sorted by path, and what was `refused` (a file or a whole folder)."""

    files: tuple[SeedFile, ...]
    refused: tuple[SeedError, ...] = ()


def walk(root: Path, rules: FolderRules) -> Walk:
    """Every seed below `root` by name, kind and size; no content is read and no link followed.

    Hidden and temporary files are passed over without a word. Raises PublisherError where the folder is missing.
    """
    if not root.is_dir():
        raise PublisherError(f"{root}: there is no such folder")
    look = _Look(rules)
    files = sorted(look.iter_files(os.fspath(root), ""), key=lambda file: file.path)
    kept = tuple(_without_twins(files, look.refused))
    return Walk(files=kept, refused=tuple(sorted(look.refused, key=lambda error: error.path)))


class _Look:
    def __init__(self, rules: FolderRules) -> None:
        self.refused: list[SeedError] = []
        self._is_wanted = _make_choice(rules)
        self._max_size = rules.max_size

    def iter_files(self, folder: str, prefix: str) -> Iterator[SeedFile]:
        if prefix.count("/") > _MAX_DEPTH:
            self.refused.append(SeedError(prefix.rstrip("/"), f"folders lie more than {_MAX_DEPTH} deep"))
            return
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            self.refused.append(SeedError(prefix.rstrip("/"), f"the folder can't be read: {error.strerror}"))
            return
        for entry in entries:
            if not _is_passed_over(entry.name):
                yield from self._iter_entry(entry, prefix + entry.name)

    def _iter_entry(self, entry: os.DirEntry[str], path: str) -> Iterator[SeedFile]:
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _PASSED_FOLDERS:
                    yield from self.iter_files(entry.path, path + "/")
            elif self._is_wanted(path, entry.name) or _is_linked_folder(entry):
                yield _look_at(entry, path, self._max_size)
        except SeedError as error:
            self.refused.append(error)
        except FileNotFoundError:
            return


def is_seed_name(name: str) -> bool:
    """Whether a file of that name can be a seed."""
    dot = name.rfind(".")
    if dot < 1 or name[dot:].lower() not in SEED_ENDINGS:
        return False
    return name != "_index.md" and not name.upper().startswith("README")


def _is_passed_over(name: str) -> bool:
    return name[0] in ".~" or name.endswith(_TEMPORARY_ENDINGS)


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and entry.is_dir()


def _look_at(entry: os.DirEntry[str], path: str, max_size: int) -> SeedFile:
    found = entry.stat(follow_symlinks=False)
    _check(path, found, max_size)
    if _BAD_LETTERS.search(entry.name):
        raise SeedError(_printable(path), "control characters stand in its name: rename it")
    if entry.name[0] == "-" or _RESERVED.fullmatch(entry.name):
        raise SeedError(path, "other systems can't hold a file of that name: rename it")
    return SeedFile(path, found.st_size, found.st_mtime_ns)


def _check(path: str, found: os.stat_result, max_size: int) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise SeedError(path, "this is a link: put the file itself into the folder")
    if not stat.S_ISREG(found.st_mode):
        raise SeedError(path, "this is no regular file")
    if found.st_nlink > 1:
        raise SeedError(path, "the file has a second name elsewhere (a hard link): put a copy into the folder")
    if found.st_size > max_size:
        raise SeedError(path, f"too large: {found.st_size:,} bytes, {max_size:,} are allowed")


def _printable(path: str) -> str:
    return _BAD_LETTERS.sub("\ufffd", path)


def _make_choice(rules: FolderRules) -> Callable[[str, str], bool]:
    if not (rules.include or rules.exclude):
        return lambda path, name: is_seed_name(name)
    include, exclude = _any_of(rules.include or ("*",)), _any_of(rules.exclude)

    def is_wanted(path: str, name: str) -> bool:
        if not is_seed_name(name) or not (include.match(path) or include.match(name)):
            return False
        return not (exclude.match(path) or exclude.match(name))

    return is_wanted


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns) or r"(?!)")


def _without_twins(files: list[SeedFile], refused: list[SeedError]) -> Iterator[SeedFile]:
    seen: dict[str, str] = {}
    for file in files:
        folded = unicodedata.normalize("NFC", file.path).casefold() if not file.path.isascii() else file.path.lower()
        other = seen.setdefault(folded, file.path)
        if other is file.path:
            yield file
        else:
            refused.append(SeedError(file.path, f"its name differs from {other} by case or accents' bytes alone"))


def read_bytes(root: Path, file: SeedFile, max_size: int) -> bytes:
    """The bytes of one file, opened so that no link is followed and no pipe waited for. Raises SeedError."""
    try:
        descriptor = os.open(root / file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise SeedError(file.path, "it went away while it was read") from error
    except OSError as error:
        raise SeedError(file.path, f"it can't be opened: {error.strerror}") from error
    try:
        _check(file.path, os.fstat(descriptor), max_size)
        return _read_all(descriptor, file.path, max_size)
    except OSError as error:
        raise SeedError(file.path, f"it can't be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, path: str, max_size: int) -> bytes:
    parts: list[bytes] = []
    left = max_size + 1
    while left > 0 and (part := os.read(descriptor, min(left, _READ_AT_ONCE))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise SeedError(path, f"too large: more than {max_size:,} bytes")
    return b"".join(parts)


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """A hint whenever something below `root` may have changed, and once more when it has come to rest.

    Only hints: the watcher misses files made at once in a new folder, so a walk decides. Outlives a folder that is
    missing or made again; ends when `stop` is set.
    """
    while not stop.is_set():
        seen = _identity(root)
        if seen is not None:
            with suppress(OSError):
                async for _ in _hints(root, seen, stop):
                    yield None
        if stop.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _REST_MS / 1000)
        if _identity(root) is not None:
            yield None


async def _hints(root: Path, seen: tuple[int, int], stop: asyncio.Event) -> AsyncIterator[None]:
    changes = awatch(
        root,
        watch_filter=_may_matter,
        step=_STEP_MS,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_REST_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    moved = True  # what came between the last walk and the first watch is looked at too
    async with aclosing(changes):
        async for batch in changes:
            if _identity(root) != seen:
                return
            if batch or moved:
                yield None
            moved = bool(batch)


def _may_matter(change: Change, path: str) -> bool:
    return not _is_passed_over(os.path.basename(path) or ".")  # noqa: PTH119 - a Path for each event is slow


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
