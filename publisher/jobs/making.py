"""Documents that no file holds: feeds of topics, parts of archives, the list of all feeds."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from publisher.app import App
from publisher.clock import now as present
from publisher.domain import address
from publisher.domain.feed import ISSUES, Feed
from publisher.domain.feed_path import FeedPath, parse_feed_path
from publisher.domain.topic import Kind
from publisher.errors import LedgerError
from publisher.feeds import Document, build, build_all, build_opml
from publisher.jobs.feeding import build_feed, build_part, open_archive
from publisher.jobs.offering import find_feed, list_feeds
from publisher.jobs.publishing import find_published_until
from publisher.logs import get_logger
from publisher.pages import group_feeds, render_feed_list
from publisher.public import Served
from publisher.store import Transaction
from publisher.templating import translate

_log = get_logger()
_FOLDERS = {
    ISSUES: "Issues of the newsletters",
    Kind.SECTION.value: "Sections",
    Kind.LANGUAGE.value: "Languages",
    Kind.TAG.value: "Tags",
    Kind.AUTHOR.value: "Authors",
}


class MadeFeeds:
    """These documents as the site gives them to its readers."""

    def __init__(self, app: App) -> None:
        self._app = app

    def find(self, path: str) -> Served | None:
        """What was made since the last publishing."""
        return self._app.made.find(path)

    def make(self, path: str) -> Served | None:
        """What stands at a public path; None where there is nothing, or the ledger can't be read."""
        try:
            return make(self._app, path, now=present())
        except LedgerError as problem:
            _log.warning("feed_not_made", why=str(problem))
            return None


def make(app: App, path: str, *, now: datetime) -> Served | None:
    """The document at a public path, as of what was published last; None where there is none.

    Where the ledger can't be read, readers get what they got before. Raises LedgerError where there is no such thing.
    """
    with app.made.making:
        if found := app.made.find(path):
            return found
        stamp = app.made.read_stamp()
        try:
            with app.ledger.read() as tx:
                body = _build(app, tx, path, now=find_published_until(app) or now)
        except LedgerError as problem:
            if last := app.made.find_last(path):
                _log.warning("feed_not_made", why=str(problem))
                return last
            raise
        return app.made.put(path, body, stamp=stamp) if body is not None else None


def iter_all(app: App, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Every such document there is, with its public path: archives first, since the newer ones lead to the older."""
    now = find_published_until(app) or now
    with app.ledger.read() as tx:
        for feed in app.feeds:
            yield from _iter_parts(app, tx, feed, now=now)
        for feed in _list_made(app, tx, now=now):
            yield from _iter_parts(app, tx, feed, now=now)
            yield from _iter_formats(build_feed(app, tx, feed, now=now))
        for path in (address.FEED_LIST, address.FEEDS_OPML):
            body = _build(app, tx, path, now=now)
            if body is not None:
                yield path, body


def _list_made(app: App, tx: Transaction, *, now: datetime) -> list[Feed]:
    folders = {kind.value for kind in Kind}
    return [feed for feed in list_feeds(app, tx, now=now) if feed.name.partition("/")[0] in folders]


def _iter_parts(app: App, tx: Transaction, feed: Feed, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    for part in reversed(list(open_archive(app, tx, feed, now=now).iter_closed())):
        if document := build_part(app, tx, feed, part.name, now=now):
            yield from _iter_formats(document)


def _iter_formats(document: Document) -> Iterator[tuple[str, bytes]]:
    for form, data in build_all(document).items():
        yield FeedPath(name=document.feed.name, form=form, part=document.part).path, data


def _build(app: App, tx: Transaction, path: str, *, now: datetime) -> bytes | None:
    if path == address.FEED_LIST:
        return render_feed_list(app.site, group_feeds(list_feeds(app, tx, now=now)))
    if path == address.FEEDS_OPML:
        return _build_opml(app, list_feeds(app, tx, now=now))
    place = parse_feed_path(path)
    feed = find_feed(app, tx, place.name, now=now) if place else None
    if place is None or feed is None:
        return None
    document = build_part(app, tx, feed, place.part, now=now) if place.part else build_feed(app, tx, feed, now=now)
    return build(document, place.form) if document else None


def _build_opml(app: App, feeds: Sequence[Feed]) -> bytes:
    titles = {folder: translate(app.publication.language, title) for folder, title in _FOLDERS.items()}
    return build_opml(app.publication, [(titles.get(group.folder, ""), group.feeds) for group in group_feeds(feeds)])
