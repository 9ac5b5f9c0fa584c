"""Reading the folder: a look at it becomes articles in the ledger, then feeds and pages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from publisher.app import App
from publisher.files import locked
from publisher.ingest import (
    Found,
    Reading,
    Reconciliation,
    SeedFile,
    Seen,
    build_report,
)
from publisher.jobs.crew import Crew, open_crew
from publisher.jobs.ids import is_behind, take_file, write_file
from publisher.jobs.leasing import keep_folder
from publisher.jobs.linking import list_dangling
from publisher.jobs.opening import batched, read, see
from publisher.jobs.pausing import pause_expired
from publisher.jobs.publishing import Progress, publish
from publisher.jobs.recording import Scribe
from publisher.jobs.review_files import write_reviews
from publisher.jobs.surveying import FEW, FIRST_READ, Survey, Watch, load_state, survey_folder, survey_paths


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
        keep_folder(app, now=now, watch=watch)
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
        seen = see(crew, comparison.to_read)
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
    return {found.file.path: found for found in read(app, wanted)}


def _declared_id(found: Found) -> str:
    return found.reading.content.declared_id if isinstance(found.reading, Reading) else ""


def _iter_found(
    crew: Crew, wanted: Sequence[tuple[SeedFile, str]], readings: Mapping[str, Found] | None
) -> Iterable[Sequence[Found]]:
    if readings is not None:
        return [[readings[file.path] for file, _ in wanted]]
    return crew.map(read, batched(wanted))
