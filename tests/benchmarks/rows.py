"""What the ledger takes and costs by itself: the measured parts from which greater numbers are reckoned.

A million rows (`--people`) are frozen and drained by a worker without a relay: bytes a row before and after, and the
cost of a claim at the first rows, in the middle and at the last. Then one, two, four and eight such workers share an
issue: how many commits a second the database takes from them all.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

from sqlalchemy import text

from publisher.app import App
from tests.benchmarks.figure import Aim, Figure, Options, Sense
from tests.benchmarks.paper import Paper, add_readers, open_paper

PEOPLE, FEW = 1_000_000, 20_000
_CROWD = 100_000  # rows that several workers share
_GROUPS, _WORKERS = 16, (1, 2, 4, 8)
_SAME = Aim(sense=Sense.MOST, bound=1.5)
Claims = Sequence[tuple[int, float]]


def measure(options: Options) -> Iterator[Figure]:
    """Bytes and seconds a row, then commits a second. Each is measured once: a million rows are many rounds."""
    people = options.people or (FEW if options.is_quick else PEOPLE)
    with open_paper(options, people=0) as paper:
        yield from _measure_rows(paper, people, kept=options.kept)
    with open_paper(options, people=min(people, _CROWD)) as paper:
        for workers in _WORKERS:
            yield _share(paper, workers, kept=options.kept)


def _measure_rows(paper: Paper, people: int, *, kept: str) -> Iterator[Figure]:
    paper.people = people
    sizes = [_size(paper)]
    with paper.home.opened() as app:
        add_readers(app, people)
    sizes.append(_size(paper))
    issue = paper.freeze()
    sizes.append(_size(paper))
    yield show(f"rows: freezing, {people:,} rows, {kept}", "µs a row", issue.seconds / people * 1e6)
    claims = drain(paper)[0]
    progress = paper.read_progress(issue)
    sizes.append(_size(paper))
    names = ("a reader with her subscription", "a delivery, frozen", "the same delivery, once sent, in addition")
    for name, before, after in zip(names, sizes, sizes[1:], strict=False):
        yield show(f"rows: {name}, {kept}", "bytes", (after - before) / people)
    yield from _compare_claims(claims, kept=kept)
    yield show(f"rows: begun and recorded without a relay, {kept}", "µs a row", 1e6 / progress.rate())


def _compare_claims(claims: Claims, *, kept: str) -> Iterator[Figure]:
    """The cost of a claim's row at three places of the queue."""
    part = max(len(claims) // 20, 1)
    middle = len(claims) // 2
    first, half, last = (_cost(some) for some in (claims[:part], claims[middle : middle + part], claims[-part:]))
    yield show(f"rows: claiming, the first twentieth, {kept}", "µs a row", first)
    for name, cost in (("in the middle", half), ("the last twentieth", last)):
        yield Figure(
            what=f"rows: claiming, {name}, {kept}",
            unit="µs a row",
            ours=(cost,),
            reference=(first,),
            beside="the first twentieth",
            aim=_SAME,
        )


def _cost(claims: Claims) -> float:
    return sum(seconds for _, seconds in claims) / sum(rows for rows, _ in claims) * 1e6


def _share(paper: Paper, workers: int, *, kept: str) -> Figure:
    """Commits a second of so many workers together, each with a group of rows."""
    issue = paper.freeze()
    drain(paper, workers=workers)
    progress = paper.read_progress(issue)
    rate = progress.rate() / progress.rows_a_commit
    return show(f"rows: commits by {workers} workers, {_GROUPS} rows each, {kept}", "/s", rate)


def drain(paper: Paper, *, workers: int = 1) -> list[Claims]:
    """Have so many workers share what is due, without a relay; gives the claims of each."""
    command = [sys.executable, "-m", "tests.benchmarks.clients.drain", str(paper.home.path), str(_GROUPS)]
    crew = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(workers)]
    printed = [one.communicate()[0] for one in crew]
    assert not any(one.returncode for one in crew)
    return [json.loads(claims) for claims in printed]


def _size(paper: Paper) -> int:
    """Bytes of the whole database, its log emptied."""
    with paper.home.opened() as app:
        return _file_size(app) if app.ledger.path else _database_size(app)


def _file_size(app: App) -> int:
    assert app.ledger.path
    assert app.ledger.forget_deleted()
    return app.ledger.path.stat().st_size


def _database_size(app: App) -> int:
    with app.ledger.engine.connect() as connection:
        size: int = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
        return size


def show(what: str, unit: str, value: float, *, aim: Aim | None = None) -> Figure:
    """A figure that was measured once, with nothing beside it."""
    return Figure(what=what, unit=unit, ours=(value,), aim=aim)
