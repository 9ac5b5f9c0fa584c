"""Pictures that were replaced beside seeds that have not changed: which articles are to be read again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from publisher.app import App
from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest import find_asset
from publisher.jobs.publishing import picture_limits
from publisher.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pictures that seeds show, by the seeds' paths, at one revision of the articles."""

    revision: int
    images: Mapping[str, tuple[Image, ...]]


def list_shown(tx: Transaction, before: Shown | None = None) -> Shown:
    """What the ledger says, read again only where articles changed since `before`."""
    revision = tx.articles.find_revision()
    if before is not None and before.revision == revision:
        return before
    return Shown(revision=revision, images=tx.articles.list_pictures())


def find_outdated(app: App, shown: Shown) -> set[str]:
    """The seeds with a picture that has gone or is another one; what was written just now is left for the next look."""
    verdicts: dict[tuple[str, str], bool] = {}
    outdated = set()
    for path, images in shown.images.items():
        for image in images:
            key = (image.path, image.address)
            if key not in verdicts:
                verdicts[key] = _is_outdated(app, image)
            if verdicts[key]:
                outdated.add(path)
    return outdated


def _is_outdated(app: App, image: Image) -> bool:
    try:
        found = (app.home.seeds / image.path).stat()
    except OSError:
        return True
    if (found.st_size, found.st_mtime_ns) == (image.file_size, image.mtime_ns):
        return False
    if 0 <= time.time_ns() - found.st_mtime_ns < app.settings.seeds.quiet * 1e9:
        return False
    try:
        picture = find_asset(app.home.seeds, image.path, picture_limits(app))
    except SeedError:
        return True
    return picture is None or picture.address != image.address
