"""Brings var/public up to what the ledger says: feeds first, then pages. Run it as often as you like."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from publisher import __version__
from publisher.app import App
from publisher.domain import address
from publisher.domain.article import Article, Image, Status
from publisher.domain.delivery import Status as Delivery
from publisher.domain.feed import Format
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.errors import SeedError
from publisher.files import locked, write_atomic, write_many
from publisher.ingest import PictureLimits, read_copy
from publisher.jobs import pushing
from publisher.jobs.crew import open_crew
from publisher.jobs.linking import link_up, link_up_feeds
from publisher.public.publishing import (
    build_common_pages,
    build_feeds,
    build_issue_page,
    iter_article_pages,
    pick,
)
from publisher.store import Transaction

_log = structlog.get_logger()
_CHUNK = 250
_HELD = 16 << 20  # bytes of pictures that are written together
_ARTICLE = re.compile(r"/articles/(\d{4})/(\d\d)/([\w-]+)")
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


def publish(app: App, *, now: datetime, is_full: bool = False, on_progress: Progress | None = None) -> list[str]:
    """Write what the ledger has beyond the last time, or everything; gives the public paths that changed."""
    with locked(app.home.run / "publish.lock"):
        fingerprint = _fingerprint(app)
        stamp = _read_stamp(app)
        is_full = is_full or stamp is None or stamp.fingerprint != fingerprint or stamp.released_until > now
        since = Stamp(fingerprint=fingerprint) if stamp is None or is_full else stamp
        with app.ledger.read() as tx:
            keys = tx.articles.list_keys_since(revision=since.revision, released_after=since.released_until, until=now)
            if not (is_full or keys or _has_issues(tx, since=since)):
                return []
            with app.tally.feed_builds.measured():
                changed = list(
                    _iter_changes(app, tx, keys=keys, since=since, now=now, is_full=is_full, on_progress=on_progress)
                )
            reached = Stamp(
                fingerprint=fingerprint,
                revision=tx.articles.find_revision(),
                released_until=now,
                issue_key=max((issue.key for issue in tx.issues.list_all(limit=1)), default=0),
                recomposed=tx.revisions.count_recomposed(),
            )
        app.shelf.settle(changed)  # before the stamp: whatever a power cut tears is behind the stamp, and made again
        pushing.note_pushes(app, now=now)
        _write_stamp(app, reached)
    if changed:
        _log.info("published", files=len(changed), full=is_full)
    return changed


def _has_issues(tx: Transaction, *, since: Stamp) -> bool:
    newest = tx.issues.list_all(limit=1)
    return bool(newest and newest[0].key > since.issue_key) or tx.revisions.count_recomposed() != since.recomposed


def _iter_changes(
    app: App,
    tx: Transaction,
    *,
    keys: Sequence[int],
    since: Stamp,
    now: datetime,
    is_full: bool,
    on_progress: Progress | None,
) -> Iterator[str]:
    chosen, front = pick(app.feeds, tx.articles.iter_released(now))
    feeds = build_feeds(
        app.site,
        link_up_feeds(app, tx, chosen, now=now),
        built_from=find_first_day(tx, now),
        authority=app.publication.id_authority,
    )
    yield from app.shelf.put(feeds)
    common = build_common_pages(app.site, front)
    yield from app.shelf.put(common)
    keys = keys if is_full else sorted({*keys, *tx.links.list_linking_to(keys)})
    kept = {*feeds, *common}
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
    for issue in tx.issues.list_all():
        is_news = issue.key > since.issue_key or (is_recomposed and issue.revision > 1)
        if is_news and has_page(tx, issue):
            articles, corrections = tx.issues.list_articles(issue.key), tx.corrections.list_in(issue.key)
            path, page = build_issue_page(app.site, issue, articles=articles, corrections=corrections)
            kept.add(path)
            yield from app.shelf.put({path: page})
    if is_full:
        yield from app.shelf.keep_only(kept)


def has_page(tx: Transaction, issue: Issue) -> bool:
    """Whether somebody may have a link to an issue's page: not where it was cancelled before any message began."""
    if issue.status is not IssueStatus.CANCELLED:
        return True
    counts = tx.deliveries.count_by_status(issue.key)
    return any(counts[status] for status in (Delivery.SENT, Delivery.SENDING, Delivery.DOUBTFUL))


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


def find_first_day(tx: Transaction, now: datetime) -> datetime:
    """An instant that never moves, for feeds that have no article yet."""
    first = tx.facts.find("first_day")
    return datetime.fromisoformat(first) if first else now.replace(hour=0, minute=0, second=0, microsecond=0)


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
        values = json.loads((app.home.public / ".stamp.json").read_bytes())
        values["released_until"] = datetime.fromisoformat(values["released_until"])
        return Stamp(**values)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # nothing derived is lost: everything is written again


def _write_stamp(app: App, stamp: Stamp) -> None:
    text = json.dumps({**asdict(stamp), "released_until": stamp.released_until.isoformat()})
    write_atomic(app.home.public / ".stamp.json", text.encode())


def copy_feeds(app: App, out: Path) -> int:
    """Copy the feeds and their OPML below a folder, laid out as their addresses; gives how many files."""
    paths = [address.feed(feed.name, form) for feed in app.feeds for form in Format]
    contents = {}
    for path in [*paths, address.FEEDS_OPML]:
        served = app.shelf.find(path)
        if served:
            contents[out / path.lstrip("/")] = served.body
    write_many(contents)
    return len(contents)
