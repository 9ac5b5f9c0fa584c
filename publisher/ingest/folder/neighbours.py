"""Small files beside the seeds that seeds refer to, as authors.yml: read whole, from inside the folder alone."""

from pathlib import Path

from publisher.errors import SeedError
from publisher.ingest.folder.walking import SeedFile, read_bytes

MAX_SIZE = 64 * 1024


def read_neighbour(root: Path, path: str) -> bytes | None:
    """The bytes of the file at `path` below `root`; None where there is none, or it leads outside, or is too large."""
    place = root / path
    try:
        found = place.lstat()
        if not place.resolve().is_relative_to(root.resolve()):
            return None
        return read_bytes(root, SeedFile(path, found.st_size, found.st_mtime_ns), MAX_SIZE)
    except (OSError, SeedError):
        return None
