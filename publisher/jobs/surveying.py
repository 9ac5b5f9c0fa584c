"""What of the folder differs from the ledger: the walk, or a look at a few paths, and what is known of those files."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from publisher.app import App
from publisher.ingest import (
    Comparison,
    FolderRules,
    FolderState,
    Glimpse,
    Ground,
    Known,
    KnownArticle,
    Mark,
    SeedFile,
    Seen,
    Walk,
    compare,
    find_moved,
    find_original,
    find_quiet,
    look_at,
    reopen,
    walk,
)
from publisher.jobs.replaced import Shown, find_outdated, list_shown
from publisher.markup import to_plain
from publisher.store import Transaction
from publisher.store.places import ArticlePlace
from publisher.store.seeds import SeedRecord

FEW = 20  # files that are read before it is asked what the ledger has of their ids
_PATIENCE = 2.0  # seconds that a look by hand waits for files that are still being written
FIRST_READ = "first_read"


@dataclass(slots=True)
class Watch:
    """What goes from one look of a process to the next: the files that still moved, and what the last walk learnt."""

    moving: dict[str, Glimpse] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)
    ground: Ground | None = None
    renew_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What differs in the folder; `records` is what the ledger has of those files, `is_whole` after a walk.

    `reopened` are the seeds that have not changed, but for a picture beside them.
    """

    comparison: Comparison
    reopened: frozenset[str]
    records: Mapping[str, SeedRecord]
    is_first: bool
    is_whole: bool


def survey_folder(app: App, *, now: datetime, watch: Watch | None) -> Survey:
    """Walk through the folder. By hand (without a `watch`) it waits a moment for files that are still being written."""
    if watch is not None:
        found = walk(app.home.seeds, _rules(app))
        watch.ground = found.ground
        outdated, _ = _find_outdated(app, watch)
        return _without_moving(app, _compare(app, found, paths=None, outdated=outdated), now=now, watch=watch)
    watch, patience, quiet = Watch(), time.monotonic() + _PATIENCE, app.settings.seeds.quiet
    while True:
        outdated, is_moving = _find_outdated(app, watch)
        survey = _compare(app, walk(app.home.seeds, _rules(app)), paths=None, outdated=outdated)
        young = _find_young(survey.comparison.to_read, quiet=quiet)
        if not (young or is_moving) or time.monotonic() > patience:
            return _without(survey, young)
        time.sleep(min(max(quiet, 0.05), _PATIENCE / 4))


def _find_outdated(app: App, watch: Watch) -> tuple[set[str], bool]:
    with app.ledger.read() as tx:
        watch.shown = list_shown(tx, watch.shown)
    return find_outdated(app, watch.shown)


def survey_paths(app: App, paths: Iterable[str], *, now: datetime, watch: Watch) -> Survey | None:
    """Look at those paths, at what still moved, is missing or waits for an editor; None where only a walk will do."""
    if watch.ground is None:
        return None
    with app.ledger.read() as tx:
        waiting, gone = tx.seeds.list_waiting_paths(limit=FEW + 1), tx.seeds.list_gone_paths(limit=FEW + 1)
    wanted = {*paths, *watch.moving, *gone, *(waiting if len(waiting) <= FEW else ())}
    found = look_at(app.home.seeds, _rules(app), watch.ground, wanted) if len(wanted) <= 2 * FEW else None
    if found is None:
        return None
    return _without_moving(app, _compare(app, found, paths=wanted), now=now, watch=watch)


def load_state(
    app: App,
    survey: Survey,
    *,
    seen: Sequence[Seen],
    ids: Collection[str] | None,
    watch: Watch | None,
    refused: Mapping[str, str],
) -> FolderState | None:
    """What the ledger has that may concern those files: by path, content, or id (of `ids`; None for all that have one).

    None where it concerns a file that has moved too and was not looked at.
    """
    digests = {one.digest for one in seen if one.digest}
    with app.ledger.read() as tx:
        live, verdicts = tx.places.count_live(), tx.verdicts.find_all()
        places = _list_places(tx, survey.records, seen=seen, digests=digests, ids=ids)
        originals = {find_original(record.reason) for record in survey.records.values()}
        others = ({place.path for place in places} | originals) - survey.records.keys()
        more = tx.seeds.list_at(others)
    if not survey.is_whole and (watch is None or watch.ground is None or _have_moved(app, more, ground=watch.ground)):
        return None
    known = {record.path: _known(record) for record in [*survey.records.values(), *more]}
    articles = [_known_article(place) for place in places]
    state = FolderState(
        known=known,
        articles=articles,
        text_of=lambda key: _text_of(app, key),
        refused=refused,
        verdicts=verdicts,
        live=live,
    )
    return reopen(state, survey.reopened)


def _list_places(
    tx: Transaction,
    records: Mapping[str, SeedRecord],
    *,
    seen: Sequence[Seen],
    digests: Collection[str],
    ids: Collection[str] | None,
) -> list[ArticlePlace]:
    keys = {record.article_key for record in records.values() if record.article_key is not None}
    found = {
        place.key: place
        for places in (
            tx.places.list_at({*records, *(one.file.path for one in seen)}),
            tx.places.list_with_content(digests),
            tx.places.list_with_id(ids),
            tx.places.list_of(keys),
        )
        for place in places
    }
    return [found[key] for key in sorted(found)]


def _have_moved(app: App, records: Sequence[SeedRecord], *, ground: Ground) -> bool:
    found = look_at(app.home.seeds, _rules(app), ground, [record.path for record in records])
    return found is None or bool(find_moved(map(_mark, records), found)[1])


def _compare(app: App, found: Walk, *, paths: Collection[str] | None, outdated: Collection[str] = ()) -> Survey:
    """A walk beside the ledger; with `paths`, the ledger is asked for these alone. Those `outdated` are read again."""
    with app.ledger.read() as tx:
        marks = _iter_marks(tx, paths)
        moved, differing, unchanged = find_moved(_open_marks(marks, outdated) if outdated else marks, found)
        records = {record.path: record for record in tx.seeds.list_at(differing)}
        is_first = tx.facts.find(FIRST_READ) is None
    known = {path: _known(record) for path, record in records.items()}
    reopened = frozenset(
        file.path for file in moved.files if file.path in outdated and _is_as_known(file, known.get(file.path))
    )
    known.update({path: replace(known[path], mtime_ns=-1) for path in reopened})
    comparison = compare(known, moved)
    return Survey(
        comparison=replace(comparison, unchanged=unchanged + comparison.unchanged),
        reopened=reopened,
        records=records,
        is_first=is_first,
        is_whole=paths is None,
    )


def _is_as_known(file: SeedFile, known: Known | None) -> bool:
    return known is not None and (file.size, file.mtime_ns) == (known.size, known.mtime_ns)


def _open_marks(marks: Iterable[Mark], paths: Collection[str]) -> Iterator[Mark]:
    return (replace(mark, is_open=True) if mark.path in paths else mark for mark in marks)


def _iter_marks(tx: Transaction, paths: Collection[str] | None) -> Iterator[Mark]:
    if paths is None:
        return (Mark(*mark) for mark in tx.seeds.iter_marks())
    return map(_mark, tx.seeds.list_at(paths))


def _mark(record: SeedRecord) -> Mark:
    return Mark(record.path, record.size, record.mtime_ns, bool(record.reason or record.gone_at))


def _without_moving(app: App, survey: Survey, *, now: datetime, watch: Watch) -> Survey:
    """The survey without the files that still move, which the next look finds in `watch`."""
    known = {path: _known(record) for path, record in survey.records.items()}
    quiet = timedelta(seconds=app.settings.seeds.quiet)
    _, watch.moving = find_quiet(survey.comparison.to_read, watch.moving, now=now, quiet=quiet, known=known)
    return _without(survey, watch.moving)


def _without(survey: Survey, paths: Collection[str]) -> Survey:
    to_read = tuple(file for file in survey.comparison.to_read if file.path not in paths)
    return replace(survey, comparison=replace(survey.comparison, to_read=to_read))


def _find_young(files: Iterable[SeedFile], *, quiet: float) -> frozenset[str]:
    """Those written to within the last `quiet` seconds, by the clock that stamps files."""
    present = time.time_ns()
    return frozenset(file.path for file in files if 0 <= present - file.mtime_ns < quiet * 1e9)


def _rules(app: App) -> FolderRules:
    part = app.settings.seeds
    return FolderRules(include=part.include, exclude=part.exclude, max_size=part.max_size)


def _text_of(app: App, key: int) -> str:
    with app.ledger.read() as tx:
        return to_plain(tx.articles.get(key).html)


def _known(record: SeedRecord) -> Known:
    return Known(
        path=record.path,
        size=record.size,
        mtime_ns=record.mtime_ns,
        digest=record.digest,
        article_key=record.article_key,
        reason=record.reason,
        gone_at=record.gone_at,
    )


def _known_article(place: ArticlePlace) -> KnownArticle:
    return KnownArticle(
        key=place.key,
        path=place.path,
        digest=place.seed_digest,
        text_digest=place.text_digest,
        title=place.title,
        declared_id=place.declared_id,
        is_withdrawn=place.is_withdrawn,
    )
