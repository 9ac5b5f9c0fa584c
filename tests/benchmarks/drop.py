"""From a file dropped into the folder to the new bytes of the main feed, in `publisher run` with many articles.

The file comes by a rename, as a whole. By the rule of `quiet` it counts as whole once it has stood still for that
time, so one figure counts from then and the other from the rename. Hugo's build of the folder stands beside them: that
is what a change costs where a site is made anew.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from tests.benchmarks import processes
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.folder import make_article, name_article, write_articles
from tests.benchmarks.hugo import Hugo
from tests.homes import HomeFolder, make_home

ARTICLES, FEW = 10_000, 500
QUIET = 0.05  # seconds, as homes of the tests have it
_DROPS = 5  # a round
_FEED = Path("var/public/feeds/main.atom")


@dataclass(frozen=True, slots=True, kw_only=True)
class FullHome:
    """A home that has taken in many articles, the port that it will serve, and the folder that goes with it."""

    folder: tempfile.TemporaryDirectory[str]
    home: HomeFolder
    port: int


@cache
def make_full_home(count: int) -> FullHome:
    """One for so many articles, shared by those who measure: to take in ten thousand lasts a while."""
    folder, port = tempfile.TemporaryDirectory(prefix="bench-"), processes.find_free_port()
    home = make_home(Path(folder.name) / "home", url=f"http://127.0.0.1:{port}", port=port)
    write_articles(home.path / "seeds", count)
    processes.run(home.command("ingest"))
    return FullHome(folder=folder, home=home, port=port)


class Dropping:
    """Drops one article after another, each newer than all before it."""

    def __init__(self, home: HomeFolder, count: int) -> None:
        self._home, self._count, self._next = home, count, count
        self._feed = home.path / _FEED

    def drop(self) -> float:
        """Seconds from the rename to a feed that has it."""
        number, before = self._next, self._feed.stat()
        self._next += 1
        self._home.write_seed(name_article(number), make_article(number, self._count))
        started = time.perf_counter()
        processes.wait_until(lambda: self._feed.stat() != before and f"({number})" in self._feed.read_text())
        return time.perf_counter() - started

    def drop_some(self) -> float:
        """The median of a few."""
        return median(self.drop() for _ in range(_DROPS))


@contextmanager
def dropping(home: HomeFolder, *, port: int, count: int) -> Iterator[Dropping]:
    """`publisher run`, once it has seen its first drop."""
    with processes.serving(home.command("run"), port=port, log=home.path / "run.log"):
        one = Dropping(home, count)
        one.drop()
        yield one


def measure(options: Options) -> Iterator[Figure]:
    """A drop among many, from when the file is whole and in all, beside Hugo."""
    count = FEW if options.is_quick else ARTICLES
    full = make_full_home(count)
    with tempfile.TemporaryDirectory() as name, dropping(full.home, port=full.port, count=count) as drops:
        hugo = Hugo(Path(name), full.home.path / "seeds")
        ours, builds = take_turns(options.rounds, drops.drop_some, lambda: hugo.build().seconds)
    yield Figure(
        what=f"drop: to the feed's bytes among {count:,}, once whole",
        unit="ms",
        ours=tuple(1000 * (seconds - QUIET) for seconds in ours),
        reference=tuple(1000 * seconds for seconds in builds),
        beside="Hugo",
        aim=Aim(sense=Sense.MOST, bound=50, of_ratio=False),
    )
    yield Figure(
        what=f"drop: the same from the rename (quiet = {QUIET})",
        unit="ms",
        ours=tuple(1000 * seconds for seconds in ours),
        reference=tuple(1000 * seconds for seconds in builds),
        beside="Hugo",
    )
