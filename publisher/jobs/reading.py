"""Reading the folder: a look at it becomes articles in the ledger, then feeds and pages."""

import hashlib
import os
import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from publisher.app import App
from publisher.domain import address
from publisher.domain.article import Image
from publisher.errors import BusyError, SeedError
from publisher.files import locked, write_atomic
from publisher.ingest import (
    Found,
    Reading,
    Reconciliation,
    Rules,
    SeedFile,
    Seen,
    build_report,
    find_asset,
    read_bytes,
    read_neighbour,
    read_seed,
)
from publisher.jobs.crew import Crew, open_crew
from publisher.jobs.ids import is_behind, take_file, write_file
from publisher.jobs.linking import list_dangling
from publisher.jobs.pausing import pause_expired
from publisher.jobs.publishing import Progress, picture_limits, publish
from publisher.jobs.recording import Scribe
from publisher.jobs.surveying import FEW, FIRST_READ, Survey, Watch, load_state, survey_folder, survey_paths

_BATCH = 250
_LEASE_NAME, _LEASE = "folder", timedelta(minutes=2)
_RENEWAL = timedelta(seconds=45)  # within which a watch need not renew the lease
_LONGEST_REVIEW, _CUT_REVIEW = 250, 100  # bytes of a seed's path; a name has 255 at most

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look did: the report of `ingest --json`, the public paths that changed, whether files still move.

    `is_whole` says that it was a look at the whole folder.
    """

    report: dict[str, Any]
    published: list[str]
    is_moving: bool = False
    is_whole: bool = True


def read_folder(
    app: App,
    *,
    now: datetime,
    watch: Watch | None = None,
    hinted: Collection[str] | None = None,
    accept: bool = False,
    on_progress: Progress | None = None,
) -> Look:
    """Look at the folder once and bring ledger, feeds and pages up to it.

    With a `watch` it is one look of many: young files and missing ones wait for the next; `hinted` paths are looked at
    alone where nothing more can be told by a walk. Without, it is a look by hand: it waits a moment for young files and
    takes the folder as it then stands. Raises BusyError where another machine or folder feeds this ledger.
    """
    report, is_whole = take_in(app, now=now, watch=watch, hinted=hinted, accept=accept, on_progress=on_progress)
    published = publish(app, now=now, on_progress=on_progress) if is_whole or _has_news(report) else []
    if is_behind(app, report):
        write_file(app)
    is_moving = bool(watch and watch.moving)
    return Look(report=report, published=published, is_moving=is_moving, is_whole=is_whole)


def take_in(
    app: App,
    *,
    now: datetime,
    watch: Watch | None = None,
    hinted: Collection[str] | None = None,
    accept: bool = False,
    on_progress: Progress | None = None,
) -> tuple[dict[str, Any], bool]:
    """Look as `read_folder` does, but publish nothing; gives the report, and whether the whole folder was looked at."""
    with locked(app.home.run / "folder.lock"), app.tally.folder_looks.measured():
        _keep_folder(app, now=now, watch=watch)
        taken = take_file(app, now=now)
        reconcile = partial(
            _reconcile, app, now=now, watch=watch, refused=taken.refused, accept=accept, on_progress=on_progress
        )
        survey = survey_paths(app, hinted, now=now, watch=watch) if watch and hinted is not None else None
        report = reconcile(survey) if survey is not None else None
        if survey is None or report is None:
            if watch and survey:
                watch.moving = {}  # what has moved together is decided together, when all of it stands still
            survey = survey_folder(app, now=now, watch=watch)
            report = reconcile(survey)
        assert report is not None
        report["notes"] += _note_dangling(app, report, now=now)
        pause_expired(app, now=now)
    problems = taken.problems
    report["review"] += [{"path": taken.name, "reason": one.reason, "line": one.number} for one in problems]
    if survey.is_whole or report["review"] or any(record.reason for record in survey.records.values()):
        write_reviews(app)
    return report, survey.is_whole


def _note_dangling(app: App, report: Mapping[str, Any], *, now: datetime) -> list[dict[str, str]]:
    paths = [*report["new"], *report["changed"], *(move["path"] for move in report["renamed"])]
    if not paths:
        return []
    with app.ledger.read() as tx:
        dangling = list_dangling(tx, paths, now=now)
    reason = "leads to no file of the folder: it is mere text until there is one"
    return [{"path": path, "note": f"the link to {page} {reason}"} for path, page in dangling]


def _has_news(report: Mapping[str, Any]) -> bool:
    return any(found for name, found in report.items() if name != "unchanged")


def _keep_folder(app: App, *, now: datetime, watch: Watch | None) -> None:
    """Take the folder, but for a watch that has done so a moment ago."""
    if watch and watch.renew_at and watch.renew_at - _RENEWAL <= now < watch.renew_at:
        return
    take_folder(app, now=now)
    if watch:
        watch.renew_at = now + _RENEWAL


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


def _reconcile(
    app: App,
    survey: Survey,
    *,
    now: datetime,
    watch: Watch | None,
    refused: Mapping[str, str],
    accept: bool,
    on_progress: Progress | None,
) -> dict[str, Any] | None:
    """Decide and write down what has happened; gives the report, None where more must be looked at first."""
    comparison = survey.comparison
    if not (survey.is_first or comparison.to_read or comparison.gone or comparison.refused):
        return build_report((), unchanged=comparison.unchanged)
    with open_crew(app, size=len(comparison.to_read)) as crew:
        seen = [one for batch in crew.map(_see, _batched(comparison.to_read)) for one in batch]
        readings = _read_few(app, seen)
        ids = None if readings is None else {_declared_id(found) for found in readings.values()}
        state = load_state(app, survey, seen=seen, ids=ids, watch=watch, refused=refused)
        if state is None:
            return None
        reconciliation = Reconciliation(state, comparison=comparison, seen=seen)
        digests = {one.file.path: one.digest for one in seen}
        scribe = Scribe(app, records=survey.records, is_first=survey.is_first, now=now)
        scribe.apply(reconciliation.decisions)
        wanted = [(file, digests[file.path]) for file in reconciliation.to_parse]
        done = 0
        for found in _iter_found(crew, wanted, readings):
            scribe.apply(reconciliation.decide(found))
            done += len(found)
            if on_progress:
                on_progress(done, len(wanted))
    guard = app.settings.seeds.guard
    scribe.apply(reconciliation.settle(now=now, by_hand=watch is None, accept=accept, guard=guard))
    if survey.is_first:
        with app.ledger.write() as tx:
            tx.facts.put(FIRST_READ, now.isoformat())
    scribe.report["unchanged"] += comparison.unchanged
    return scribe.report


def _read_few(app: App, seen: Sequence[Seen]) -> dict[str, Found] | None:
    """What the files say, by path, where they are few; None for many, which are read as they are decided."""
    if len(seen) > FEW:
        return None
    wanted = [(one.file, one.digest) for one in seen if one.error is None]
    return {found.file.path: found for found in _read(app, wanted)}


def _declared_id(found: Found) -> str:
    return found.reading.content.declared_id if isinstance(found.reading, Reading) else ""


def _iter_found(
    crew: Crew, wanted: Sequence[tuple[SeedFile, str]], readings: Mapping[str, Found] | None
) -> Iterable[Sequence[Found]]:
    if readings is not None:
        return [[readings[file.path] for file, _ in wanted]]
    return crew.map(_read, _batched(wanted))


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
        site=address.root(app.publication.article_url) if app.publication.article_url else "",
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
