"""`publisher ingest` as a whole process, beside Hugo on the same folder: a first read, and one more article.

The first read is that of a home without a ledger: articles are taken in, and all feeds and pages written. Then one
article is added to the folder and `ingest` run again; Hugo builds its site again, which is what it can do. Hugo makes
a page for each article, lists and RSS. Our articles have an identity in a ledger, pages in one more style, and feeds
in three formats; everything is synced to the disk, which Hugo leaves to the system.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.folder import make_article, name_article, write_articles
from tests.benchmarks.hugo import Hugo
from tests.homes import HomeFolder, make_home

SIZES, FEW, MANY = (1_000, 10_000), (200, 500), 100_000
_SLOWER = Aim(sense=Sense.MOST, bound=1)
_QUARTER = Aim(sense=Sense.MOST, bound=0.25)
_MEMORY = Aim(sense=Sense.MOST, bound=200, of_ratio=False)


class Bench:
    """One folder of articles that a home and a Hugo site share."""

    def __init__(self, folder: Path, count: int) -> None:
        self._count, self._next = count, count
        self._folder, self._rounds = folder, itertools.count()
        self._home = make_home(folder / "home")
        self._seeds = self._home.path / "seeds"
        write_articles(self._seeds, count)
        self._hugo = Hugo(folder / "hugo", self._seeds)

    def read_first(self) -> processes.Ran:
        """`ingest` in a home that has read nothing yet."""
        for made in [path for name in ("data", "var") if (path := self._home.path / name).exists()]:
            # Kept, since ext4 is slow to make files for a minute after it has deleted as many.
            made.rename(self._folder / f"{made.name}-{next(self._rounds)}")
        return _ingest(self._home)

    def add_one(self) -> processes.Ran:
        """`ingest` after one article more."""
        self._home.write_seed(name_article(self._next), make_article(self._next, self._count))
        self._next += 1
        return _ingest(self._home)

    def build_first(self) -> processes.Ran:
        """Hugo's build of the folder into a new place."""
        return self._hugo.build(is_first=True)

    def build(self) -> processes.Ran:
        """Hugo's build of the folder as it stands."""
        return self._hugo.build()


def _ingest(home: HomeFolder) -> processes.Ran:
    return processes.run(home.command("ingest"))


def measure(options: Options) -> Iterator[Figure]:
    """First reads of a small and of a large folder, and one article more in the large one."""
    for count in FEW if options.is_quick else SIZES:
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(Path(name), count)
            ours, reference = take_turns(options.rounds, bench.read_first, bench.build_first)
            yield _compare(f"read: {count:,} articles for the first time", ours, reference, aim=_SLOWER)
            yield _compare_memory(f"read: peak memory with {count:,}", ours, reference)
            ours, reference = take_turns(options.rounds, bench.add_one, bench.build)
            yield _compare(f"read: one article more among {count:,}", ours, reference, aim=_QUARTER)
            yield _compare_memory(f"read: peak memory of one more among {count:,}", ours, reference)
    if not options.is_quick:
        yield from _measure_memory(MANY)


def _measure_memory(count: int) -> Iterator[Figure]:
    """What we hold in memory with very many, once each: Hugo takes gigabytes for them."""
    with tempfile.TemporaryDirectory() as name:
        home = make_home(Path(name) / "home")
        write_articles(home.path / "seeds", count)
        first = _ingest(home)
        home.write_seed(name_article(count), make_article(count, count))
        more = _ingest(home)
    for what, ran in (("for the first time", first), ("and one more", more)):
        yield Figure(what=f"read: peak memory, {count:,} articles {what}", unit="MB", ours=(ran.peak,), aim=_MEMORY)


def _compare(what: str, ours: tuple[processes.Ran, ...], reference: tuple[processes.Ran, ...], *, aim: Aim) -> Figure:
    return Figure(
        what=what,
        unit="s",
        ours=tuple(ran.seconds for ran in ours),
        reference=tuple(ran.seconds for ran in reference),
        beside="Hugo",
        aim=aim,
    )


def _compare_memory(what: str, ours: tuple[processes.Ran, ...], reference: tuple[processes.Ran, ...]) -> Figure:
    return Figure(
        what=what,
        unit="MB",
        ours=tuple(ran.peak for ran in ours),
        reference=tuple(ran.peak for ran in reference),
        beside="Hugo",
    )
