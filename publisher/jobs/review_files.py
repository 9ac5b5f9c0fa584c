"""The files of var/review: for each seed that waits, a text with the reason, at the seed's own path."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from publisher.app import App
from publisher.files import write_atomic

_LONGEST_REVIEW, _CUT_REVIEW = 250, 100  # bytes of a seed's path; a name has 255 at most


def write_reviews(app: App) -> None:
    """Keep var/review as the ledger has it: a text file for each seed that waits, with the reason."""
    folder = app.home.var / "review"
    with app.ledger.read() as tx:
        waiting = {_name_review(record.path): record for record in tx.seeds.list_waiting()}
    for name, record in waiting.items():
        place = f"{record.path}:{record.line}" if record.line else record.path
        text = f"{place}: {record.reason}\n".encode("utf-8", "replace")
        if not _is_written(folder / name, text):
            write_atomic(folder / name, text)
    for path in list(_iter_files(folder)):
        if path.relative_to(folder).as_posix() not in waiting:
            path.unlink()


def _name_review(path: str) -> str:
    """Where a seed's reason is written: at its own path, unless that leaves no room for an ending."""
    written = os.fsencode(path)
    if len(written) < _LONGEST_REVIEW:
        return f"{path}.txt"
    return f"{os.fsdecode(written[:_CUT_REVIEW]).replace('/', '_')}-{hashlib.sha256(written).hexdigest()[:16]}.txt"


def _is_written(path: Path, text: bytes) -> bool:
    try:
        return path.read_bytes() == text
    except OSError:
        return False


def _iter_files(folder: Path) -> Iterator[Path]:
    return (Path(where, name) for where, _, names in os.walk(folder) for name in names)
