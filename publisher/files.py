"""Atomic, durable writes, and paths that stay inside their folder."""

import fcntl
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

MANY = 32  # from this many files on, one sync of the disk is quicker than one for each
_LONGEST_HINT = 100  # letters or bytes of a file's name that stand in that of its staged twin
STAGED = ".tmp"


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` by `data` so that a reader, or a power cut, sees the old bytes or the new ones."""
    write_many({path: data}, mode=mode)


def create_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Write a file that must not be there yet, whole and durable; False, and nothing written, when it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(_stage(path, data, mode=mode, sync=True))
    try:
        path.hardlink_to(staged)
    except FileExistsError:
        return False
    finally:
        staged.unlink()
    _sync_folder(path.parent)
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock among the processes of this machine; it waits, and goes with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_many(contents: Mapping[Path, bytes], *, mode: int = 0o644) -> None:
    """Write each file beside its place, bring all to the disk, then rename each into its place."""
    staged: list[tuple[str, Path]] = []
    sync_each = len(contents) < MANY
    try:
        for path, data in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged.append((_stage(path, data, mode=mode, sync=sync_each), path))
        if not sync_each:
            os.sync()
        while staged:
            Path(staged[-1][0]).replace(staged[-1][1])
            staged.pop()
    finally:
        for name, _ in staged:
            Path(name).unlink(missing_ok=True)
    for folder in {path.parent for path in contents}:
        _sync_folder(folder)


def list_staged(paths: Iterable[Path]) -> list[Path]:
    """What a process that was killed in `write_many` left beside the places of those files."""
    names: dict[Path, set[str]] = {}
    for path in paths:
        names.setdefault(path.parent, set()).add(path.name[:_LONGEST_HINT])
    twins = ((twin, group) for folder, group in names.items() for twin in folder.glob(f".*{STAGED}"))
    return [twin for twin, group in twins if twin.name[1:].removesuffix(STAGED).rpartition(".")[0] in group]


def replace_file(path: Path, data: bytes) -> None:
    """Replace `path` by `data` so that a reader sees the old bytes or the new ones; `settle` makes it last.

    Its time is of a later second than before, for HTTP tells no parts of a second. One thread of a process at a time
    may write there.
    """
    folder, name = os.path.split(path)
    staged = f"{folder}/.{os.fsdecode(os.fsencode(name)[:_LONGEST_HINT])}.{os.getpid()}{STAGED}"
    try:
        _write(staged, data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(staged, data)
    _leave_second(Path(staged), path)
    Path(staged).replace(path)


def _leave_second(staged: Path, path: Path) -> None:
    try:
        before = int(path.stat().st_mtime)
    except FileNotFoundError:
        return
    if int(staged.stat().st_mtime) <= before:
        os.utime(staged, (before + 1, before + 1))


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)


def settle(paths: Collection[Path]) -> None:
    """Bring files that were replaced or removed, and the folders that name them, to the disk."""
    for path in paths:
        with suppress(FileNotFoundError), path.open("rb") as file:
            os.fsync(file.fileno())
    for folder in {path.parent for path in paths}:
        with suppress(FileNotFoundError):
            _sync_folder(folder)


def _stage(path: Path, data: bytes, *, mode: int, sync: bool) -> str:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_LONGEST_HINT]}.", suffix=STAGED)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if sync:
                os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
