"""Pictures that were replaced, or came, beside seeds that have not changed: which articles are to be read again."""

import os
import stat
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname

from publisher.app import App
from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest import find_asset
from publisher.jobs.publishing import picture_limits
from publisher.store import Transaction
from publisher.store.articles import ShownPictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pictures that articles show, by the articles' keys, at one revision of the ledger."""

    revision: int | None = None
    articles: Mapping[int, ShownPictures] = field(default_factory=dict)


def list_shown(tx: Transaction, before: Shown) -> Shown:
    """What the ledger says by now, of which only that is read which has changed since `before`."""
    revision = tx.articles.find_revision()
    if revision == before.revision:
        return before
    articles = {**before.articles, **tx.articles.list_pictures(since=before.revision)}
    return Shown(revision=revision, articles={key: one for key, one in articles.items() if one.images or one.missing})


def find_outdated(app: App, shown: Shown) -> tuple[set[str], bool]:
    """(the seeds with a picture that went, came or is another one, whether a picture may still be written).

    What was written just now is left for the next look.
    """
    pictures = {image for article in shown.articles.values() for image in article.images}
    states = {image: _is_outdated(app, image) for image in pictures}
    places = _find_come(app, {place for article in shown.articles.values() for place in article.missing})
    outdated = {image for image, state in states.items() if state}
    come = {place for place, is_whole in places.items() if is_whole}
    paths = {
        article.path
        for article in shown.articles.values()
        if not (outdated.isdisjoint(article.images) and come.isdisjoint(article.missing))
    }
    return paths, None in states.values() or False in places.values()


def _find_come(app: App, places: Collection[str]) -> dict[str, bool]:
    """Those places where a file lies by now, and whether it stands still; of most not even the folder is there."""
    root = app.home.seeds
    folders = {folder for folder in set(map(dirname, places)) if (root / folder).is_dir()}
    found = {place: _find_file(root / place) for place in places if dirname(place) in folders}
    return {place: not _is_young(app, file.st_mtime_ns) for place, file in found.items() if file}


def _find_file(path: Path) -> os.stat_result | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _is_young(app: App, mtime_ns: int) -> bool:
    return 0 <= time.time_ns() - mtime_ns < app.settings.seeds.quiet * 1e9


def _is_outdated(app: App, image: Image) -> bool | None:
    """Whether a picture is another one by now; None while nobody can say."""
    try:
        found = (app.home.seeds / image.path).stat()
    except OSError:
        return True
    if (found.st_size, found.st_mtime_ns) == (image.file_size, image.mtime_ns):
        return False
    if _is_young(app, found.st_mtime_ns):
        return None
    try:
        picture = find_asset(app.home.seeds, image.path, picture_limits(app))
    except SeedError:
        return True
    return picture is None or picture.address != image.address
