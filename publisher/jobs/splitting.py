"""A file in review that holds several articles, taken apart into seeds of their own."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.app import App
from publisher.errors import NotFoundError, PublisherError, UsageError
from publisher.files import create_atomic
from publisher.ingest import SeedFile, read_bytes
from publisher.ingest.parts import Part, split_seed
from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitting:
    """The parts that a file would be taken apart into; `taken` are those of their paths where something lies."""

    path: str
    parts: tuple[Part, ...]
    taken: tuple[str, ...]


def foresee_split(app: App, path: str) -> Splitting:
    """What a file in review would be taken apart into. Raises UsageError where it holds one article only."""
    with app.ledger.read() as tx:
        record = tx.seeds.find(path)
    if record is None or not record.reason:
        raise NotFoundError(f"{path} does not wait for review (`publisher review list` says what does)")
    data = read_bytes(app.home.seeds, SeedFile(path, record.size, record.mtime_ns), app.settings.seeds.max_size)
    languages = tuple(dict.fromkeys((app.publication.language, *app.publication.languages)))
    parts = tuple(split_seed(path, data, languages=languages))
    if not parts:
        raise UsageError(f"{path}: it is not certain that several articles stand in it: split it by hand")
    taken = tuple(part.path for part in parts if (app.home.seeds / part.path).exists())
    return Splitting(path=path, parts=parts, taken=taken)


def split(app: App, found: Splitting, *, is_removed: bool, now: datetime) -> None:
    """Write the parts beside the file, none over another, and read the folder; the file itself goes if `is_removed`.

    Raises PublisherError where something lies in the place of a part; nothing is removed then.
    """
    if found.taken:
        raise _refuse(found, found.taken[0])
    for part in found.parts:
        if not create_atomic(_place(app, part.path), part.text.encode()):
            raise _refuse(found, part.path)
    if is_removed:
        _place(app, found.path).unlink()
    read_folder(app, now=now, watch=Watch())


def _refuse(found: Splitting, path: str) -> PublisherError:
    return PublisherError(f"{path} is there already: nothing is written over it, and {found.path} stays")


def _place(app: App, path: str) -> Path:
    place: Path = app.home.seeds / path
    if not place.parent.resolve().is_relative_to(app.home.seeds.resolve()):
        raise PublisherError(f"{path}: its folder lies outside the seeds")
    return place
