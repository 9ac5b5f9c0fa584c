"""Opens one file below a folder, and never one that lies elsewhere, whatever is exchanged meanwhile."""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from publisher.errors import SeedError

_READ_AT_ONCE = 1 << 20
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LINK_IN_THE_WAY = frozenset({errno.ELOOP, errno.ENOTDIR})
LEADS_OUT = "this link leads out of the folder: put the file itself into it"


def read_below(root: Path, path: str, max_size: int) -> bytes:
    """The bytes of the file at `path` below `root`. Raises SeedError.

    Each folder on the way is opened by itself and no link followed, so that one that is put in its place between two
    steps leads nowhere. Links that stay below `root` are resolved first, and then opened in the same way.
    """
    try:
        descriptor = _open_below(root, path)
    except FileNotFoundError as error:
        raise SeedError(path, "it went away while it was read") from error
    except OSError as error:
        raise SeedError(path, f"it can't be opened: {error.strerror}") from error
    try:
        check_kind(path, os.fstat(descriptor), max_size)
        return _read_all(descriptor, path, max_size)
    except OSError as error:
        raise SeedError(path, f"it can't be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def check_kind(path: str, found: os.stat_result, max_size: int) -> None:
    """Raise SeedError unless it is a regular file of one name and no more than `max_size` bytes."""
    if not stat.S_ISREG(found.st_mode):
        raise SeedError(path, "this is no regular file: remove it")
    if found.st_nlink > 1:
        raise SeedError(path, "the file has a second name elsewhere (a hard link): put a copy into the folder")
    if found.st_size > max_size:
        raise SeedError(path, f"too large: {found.st_size:,} bytes, {max_size:,} are allowed")


def resolve_below(root: str, path: str) -> str | None:
    """Where `path` below `root` leads, below it too and with no link left in it; None where that is outside.

    `root` has no link in it itself. Raises OSError for a link that leads nowhere or round in circles.
    """
    target = os.path.realpath(f"{root}/{path}", strict=True)
    if target == root:
        return ""
    return target.removeprefix(f"{root}/") if target.startswith(f"{root}/") else None


def _open_below(root: Path, path: str) -> int:
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts):
        raise SeedError(path, "this is no path below the folder")
    try:
        return _open_parts(root, parts)
    except OSError as error:
        if error.errno not in _LINK_IN_THE_WAY:
            raise
    resolved = resolve_below(os.path.realpath(root), path)
    if not resolved:
        raise SeedError(path, LEADS_OUT)
    return _open_parts(root, resolved.split("/"))


def _open_parts(root: Path, parts: Sequence[str]) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _PLAIN | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], _PLAIN, dir_fd=folder)
    finally:
        os.close(folder)


def _read_all(descriptor: int, path: str, max_size: int) -> bytes:
    parts: list[bytes] = []
    left = max_size + 1
    while left > 0 and (part := os.read(descriptor, min(left, _READ_AT_ONCE))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise SeedError(path, f"too large: more than {max_size:,} bytes")
    return b"".join(parts)
