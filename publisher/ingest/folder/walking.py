"""The folder of seeds: what lies in it, and the bytes of one file."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import PublisherError, SeedError
from publisher.ingest.folder.choosing import Choice, FolderRules, is_passed_over
from publisher.ingest.folder.opening import LEADS_OUT, check_kind, read_below, resolve_below

_MAX_DEPTH = 32
# C0 and C1 controls, marks that turn the reading direction, lone surrogates (bytes that are no UTF-8).
_BAD_LETTERS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\\\\]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file as one look saw it: `path` below the folder with slashes, `size` in bytes, `mtime_ns` since 1970."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a walk has learnt of the folder beside its files: where it went, by what choice, and whether links count."""

    choice: Choice
    folders: frozenset[str]
    has_links: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One look at the folder: `files` sorted by path, and what was `refused` (a file or a whole folder)."""

    files: tuple[SeedFile, ...]
    refused: tuple[SeedError, ...] = ()
    ground: Ground | None = field(default=None, compare=False, repr=False)


def walk(root: Path, rules: FolderRules) -> Walk:
    """Every seed below `root` by name, kind and size; no content is read.

    Hidden and temporary files are passed over without a word. A link that stays below `root` shows what lies there,
    unless that is a seed already; one that leads out is refused. Raises PublisherError where the folder is missing, or
    holds more than `rules.max_entries`.
    """
    try:
        place = os.path.realpath(root, strict=True)
        look = _Look(place, rules, choice=Choice(rules, top={path.name for path in Path(place).iterdir()}))
    except OSError as error:
        raise PublisherError(f"{root}: there is no such folder ({error.strerror})") from error
    look.visit("", "")
    look.follow_links()
    files = sorted(look.files, key=lambda file: file.path)
    kept = tuple(_without_twins(files, look.refused))
    refused = tuple(sorted(look.refused, key=lambda error: error.path))
    return Walk(files=kept, refused=refused, ground=look.ground)


def read_bytes(root: Path, file: SeedFile, max_size: int) -> bytes:
    """The bytes of one file, wherever below `root` a link may lead; no pipe is waited for. Raises SeedError."""
    return read_below(root, file.path, max_size)


class _Look:
    """A walk under way. Each thing has a path, by which it is shown, and a place, where it lies with no link in it."""

    def __init__(self, root: str, rules: FolderRules, *, choice: Choice) -> None:
        self.files: list[SeedFile] = []
        self.refused: list[SeedError] = []
        self._root, self._choice, self._rules = root, choice, rules
        self._visited: set[str] = set()
        self._links: list[tuple[str, str]] = []
        self._taken: set[str] | None = None  # the places of all seeds, once links are followed
        self._entries = 0
        self._has_links = False

    @property
    def ground(self) -> Ground:
        """What was learnt beside the files."""
        folders = frozenset(place.rstrip("/") for place in self._visited)
        return Ground(choice=self._choice, folders=folders, has_links=self._has_links)

    def visit(self, path: str, place: str) -> None:
        """Take the seeds of a folder and of those in it; both arguments end in a slash, or are empty at the top."""
        waiting = [(path, place)]
        while waiting:
            path, place = waiting.pop()
            if place in self._visited:
                continue
            self._visited.add(place)
            for entry in self._list(path, place):
                if is_passed_over(entry.name):
                    continue
                below = path + entry.name
                if entry.is_symlink():
                    self._links.append((below, place + entry.name))
                elif not entry.is_dir(follow_symlinks=False):
                    self._take(below, place + entry.name, entry)
                elif self._choice.enters(below, entry.name):
                    waiting.append((f"{below}/", f"{place}{entry.name}/"))

    def follow_links(self) -> None:
        """Take what links show and what is not a seed by itself; a link to a folder that was walked adds nothing."""
        if not self._links:
            return
        self._taken = {file.path for file in self.files}
        while self._links:
            links, self._links = sorted(self._links), []
            for path, place in links:
                try:
                    self._follow(path, place)
                except SeedError as error:
                    self.refused.append(error)

    def _follow(self, path: str, place: str) -> None:
        name = path.rpartition("/")[2]
        link = f"{self._root}/{place}"
        is_folder = os.path.isdir(link)  # noqa: PTH112 - a Path for each is slow
        if not (self._choice.enters(path, name) if is_folder else self._choice.takes(path, name)):
            return
        try:
            target = resolve_below(self._root, place)
        except OSError as error:
            raise SeedError(_printable(path), "this link leads nowhere: remove it") from error
        if target is None:
            raise SeedError(_printable(path), LEADS_OUT)
        self._has_links = True
        if is_folder:
            self.visit(f"{path}/", f"{target}/" if target else "")
        else:
            self._take(path, target)

    def _list(self, path: str, place: str) -> list[os.DirEntry[str]]:
        shown = _printable(path.rstrip("/"))
        if path.count("/") > _MAX_DEPTH:
            self.refused.append(SeedError(shown, f"folders lie more than {_MAX_DEPTH} deep"))
            return []
        if shown != path.rstrip("/"):
            self.refused.append(SeedError(shown, "control characters stand in the folder's name: rename it"))
            return []
        try:
            entries = list(os.scandir(f"{self._root}/{place}"))
        except OSError as error:
            self.refused.append(SeedError(shown, f"the folder can't be read: {error.strerror}"))
            return []
        self._entries += len(entries)
        if self._entries > self._rules.max_entries:
            raise PublisherError(
                f"{self._root}: more than {self._rules.max_entries:,} files and folders lie in it: "
                "set seeds.path to the folder of the articles"
            )
        return entries

    def _take(self, path: str, place: str, entry: os.DirEntry[str] | None = None) -> None:
        name = path.rpartition("/")[2]
        if not self._choice.takes(path, name) or (self._taken and place in self._taken):
            return
        try:
            found = entry.stat(follow_symlinks=False) if entry else os.lstat(f"{self._root}/{place}")
            self.files.append(judge(path, found, max_size=self._rules.max_size))
        except SeedError as error:
            self.refused.append(error)
        except FileNotFoundError:
            return
        except OSError as error:
            self.refused.append(SeedError(_printable(path), f"it can't be looked at: {error.strerror}"))
        else:
            if self._taken is not None:
                self._taken.add(place)


def judge(path: str, found: os.stat_result, *, max_size: int) -> SeedFile:
    """A file as it was found. Raises SeedError for a name, a kind or a size that is refused."""
    check_kind(_printable(path), found, max_size)
    name = path.rpartition("/")[2]
    if _BAD_LETTERS.search(name):
        raise SeedError(_printable(path), "control characters stand in its name: rename it")
    if name[0] == "-" or _RESERVED.fullmatch(name):
        raise SeedError(path, "other systems can't hold a file of that name: rename it")
    return SeedFile(path, found.st_size, found.st_mtime_ns)


def _printable(path: str) -> str:
    return _BAD_LETTERS.sub("\ufffd", path)


def _without_twins(files: list[SeedFile], refused: list[SeedError]) -> Iterator[SeedFile]:
    seen: dict[str, str] = {}
    for file in files:
        other = seen.setdefault(fold(file.path), file.path)
        if other is file.path:
            yield file
        else:
            refused.append(SeedError(file.path, f"its name differs from {other} by case or accents' bytes alone"))


def fold(path: str) -> str:
    """A path without what some systems can't tell apart: case, and the bytes of accents."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()
