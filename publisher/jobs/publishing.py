"""Brings var/public up to what the ledger says: feeds first, then pages. Run it as often as you like."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial

from publisher import __version__
from publisher.app import STAMP, App
from publisher.domain import address
from publisher.domain.article import Article, Image, Status
from publisher.domain.feed import Choice, Feed
from publisher.errors import SeedError
from publisher.feeds import build_all
from publisher.files import locked, write_atomic
from publisher.ingest import PictureLimits, read_copy
from publisher.jobs import holding, pushing
from publisher.jobs.archiving import list_new_cuts
from publisher.jobs.crew import open_crew
from publisher.jobs.feeding import AUTHORITY, build_feed, has_page
from publisher.jobs.guids import list_new_guids
from publisher.jobs.linking import link_up
from publisher.jobs.offering import list_issue_feeds
from publisher.logs import get_logger
from publisher.public.publishing import ON_FRONT_PAGE, build_common_pages, build_issue_page, iter_article_pages
from publisher.store import Transaction

_log = get_logger()
_CHUNK = 250
_HELD = 16 << 20  # bytes of pictures that are written together
_ARTICLE = re.compile(r"/articles/(\d{4})/(\d\d)/([\w-]+)")
PUBLISH_LOCK = "publish.lock"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """How far var/public has come: templates and settings, the ledger's revision, releases, issues and their texts."""

    fingerprint: str
    revision: int = -1
    released_until: datetime = _NEVER
    issue_key: int = 0
    recomposed: int = 0
    cancelled: int = 0


def publish(
    app: App, *, now: datetime, is_full: bool = False, accept: bool = False, on_progress: Progress | None = None
) -> list[str]:
    """Write what the ledger has beyond the last time, or everything; gives the public paths that changed.

    Feeds that our checks hold back are tried again each time; `accept` takes them as they are built.
    """
    with locked(app.home.run / PUBLISH_LOCK):
        fingerprint = _fingerprint(app)
        stamp = _read_stamp(app)
        is_full = is_full or stamp is None or stamp.fingerprint != fingerprint or stamp.released_until > now
        since = Stamp(fingerprint=fingerprint) if stamp is None or is_full else stamp
        with app.ledger.read() as tx:
            revision = tx.articles.find_revision()
            if since.revision > revision:  # an older ledger was put back
                since, is_full = Stamp(fingerprint=fingerprint), True
            keys = tx.articles.list_keys_since(revision=since.revision, released_after=since.released_until, until=now)
            if not (is_full or keys or _has_issues(tx, since=since) or holding.list_held(app)):
                return []
        note_feeds(app, keys, now=now)
        with app.ledger.read() as tx:
            with app.tally.feed_builds.measured():
                changed = list(
                    _iter_changes(
                        app,
                        tx,
                        keys=keys,
                        since=since,
                        now=now,
                        is_full=is_full,
                        accept=accept,
                        on_progress=on_progress,
                    )
                )
            reached = Stamp(
                fingerprint=fingerprint,
                revision=revision,  # that of the keys: what has come since is in the feeds already, but not its page
                released_until=now,
                issue_key=max((issue.key for issue in tx.issues.list_all(limit=1)), default=0),
                recomposed=tx.revisions.count_recomposed(),
                cancelled=tx.issues.count_cancelled(),
            )
        app.shelf.settle(changed)  # before the stamp: whatever a power cut tears is behind the stamp, and made again
        pushing.note_pushes(app, now=now)
        _write_stamp(app, reached)
    if changed:
        _log.info("published", files=len(changed), full=is_full)
    return changed


def _has_issues(tx: Transaction, *, since: Stamp) -> bool:
    newest = tx.issues.list_all(limit=1)
    counts = (tx.revisions.count_recomposed(), tx.issues.count_cancelled())
    return bool(newest and newest[0].key > since.issue_key) or counts != (since.recomposed, since.cancelled)


def _iter_changes(
    app: App,
    tx: Transaction,
    *,
    keys: Sequence[int],
    since: Stamp,
    now: datetime,
    is_full: bool,
    accept: bool,
    on_progress: Progress | None,
) -> Iterator[str]:
    keep_good = partial(holding.keep_good, app, tx, now=now, accept=accept)
    feeds = _build_feeds(app, tx, app.feeds, now=now)
    yield from app.shelf.put(keep_good(feeds, feeds=app.feeds))
    common = build_common_pages(app.site, tx.streams.list_newest(Choice(), limit=ON_FRONT_PAGE, now=now))
    yield from app.shelf.put(common)
    kept = {*feeds, *common}
    has_issues = is_full or _has_issues(tx, since=since)
    if has_issues or holding.list_held(app):
        feeds = _build_feeds(app, tx, list_issue_feeds(app), now=now)
        yield from app.shelf.put(keep_good(feeds, feeds=list_issue_feeds(app)))
        kept |= feeds.keys()
    keys = keys if is_full else sorted({*keys, *tx.links.list_linking_to(keys)})
    done = 0
    with open_crew(app, size=len(keys)) as crew:
        chunks = (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
        for put in crew.map(partial(_put_articles, now=now), chunks):
            yield from put.changed
            kept |= put.kept
            done += put.number
            for article, problem in put.missing:
                _log.warning("picture_missing", article=article, picture=problem.path, reason=problem.reason)
            if on_progress:
                on_progress(done, len(keys))
    is_recomposed = tx.revisions.count_recomposed() != since.recomposed
    for issue in tx.issues.list_all() if has_issues else ():
        is_news = issue.key > since.issue_key or (is_recomposed and issue.revision > 1)
        if is_news and has_page(tx, issue):
            articles, corrections = tx.issues.list_articles(issue.key), tx.corrections.list_in(issue.key)
            path, page = build_issue_page(app.site, issue, articles=articles, corrections=corrections)
            kept.add(path)
            yield from app.shelf.put({path: page})
    if is_full:
        yield from app.shelf.keep_only(kept)


def note_feeds(app: App, keys: Sequence[int], *, now: datetime) -> None:
    """Note in the ledger what feeds go by for ever: what their ids are made of, their names, where months are cut."""
    names = {feed.name for feed in (*app.feeds, *list_issue_feeds(app))}
    with app.ledger.read() as tx:
        cuts = list_new_cuts(tx, app.feeds, keys, now=now)
        is_known = tx.facts.find(AUTHORITY) is not None and all(tx.offered.has(name) for name in names)
        guids = list_new_guids(tx, app.feeds, base=app.publication.url)
    if cuts or guids or not is_known:
        with app.ledger.write() as tx:
            tx.facts.find_or_put(AUTHORITY, app.publication.id_authority)
            tx.offered.note(names, now=now)
            for fact, guid in guids.items():
                tx.facts.put(fact, guid)
            for name, places in cuts.items():
                tx.cuts.put(name, places)


def _build_feeds(app: App, tx: Transaction, feeds: Iterable[Feed], *, now: datetime) -> dict[str, bytes]:
    """Those feeds in every format, by their public paths."""
    return {
        address.feed(feed.name, form): data
        for feed in feeds
        for form, data in build_all(build_feed(app, tx, feed, now=now)).items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    """What became of some articles' files: paths that changed, those that stay, by article what has no picture."""

    number: int
    changed: list[str]
    kept: set[str]
    missing: list[tuple[str, SeedError]]


def _put_articles(app: App, keys: Sequence[int], *, now: datetime) -> _Put:
    """Write the pages and pictures of those that readers may see; remove those of the others."""
    with app.ledger.read() as tx:
        articles = list(tx.articles.iter_keys(keys))
        shown = [article for article in articles if article.status(now) is Status.PUBLISHED]
        has_pages = not app.publication.article_url  # else the paper's own site has them
        pages = dict(iter_article_pages(app.site, link_up(app, tx, shown, now=now))) if has_pages else {}
        hidden = {address.article(article) for article in articles} - pages.keys()
        unseen = [article for article in articles if article.status(now) is not Status.PUBLISHED]
        hidden |= _find_unused(app, tx, unseen, now=now) | _find_left(app, tx, articles)
    kept, missing = _put_pictures(app, shown)
    changed = kept + app.shelf.put(pages)
    return _Put(
        number=len(articles),
        changed=changed + [path for path in sorted(hidden) if app.shelf.remove(path)],
        kept={*pages, *_list_pictures(shown)},
        missing=missing,
    )


def _find_left(app: App, tx: Transaction, articles: list[Article]) -> set[str]:
    """The pages that articles left behind at former addresses, where nobody lives now: there readers are led on."""
    former = tx.addresses.list_former(article.key for article in articles)
    places = (place for path in former if (place := _ARTICLE.fullmatch(path)) and app.shelf.has(path))
    return {
        place[0] for place in places if not tx.articles.find_at(year=int(place[1]), month=int(place[2]), slug=place[3])
    }


def _find_unused(app: App, tx: Transaction, hidden: list[Article], *, now: datetime) -> set[str]:
    """The published pictures of hidden articles that no other article shows."""
    pictures = {path for path in _list_pictures(hidden) if app.shelf.has(path)}
    return pictures.difference(_list_pictures(tx.articles.iter_released(now))) if pictures else set()


def _list_pictures(articles: Iterable[Article]) -> Iterator[str]:
    """The public paths of the articles' pictures, and of their copies for mail."""
    return (path for article in articles for image in article.images for path in _list_copies(image))


def _list_copies(image: Image) -> tuple[str, ...]:
    return (image.address, image.mail_address) if image.mail_address else (image.address,)


def _put_pictures(app: App, articles: Iterable[Article]) -> tuple[list[str], list[tuple[str, SeedError]]]:
    """Publish the pictures that are not yet; gives (their public paths, what kept an article's picture from it)."""
    changed: list[str] = []
    missing: list[tuple[str, SeedError]] = []
    held: dict[str, bytes] = {}
    for article in articles:
        for image in article.images:
            for path in _list_copies(image):
                if path in held or app.shelf.has(path):
                    continue
                try:
                    held[path] = read_copy(app.home.seeds, image, path, limits=picture_limits(app))
                except SeedError as problem:
                    missing.append((article.path, problem))
        if sum(map(len, held.values())) > _HELD:
            changed += app.shelf.keep(held)
            held = {}
    return changed + app.shelf.keep(held), missing


def picture_limits(app: App) -> PictureLimits:
    """How large pictures may be, by the settings."""
    return PictureLimits(max_size=app.settings.seeds.max_picture_size, max_pixels=app.settings.seeds.max_pixels)


def find_published_until(app: App) -> datetime | None:
    """Up to which moment the public files tell of releases; None where nothing was published yet."""
    stamp = _read_stamp(app)
    return stamp.released_until if stamp else None


def _fingerprint(app: App) -> str:
    shown = {
        "version": __version__,
        "templates": app.templates.fingerprint(),
        "publication": asdict(app.publication),
        "feeds": [asdict(feed) for feed in app.feeds],
        "newsletters": [asdict(newsletter) for newsletter in app.newsletters],
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def _read_stamp(app: App) -> Stamp | None:
    try:
        values = json.loads((app.home.public / STAMP).read_bytes())
        values["released_until"] = datetime.fromisoformat(values["released_until"])
        return Stamp(**values)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # nothing derived is lost: everything is written again


def _write_stamp(app: App, stamp: Stamp) -> None:
    text = json.dumps({**asdict(stamp), "released_until": stamp.released_until.isoformat()})
    write_atomic(app.home.public / STAMP, text.encode())
