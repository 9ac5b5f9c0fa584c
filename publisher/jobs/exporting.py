"""Writes the whole paper for a static host: pictures and styles, then pages, then feeds, and removes the rest last."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from publisher.app import App, Home
from publisher.domain import address
from publisher.domain.feed_path import parse_feed_path
from publisher.errors import PublisherError, UsageError
from publisher.files import locked
from publisher.jobs.publishing import PUBLISH_LOCK, Progress
from publisher.public.static import StaticFolder, explain_stranger

_AT_ONCE = 64  # files brought to the disk together
_FIRST = ("/images/", address.STYLESHEET, address.FEED_STYLESHEET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was done in the folder: names of files, without their compressed copies."""

    written: list[str]
    removed: list[str]
    unchanged: int


def export(
    app: App, out: Path, *, made: Iterable[tuple[str, bytes]] = (), on_progress: Progress | None = None
) -> Exported:
    """Bring a folder up to what readers get at the site; `made` has what stands in no file, by public path.

    It is read while it is written: a feed comes after the pages that it names, and a feed in `made` after those before
    it. Raises UsageError for a folder that is not fit, PublisherError where it can't be written.
    """
    folder = out.resolve()
    check_folder(app.home, folder)
    with locked(app.home.run / "export.lock"):
        try:
            return _export(app, StaticFolder(folder), made=made, on_progress=on_progress)
        except OSError as problem:
            found, why = Path(problem.filename or folder), problem.strerror or str(problem)
            where = found if found.is_relative_to(folder) else folder
            raise PublisherError(f"{where}: {why}: the folder is not up to date; run it again") from problem


def _export(
    app: App, target: StaticFolder, *, made: Iterable[tuple[str, bytes]], on_progress: Progress | None
) -> Exported:
    feeds, others = _look(app)
    if stranger := target.find_stranger([*others, *feeds], lambda path: feeds.get(path) or _read(app, path)):
        raise UsageError(explain_stranger(stranger))
    pages = ((path, data) for path in others if (data := _read(app, path)) is not None)
    everything = chain(pages, made, feeds.items())
    total, done = len(others) + len(feeds), 0
    while chunk := dict(islice(everything, _AT_ONCE)):
        target.put(chunk)
        done += len(chunk)
        if on_progress:
            on_progress(done, max(total, done))
    return Exported(removed=target.finish(), written=target.written, unchanged=target.unchanged)


def check_folder(home: Home, folder: Path) -> None:
    """Refuse a folder whose files are others' business, or that would show the ledger. Raises UsageError."""
    root, own = home.root.resolve(), [home.var, home.data, home.seeds, home.templates, home.root / "config"]
    if root.is_relative_to(folder):
        raise UsageError(f"{folder}: the home lies in it, with its ledger and secret: give a folder that holds no home")
    for taken in (place.resolve() for place in own):
        if folder.is_relative_to(taken) or taken.is_relative_to(folder):
            raise UsageError(f"{folder}: {taken} has another purpose: give a folder of its own")


def _look(app: App) -> tuple[dict[str, bytes], list[str]]:
    """(the feeds, the paths of everything else in the order of writing), all of one moment."""
    with locked(app.home.run / PUBLISH_LOCK):
        paths = app.shelf.list_paths()
        feeds = {path: data for path in paths if _is_feed(path) and (data := _read(app, path)) is not None}
    others = [path for path in paths if path not in feeds]
    return feeds, sorted(others, key=lambda path: not path.startswith(_FIRST))


def _is_feed(path: str) -> bool:
    return path == address.FEEDS_OPML or parse_feed_path(path) is not None


def _read(app: App, path: str) -> bytes | None:
    """A file's bytes; None where it was removed meanwhile."""
    try:
        return app.shelf.place(path).read_bytes()
    except FileNotFoundError:
        return None
