"""Pictures that were replaced beside seeds that have not changed: which articles are to be read again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

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

    revision: int = -1
    articles: Mapping[int, ShownPictures] = field(default_factory=dict)


def list_shown(tx: Transaction, before: Shown) -> Shown:
    """What the ledger says by now, of which only that is read which has changed since `before`."""
    revision = tx.articles.find_revision()
    if revision == before.revision:
        return before
    articles = {**before.articles, **tx.articles.list_pictures(since=before.revision)}
    return Shown(revision=revision, articles={key: one for key, one in articles.items() if one.images})


def find_outdated(app: App, shown: Shown) -> tuple[set[str], bool]:
    """(the seeds with a picture that has gone or is another one, whether a picture may still be written).

    What was written just now is left for the next look.
    """
    pictures = {image for article in shown.articles.values() for image in article.images}
    states = {image: _is_outdated(app, image) for image in pictures}
    outdated = {image for image, state in states.items() if state}
    paths = {article.path for article in shown.articles.values() if not outdated.isdisjoint(article.images)}
    return paths, None in states.values()


def _is_outdated(app: App, image: Image) -> bool | None:
    """Whether a picture is another one by now; None while nobody can say."""
    try:
        found = (app.home.seeds / image.path).stat()
    except OSError:
        return True
    if (found.st_size, found.st_mtime_ns) == (image.file_size, image.mtime_ns):
        return False
    if 0 <= time.time_ns() - found.st_mtime_ns < app.settings.seeds.quiet * 1e9:
        return None
    try:
        picture = find_asset(app.home.seeds, image.path, picture_limits(app))
    except SeedError:
        return True
    return picture is None or picture.address != image.address
