"""Which files stand still: a half-written one is left alone until two looks have seen it alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.ingest.changes.compare import Known
from publisher.ingest.folder.walking import SeedFile


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A file as it was first seen in its present state, and when."""

    file: SeedFile
    at: datetime


def find_quiet(
    files: Iterable[SeedFile],
    earlier: Mapping[str, Glimpse],
    *,
    now: datetime,
    quiet: timedelta,
    known: Mapping[str, Known] | None = None,
) -> tuple[tuple[SeedFile, ...], dict[str, Glimpse]]:
    """The files that have not changed for `quiet`, and the glimpses of the others, for the next look.

    What stands as it is `known` (a file in review, which every look reads again) has been still all along.
    """
    still: list[SeedFile] = []
    moving: dict[str, Glimpse] = {}
    for file in files:
        glimpse = earlier.get(file.path)
        if glimpse is None or glimpse.file != file:
            glimpse = Glimpse(file, now)
        if now - glimpse.at >= quiet or _stands(file, known):
            still.append(file)
        else:
            moving[file.path] = glimpse
    return tuple(still), moving


def _stands(file: SeedFile, known: Mapping[str, Known] | None) -> bool:
    before = known.get(file.path) if known else None
    return before is not None and (before.size, before.mtime_ns) == (file.size, file.mtime_ns)
