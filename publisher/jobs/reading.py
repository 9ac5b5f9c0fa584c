"""Reading the folder: a look at it becomes articles in the ledger, then feeds and pages."""

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from publisher.app import App
from publisher.domain.article import Image
from publisher.errors import BusyError, SeedError
from publisher.files import locked, write_atomic
from publisher.ingest import (
    FolderRules,
    FolderState,
    Found,
    Glimpse,
    Known,
    KnownArticle,
    Reconciliation,
    Rules,
    SeedFile,
    Seen,
    Walk,
    compare,
    find_asset,
    find_quiet,
    read_bytes,
    read_neighbour,
    read_seed,
    walk,
)
from publisher.jobs.crew import open_crew
from publisher.jobs.pausing import pause_expired
from publisher.jobs.publishing import Progress, picture_limits, publish
from publisher.jobs.recording import Scribe
from publisher.markup import to_plain
from publisher.store.seeds import SeedRecord

_log = structlog.get_logger()
_BATCH = 250
_LEASE_NAME, _LEASE = "folder", timedelta(minutes=2)
_PATIENCE = 2.0  # seconds that a look by hand waits for files that are still being written
_FIRST_READ = "first_read"
_LONGEST_REVIEW, _CUT_REVIEW = 250, 100  # bytes of a seed's path; a name has 255 at most

_Item = TypeVar("_Item")


@dataclass(slots=True)
class Watch:
    """What goes from one look of a process to the next: the files that were still moving."""

    moving: dict[str, Glimpse] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look did: the report of `ingest --json`, the public paths that changed, whether files still move."""

    report: dict[str, Any]
    published: list[str]
    is_moving: bool = False


def read_folder(
    app: App,
    *,
    now: datetime,
    watch: Watch | None = None,
    accept: bool = False,
    on_progress: Progress | None = None,
) -> Look:
    """Look at the folder once and bring ledger, feeds and pages up to it.

    With a `watch` it is one look of many: young files and missing ones wait for the next. Without, it is a look by
    hand: it waits a moment for young files and takes the folder as it then stands. Raises BusyError where another
    machine or folder feeds this ledger.
    """
    with locked(app.home.run / "folder.lock"), app.tally.folder_looks.measured():
        take_folder(app, now=now)
        look = _look(app, now=now, watch=watch)
        report = _reconcile(app, look, now=now, by_hand=watch is None, accept=accept, on_progress=on_progress)
        pause_expired(app, now=now)
    report["unchanged"] += look.unchanged
    write_reviews(app)
    published = publish(app, now=now, on_progress=on_progress)
    return Look(report=report, published=published, is_moving=bool(watch and watch.moving))


def take_folder(app: App, *, now: datetime) -> None:
    """Take or renew the lease of the ledger's one folder; processes of this machine and folder share it.

    Raises BusyError where another machine or folder has it.
    """
    holder = _folder_holder(app)
    with app.ledger.write() as tx:
        other = tx.facts.take_lease(_LEASE_NAME, holder=holder, host=socket.gethostname(), now=now, until=now + _LEASE)
    if other:
        raise BusyError(f"another folder feeds this ledger: {other[0]}; stop its `run` and try again in two minutes")


def leave_folder(app: App) -> None:
    """Give the folder's lease back."""
    with app.ledger.write() as tx:
        tx.facts.drop_lease(_LEASE_NAME, holder=_folder_holder(app))


def _folder_holder(app: App) -> str:
    return f"{socket.gethostname()}:{app.home.seeds.resolve()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    walk: Walk
    state: FolderState
    records: Mapping[str, SeedRecord]
    held_back: frozenset[str]
    is_first: bool

    @property
    def unchanged(self) -> int:
        return compare(self.state.known, self.walk).unchanged


def _look(app: App, *, now: datetime, watch: Watch | None) -> _Look:
    with app.ledger.read() as tx:
        records = {record.path: record for record in tx.seeds.list_all()}
        places = tx.articles.list_places()
        is_first = tx.facts.find(_FIRST_READ) is None
        verdicts = tx.verdicts.find_all()
    known = {path: _known(record) for path, record in records.items()}
    articles = [
        KnownArticle(
            key=place.key,
            path=place.path,
            digest=place.seed_digest,
            text_digest=place.text_digest,
            title=place.title,
            declared_id=place.declared_id,
            is_withdrawn=place.is_withdrawn,
        )
        for place in places
    ]
    found, held_back = _walk_quiet(app, known, now=now, watch=watch)
    state = FolderState(known=known, articles=articles, text_of=lambda key: _text_of(app, key), verdicts=verdicts)
    return _Look(walk=found, state=state, records=records, held_back=held_back, is_first=is_first)


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


def _walk_quiet(
    app: App, known: Mapping[str, Known], *, now: datetime, watch: Watch | None
) -> tuple[Walk, frozenset[str]]:
    """The folder, and which of its files are still being written and so are left alone for now."""
    part = app.settings.seeds
    rules = FolderRules(include=part.include, exclude=part.exclude, max_size=part.max_size)
    quiet = timedelta(seconds=part.quiet)
    found = walk(app.home.seeds, rules)
    if watch is not None:
        _, watch.moving = find_quiet(compare(known, found).to_read, watch.moving, now=now, quiet=quiet, known=known)
        return found, frozenset(watch.moving)
    patience = time.monotonic() + _PATIENCE
    while young := _find_young(compare(known, found).to_read, quiet=part.quiet):
        if time.monotonic() > patience:
            return found, young
        time.sleep(min(max(part.quiet, 0.05), _PATIENCE / 4))
        found = walk(app.home.seeds, rules)
    return found, frozenset()


def _find_young(files: Iterable[SeedFile], *, quiet: float) -> frozenset[str]:
    """Those written to within the last `quiet` seconds, by the clock that stamps files."""
    present = time.time_ns()
    return frozenset(file.path for file in files if 0 <= present - file.mtime_ns < quiet * 1e9)


def _reconcile(
    app: App, look: _Look, *, now: datetime, by_hand: bool, accept: bool, on_progress: Progress | None
) -> dict[str, Any]:
    comparison = compare(look.state.known, look.walk)
    to_read = tuple(file for file in comparison.to_read if file.path not in look.held_back)
    comparison = replace(comparison, to_read=to_read)
    with open_crew(app, size=len(to_read)) as crew:
        seen = [one for batch in crew.map(_see, _batched(to_read)) for one in batch]
        reconciliation = Reconciliation(look.state, comparison=comparison, seen=seen)
        digests = {one.file.path: one.digest for one in seen}
        scribe = Scribe(app, records=look.records, is_first=look.is_first, now=now)
        scribe.apply(reconciliation.decisions)
        wanted = [(file, digests[file.path]) for file in reconciliation.to_parse]
        done = 0
        for found in crew.map(_read, _batched(wanted)):
            scribe.apply(reconciliation.decide(found))
            done += len(found)
            if on_progress:
                on_progress(done, len(wanted))
    scribe.apply(reconciliation.settle(now=now, by_hand=by_hand, accept=accept, guard=app.settings.seeds.guard))
    if look.is_first:
        with app.ledger.write() as tx:
            tx.facts.put(_FIRST_READ, now.isoformat())
    return scribe.report


def _batched(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _see(app: App, files: Sequence[SeedFile]) -> list[Seen]:
    return [_see_one(app, file) for file in files]


def _see_one(app: App, file: SeedFile) -> Seen:
    try:
        data = read_bytes(app.home.seeds, file, app.settings.seeds.max_size)
    except SeedError as problem:
        return Seen(file, "", problem)
    return Seen(file, hashlib.sha256(data).hexdigest())


def _read(app: App, files: Sequence[tuple[SeedFile, str]]) -> list[Found]:
    rules, neighbour = _build_rules(app), cache(partial(read_neighbour, app.home.seeds))
    return [_read_one(app, file, digest=digest, rules=rules, neighbour=neighbour) for file, digest in files]


def read_again(app: App, file: SeedFile, *, digest: str) -> Found:
    """What a file says whose bytes had that digest at the last look."""
    return _read(app, [(file, digest)])[0]


def _build_rules(app: App) -> Rules:
    return Rules(
        timezone=app.publication.timezone,
        language=app.publication.language,
        languages=app.publication.languages,
        review_below=app.settings.seeds.review_below,
    )


def _read_one(
    app: App, file: SeedFile, *, digest: str, rules: Rules, neighbour: Callable[[str], bytes | None]
) -> Found:
    try:
        data = read_bytes(app.home.seeds, file, app.settings.seeds.max_size)
        if hashlib.sha256(data).hexdigest() != digest:
            return Found(file, "", SeedError(file.path, "it changed while it was read"))
        asset = partial(_find_asset, app)
        return Found(file, digest, read_seed(file.path, data, rules, asset=asset, neighbour=neighbour))
    except SeedError as problem:
        return Found(file, digest, problem)


def _find_asset(app: App, path: str) -> Image | None:
    return find_asset(app.home.seeds, path, picture_limits(app))


def write_reviews(app: App) -> None:
    """Keep var/review as the ledger has it: a text file for each seed that waits, with the reason."""
    folder = app.home.var / "review"
    with app.ledger.read() as tx:
        waiting = {_name_review(record.path): record for record in tx.seeds.list_waiting()}
    for name, record in waiting.items():
        place = f"{record.path}:{record.line}" if record.line else record.path
        text = f"{place}: {record.reason}\n".encode("utf-8", "replace")
        if not _is_written(folder / name, text):
            write_atomic(folder / name, text)
    for path in list(_iter_files(folder)):
        if path.relative_to(folder).as_posix() not in waiting:
            path.unlink()


def _name_review(path: str) -> str:
    """Where a seed's reason is written: at its own path, unless that leaves no room for an ending."""
    written = os.fsencode(path)
    if len(written) < _LONGEST_REVIEW:
        return f"{path}.txt"
    return f"{os.fsdecode(written[:_CUT_REVIEW]).replace('/', '_')}-{hashlib.sha256(written).hexdigest()[:16]}.txt"


def _is_written(path: Path, text: bytes) -> bool:
    try:
        return path.read_bytes() == text
    except OSError:
        return False


def _iter_files(folder: Path) -> Iterator[Path]:
    return (Path(where, name) for where, _, names in os.walk(folder) for name in names)
