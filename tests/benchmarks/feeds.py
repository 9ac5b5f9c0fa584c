"""What feeds cost: to make, with one article more among many, to serve, and to serve while they are built anew.

- A feed of 50 articles of 3 KB in all three formats, beside bare feedgen that makes RSS and Atom of the same: with one
  new article, as it happens, and with fifty that were never seen before.
- One article more among 100,000, beside the same among a hundred whose feeds are the same; see `ledgers`.
- Answers beside nginx; see `serve`.
- Readers who poll while the feeds are built ten times a second; see `polling`.
"""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median

from feedgen.feed import FeedGenerator

from publisher.app import App
from publisher.domain import address
from publisher.domain.article import Article
from publisher.domain.feed import Format
from publisher.feeds import build_all
from publisher.ingest import FolderRules, walk
from publisher.jobs.making import make
from publisher.jobs.publishing import publish
from publisher.jobs.reading import take_in
from publisher.jobs.surveying import Watch
from tests.benchmarks import polling, serve
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.benchmarks.folder import make_article, name_article
from tests.benchmarks.ledgers import NOW, build_article, make_full_home
from tests.feed_documents import make_document
from tests.folders import put_seed
from tests.homes import HomeFolder

ENTRIES = 50
MANY, FEW_MANY, FEW = 100_000, 5_000, 100
_BUILDS, _DROPS = 10, 5  # a round
_MADE = ("/feeds/languages/fr.atom", "/feeds")
_STEP = timedelta(seconds=5)
_AS_AMONG_FEW = Aim(sense=Sense.MOST, bound=1.5)


def measure(options: Options) -> Iterator[Figure]:
    """All of it."""
    yield from _measure_building(options)
    yield from _measure_growth(options)
    yield from serve.measure(options)
    yield from polling.measure(options)


def _measure_building(options: Options) -> Iterator[Figure]:
    numbers = itertools.count()
    window = [_build_next(numbers) for _ in range(ENTRIES)]

    def pass_on() -> list[Article]:
        window[:] = [_build_next(numbers), *window[:-1]]
        return window

    def build_anew() -> list[Article]:
        return [_build_next(numbers) for _ in range(ENTRIES)]

    for what, choose in (("with one new article", pass_on), ("all of it new", build_anew)):
        acts = [partial(_time_builds, choose, build) for build in (_build, build_plainly)]
        ours, reference = take_turns(options.rounds, *acts)
        yield Figure(
            what=f"feeds: {ENTRIES} entries in three formats, {what}",
            unit="ms",
            ours=ours,
            reference=reference,
            beside="bare feedgen, RSS and Atom",
        )


def _build_next(numbers: Iterator[int]) -> Article:
    number = next(numbers)
    return build_article(number, NOW + timedelta(minutes=number))


def _time_builds(choose: Callable[[], list[Article]], build: Callable[[Sequence[Article]], object]) -> float:
    """The median of some builds, in milliseconds; what is built of is there before."""
    taken = []
    for _ in range(_BUILDS):
        articles = choose()
        started = time.perf_counter()
        build(articles)
        taken.append(time.perf_counter() - started)
    return 1000 * median(taken)


def _build(articles: Sequence[Article]) -> object:
    return build_all(make_document(*articles))


def build_plainly(articles: Sequence[Article]) -> tuple[bytes, bytes]:
    """RSS and Atom as feedgen makes them by itself, with what both formats have in common."""
    feed = FeedGenerator()
    feed.id("tag:gazette.example.org,2026:main")
    feed.title("La Gazette")
    feed.link(href="https://gazette.example.org/")
    feed.description("La Gazette")
    for article in articles:
        entry = feed.add_entry(order="append")
        entry.id(article.id)
        entry.title(article.title)
        entry.link(href=f"https://gazette.example.org{address.article(article)}")
        entry.author([{"name": name} for name in article.authors])
        entry.category([{"term": tag} for tag in (article.section, *article.tags)])
        entry.summary(article.summary)
        entry.content(article.html, type="html")
        entry.published(article.published_at)
        entry.updated(article.updated_at)
    return feed.rss_str(), feed.atom_str()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Seconds for one article more: the look, from the publishing's begin to the feeds' bytes, all of it.

    `used` are those of processor that all of it took, `made` those for documents that are made when asked for.
    """

    look: float
    feeds: float
    whole: float
    used: float
    made: dict[str, float]


class Adding:
    """Adds one article after another to a home, each looked at by a hint."""

    def __init__(self, home: HomeFolder, app: App) -> None:
        part = app.settings.seeds
        rules = FolderRules(include=part.include, exclude=part.exclude, max_size=part.max_size)
        self._home, self._app, self._number = home, app, 0
        self._watch = Watch(ground=walk(app.home.seeds, rules).ground)

    def add(self) -> Added:
        """One more, by the clock of the home."""
        self._number += 1
        moment, name = NOW + self._number * 4 * _STEP, name_article(1_000_000 + self._number)
        put_seed(self._home, name, _write(self._number), at=moment)
        take_in(self._app, now=moment - _STEP, watch=self._watch, hinted={name})  # it may still be written to
        began, used = time.time(), time.process_time()
        report, is_whole = take_in(self._app, now=moment, watch=self._watch, hinted=())
        looked = time.time()
        publish(self._app, now=moment)
        ended, used = time.time(), time.process_time() - used
        assert not is_whole
        assert report["new"] == [name], report
        return Added(
            look=looked - began,
            feeds=self._find_last_write() - looked,
            whole=ended - began,
            used=used,
            made={path: self._make(path) for path in _MADE},
        )

    def add_some(self) -> Added:
        """The medians of a few."""
        some = [self.add() for _ in range(_DROPS)]
        values = {name: median(getattr(one, name) for one in some) for name in ("look", "feeds", "whole", "used")}
        return Added(**values, made={path: median(one.made[path] for one in some) for path in _MADE})

    def _find_last_write(self) -> float:
        """When the last of the feeds' files came; by when it changed, for its other time is what readers are told."""
        paths = (address.feed(feed.name, form) for feed in self._app.feeds for form in Format)
        return max(self._app.shelf.place(path).stat().st_ctime for path in paths)

    def _make(self, path: str) -> float:
        started = time.perf_counter()
        assert make(self._app, path, now=NOW)
        return time.perf_counter() - started


def _write(number: int) -> str:
    """A seed without a date of its own, so that it comes out when it is seen."""
    text = make_article(number * 6, 1_000_000)
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("date: "))


def _measure_growth(options: Options) -> Iterator[Figure]:
    many = FEW_MANY if options.is_quick else MANY
    with ExitStack() as stack:
        among = [stack.enter_context(_adding(count)) for count in (many, FEW)]
        for one in among:
            one.add_some()  # what was never asked for before takes longer
        ours, reference = take_turns(options.rounds, *(one.add_some for one in among))

    def compare(what: str, read: Callable[[Added], float], aim: Aim | None = None) -> Figure:
        return Figure(
            what=f"feeds: {what}",
            unit="ms",
            ours=tuple(1000 * read(one) for one in ours),
            reference=tuple(1000 * read(one) for one in reference),
            beside=f"among {FEW}",
            aim=aim,
        )

    yield compare(f"one article more among {many:,}, the look", lambda one: one.look)
    yield compare("from then to the bytes of three feeds", lambda one: one.feeds, _AS_AMONG_FEW)
    yield compare("both, and all else that is published", lambda one: one.whole, _AS_AMONG_FEW)
    yield compare("processor for all of it", lambda one: one.used, _AS_AMONG_FEW)
    for path in _MADE:
        yield compare(f"{path}, made after it", partial(_read_made, path=path))


def _read_made(one: Added, *, path: str) -> float:
    return one.made[path]


@contextmanager
def _adding(count: int) -> Iterator[Adding]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        home = make_full_home(Path(name) / "home", count)
        with home.opened() as app:
            yield Adding(home, app)
