"""What the ledger knows of a folder, beside what a look at it has found."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from publisher.domain.doubt import Verdict
from publisher.errors import SeedError
from publisher.ingest.folder.walking import SeedFile, Walk
from publisher.ingest.reading import Draft, Reading

_REOPENED = "reopened"  # no file has this digest; an article without any has never had a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file as the ledger has it: `digest` is the SHA-256 of its bytes in hex.

    `article_key` is None for a draft or what waits in review; `reason` says why it does; `gone_at` is when a look first
    missed it.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    article_key: int | None = None
    reason: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """An article as the ledger has it: `digest` is that of the seed as it was last read well, at `path`.

    The path is empty where another article has taken it: nothing but its own bytes, or its id, gives it one again.
    """

    key: int
    path: str
    digest: str
    text_digest: str
    title: str
    declared_id: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What the ledger knows of a folder, or as much as may concern the files of a look.

    `text_of` gives an article's words by its key, when they are wanted; `verdicts` are an editor's, each on the bytes
    of that digest at that path; `live` is how many articles stand in all, None where `articles` has them all; `refused`
    are the paths that no new article may have, with the reason.
    """

    known: Mapping[str, Known]
    articles: Sequence[KnownArticle]
    text_of: Callable[[int], str]
    refused: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, str], Verdict] = field(default_factory=dict)
    live: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A walk beside what is known: how many files are `unchanged`, which are `to_read`, which paths are `gone`."""

    unchanged: int
    to_read: tuple[SeedFile, ...]
    gone: tuple[str, ...]
    refused: tuple[SeedError, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A file and the digest of its bytes; or what kept it from being read."""

    file: SeedFile
    digest: str
    error: SeedError | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A file and what it says; `digest` is that of the very bytes that were read."""

    file: SeedFile
    digest: str
    reading: Reading | Draft | SeedError


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells whether a file is as it was: `is_open` where it is looked at again each time."""

    path: str
    size: int
    mtime_ns: int
    is_open: bool


def find_moved(marks: Iterable[Mark], look: Walk) -> tuple[Walk, set[str], int]:
    """(the walk with only those files that may have changed, their paths and those that have gone, how many are as
    they were)."""
    files = {file.path: file for file in look.files}
    gone: set[str] = set()
    unchanged = 0
    for mark in marks:
        file = files.get(mark.path)
        if file is None:
            gone.add(mark.path)
        elif not mark.is_open and (mark.size, mark.mtime_ns) == (file.size, file.mtime_ns):
            del files[mark.path]
            unchanged += 1
    moved = replace(look, files=tuple(files.values()))
    return moved, gone | files.keys(), unchanged


def reopen(state: FolderState, paths: Collection[str]) -> FolderState:
    """The state in which the seeds at those paths are to be read again, though their files have not changed."""
    if not paths:
        return state
    known = {path: replace(one, digest=_REOPENED) if path in paths else one for path, one in state.known.items()}
    articles = [replace(one, digest=_REOPENED) if one.path in paths else one for one in state.articles]
    return replace(state, known=known, articles=articles)


def compare(known: Mapping[str, Known], look: Walk) -> Comparison:
    """Which files must be read: those whose size or time is new, those in review, and those that came back.

    A path that was refused, or lies in a folder that was, is not gone.
    """
    to_read = tuple(file for file in look.files if not _is_same(known.get(file.path), file))
    there = {file.path for file in look.files}
    refused = {error.path for error in look.refused}
    gone = tuple(path for path in sorted(known) if path not in there and not _is_below(path, refused))
    return Comparison(unchanged=len(look.files) - len(to_read), to_read=to_read, gone=gone, refused=tuple(look.refused))


def _is_same(known: Known | None, file: SeedFile) -> bool:
    if known is None or known.reason or known.gone_at:
        return False
    return (known.size, known.mtime_ns) == (file.size, file.mtime_ns)


def _is_below(path: str, folders: set[str]) -> bool:
    if not folders:
        return False
    parts = path.split("/")
    return "" in folders or any("/".join(parts[:count]) in folders for count in range(1, len(parts) + 1))
