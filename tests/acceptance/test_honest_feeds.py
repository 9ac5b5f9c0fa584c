"""Whatever an honest paper does, none of its feeds is held back; the same files with a fault planted in them are."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.app import App
from publisher.domain.article import Article
from publisher.domain.feed import Feed, Format
from publisher.domain.issue import Issue
from publisher.domain.issue import Status as IssueStatus
from publisher.jobs.holding import keep_good, list_held
from publisher.jobs.offering import list_issue_feeds
from publisher.jobs.publishing import publish
from publisher.store.issues import Freeze
from publisher.store.revisions import Recomposed
from tests.factories import DAY, HOUR, NOW, make_article, make_freeze, make_slot, make_variant
from tests.homes import HomeFolder, make_home

TRAFFIC = '[feeds.traffic]\ntitle = "Traffic"\nlimit = 2\ntags = ["Traffic"]\ncontent = "summary"\n'
PATHS = {form: f"/feeds/main.{form.value}" for form in Format}


@dataclass
class Paper:
    """An open home and the moment."""

    app: App
    now: datetime = NOW

    def play(self, act: str, number: int, hours: int) -> None:
        """Let some time pass, let one thing happen, and publish."""
        self.now += hours * HOUR
        with self.app.ledger.read() as tx:
            articles = sorted(tx.articles.list_all(), key=lambda one: one.key)
        if act == "limit":
            self.app = replace(self.app, feeds=tuple(replace(feed, limit=1 + number) for feed in self.app.feeds))
        elif act == "new" or not articles:
            self.add(len(articles) + 1, age=40 * DAY if number == 0 else timedelta())
        else:
            self.change(articles[number % len(articles)], act, days=number)
        publish(self.app, now=self.now)

    def add(self, number: int, *, age: timedelta = timedelta()) -> None:
        """One article more."""
        moments = dict.fromkeys(("published_at", "released_at", "updated_at"), self.now - age)
        with self.app.ledger.write() as tx:
            tx.articles.add(make_article(number, **moments, first_seen_at=self.now), seed_digest="")

    def change(self, one: Article, act: str, *, days: int) -> None:
        """Do something to an article."""
        changes = {
            "corrected": {"updated_at": max(self.now, one.updated_at), "summary": f"{one.summary} Or not."},
            "dated": {"published_at": one.published_at - DAY},
            "withdrawn": {"withdrawn_at": self.now},
            "restored": {"withdrawn_at": None, "expires_at": None},
            "retagged": {"tags": () if one.tags else ("traffic",)},
            "renamed": {"path": f"{one.path}x", "slug": f"{one.slug}x"},
            "expires": {"expires_at": self.now + days * DAY},
            "held up": {"released_at": max(one.released_at, self.now + days * DAY)},
        }
        with self.app.ledger.write() as tx:
            tx.articles.change(replace(one, **changes[act]), seed_digest="")  # type: ignore[arg-type]

    def read(self) -> dict[str, bytes]:
        """The main feed as readers have it."""
        found = {path: self.app.shelf.find(path) for path in PATHS.values()}
        return {path: served.body for path, served in found.items() if served}

    def keep(self, built: dict[str, bytes]) -> dict[str, bytes]:
        """What of a built main feed would be written."""
        with self.app.ledger.read() as tx:
            return keep_good(self.app, tx, built, feeds=self.app.feeds[:1], now=self.now)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    """A home with a ledger and nothing in it."""
    home = make_home(tmp_path_factory.mktemp("pattern") / "home", more=TRAFFIC)
    with home.opened():
        return home


@contextmanager
def opened(pattern: HomeFolder) -> Iterator[Paper]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = HomeFolder(Path(shutil.copytree(pattern.path, Path(folder) / "home")))
        with home.opened() as app:
            yield Paper(app)


@pytest.fixture
def paper(pattern: HomeFolder) -> Iterator[Paper]:
    """A paper with three articles, the last of them corrected."""
    with opened(pattern) as paper:
        for act in ("new", "new", "new", "corrected"):
            paper.play(act, 2, 1)
        yield paper


ACTS = st.sampled_from(
    ["new", "new", "corrected", "dated", "withdrawn", "restored", "retagged", "renamed", "expires", "held up", "limit"]
)


@settings(max_examples=12)
@given(
    history=st.lists(
        st.tuples(ACTS, st.integers(0, 4), st.sampled_from([1, 24, 24 * 9, 24 * 33])), min_size=4, max_size=8
    )
)
def test_honest_paper_holds_nothing(pattern: HomeFolder, history: list[tuple[str, int, int]]) -> None:
    with opened(pattern) as paper:
        for act in history:
            paper.play(*act)
            assert list_held(paper.app) == []


def test_unchanged_feed_is_taken(paper: Paper) -> None:
    assert paper.keep(paper.read()) == paper.read()


def _replace(old: str, new: str, *, forms: str = "rss atom json") -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def plant(built: dict[str, bytes]) -> dict[str, bytes]:
        return {
            path: re.sub(old.encode(), new.encode(), data) if path.rpartition(".")[2] in forms.split() else data
            for path, data in built.items()
        }

    return plant


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (_replace("bridge-1", "bridge-7"), ""),
        (_replace(r"(11-23:)\d", r"\g<1>9"), "an id stands twice"),
        (_replace(r"11-23:1\b", "11-23:4"), "entries are gone, and nothing explains it: tag:example.org,2026-11-23:1"),
        (_replace(r"11-23:", "11-24:"), "and nothing explains it"),
        (_replace(r"2026-11-23T1\d", "2026-11-22T10", forms="atom"), "a date has gone back"),
        (_replace(r"(<updated>)2026-11-23T(.*?entry)", r"\g<1>2026-11-22T\2", forms="atom"), "a date has gone back"),
        (_replace(r"(date_modified.: .)2026-11-23", r"\g<1>2026-11-22", forms="json"), "a date has gone back"),
        (_replace("<entry", "<entri", forms="atom"), "it is not well-formed"),
        (_replace("</channel>.*", "", forms="rss"), "it is not well-formed"),
        (_replace(r"(?s)<entry.*?</entry>", "", forms="atom"), "its formats do not agree"),
        (_replace("urn:uuid:....", "urn:uuid:0000", forms="atom"), "the feed's own id is another one"),
    ],
)
def test_planted_fault_is_held(
    paper: Paper, plant: Callable[[dict[str, bytes]], dict[str, bytes]], reason: str
) -> None:
    planted = plant(paper.read())
    assert planted != paper.read()
    assert (paper.keep(planted) == {}) is bool(reason)
    assert reason in "".join(held.reason for held in list_held(paper.app))


def test_one_feed_holds_no_other(paper: Paper) -> None:
    broken = {path: data[:-9] for path, data in paper.read().items()}
    assert paper.keep({**broken, "/feeds/other.rss": b"other"}) == {"/feeds/other.rss": b"other"}


def test_feed_with_a_fault_is_not_even_begun(paper: Paper) -> None:
    built = {path: data.replace(b"/main.", b"/fresh.") for path, data in paper.read().items()}
    fresh = Feed(name="fresh", title="Fresh")
    with paper.app.ledger.read() as tx:
        for data, is_taken in ((b"", False), (None, True)):
            renamed = {path.replace("main", "fresh"): one if data is None else data for path, one in built.items()}
            assert bool(keep_good(paper.app, tx, renamed, feeds=[fresh], now=NOW)) is is_taken


def freeze(paper: Paper, number: int, *, articles: tuple[Article, ...] = ()) -> Issue:
    slot = make_slot(number)
    changes = {"slot": slot.name, "due_at": slot.due_at, "cutoff_at": slot.due_at, "expires_at": slot.due_at + DAY}
    paper.now = slot.due_at
    with paper.app.ledger.write() as tx:
        plan: Freeze = make_freeze(**changes, articles=articles)
        issue = tx.issues.freeze(plan, paper.now)
    assert issue
    return issue


def freeze_many(paper: Paper, number: int) -> Issue:
    issues = [freeze(paper, index) for index in range(number)]
    publish(paper.app, now=paper.now)
    return issues[-1]


def read_issues(paper: Paper) -> dict[str, bytes]:
    found = {path: paper.app.shelf.find(path) for path in (f"/feeds/issues/daily.{form.value}" for form in Format)}
    return {path: served.body for path, served in found.items() if served}


def list_issues(paper: Paper) -> int:
    return read_issues(paper)["/feeds/issues/daily.atom"].count(b"<entry")


def test_issues_leave_their_feed_by_its_limit(paper: Paper) -> None:
    freeze_many(paper, 50)
    first = read_issues(paper)
    freeze(paper, 50)
    publish(paper.app, now=paper.now)
    assert (list_held(paper.app), list_issues(paper)) == ([], 50)
    assert first != read_issues(paper)


def test_cancelled_issue_leaves_its_feed(paper: Paper) -> None:
    issue = freeze_many(paper, 51)
    with paper.app.ledger.write() as tx:
        tx.issues.set_status(issue.key, IssueStatus.CANCELLED, reason="")
    freeze(paper, 51)
    publish(paper.app, now=paper.now)
    assert (list_held(paper.app), list_issues(paper)) == ([], 49)


def compose_anew(paper: Paper, issue: Issue, *articles: Article) -> None:
    paper.now += HOUR
    with paper.app.ledger.write() as tx:
        text = Recomposed(subject="Today", articles=articles, variants=[make_variant()])
        tx.revisions.add(issue.key, text, now=paper.now)
    publish(paper.app, now=paper.now)


def test_issue_that_loses_its_newest_article_goes_on(paper: Paper) -> None:
    with paper.app.ledger.read() as tx:
        bridge, tram = tx.articles.list_all()[:2]
    issue = freeze(paper, 5, articles=(bridge, tram))
    publish(paper.app, now=paper.now)
    compose_anew(paper, issue, replace(bridge, updated_at=paper.now + HOUR / 2), tram)
    compose_anew(paper, issue, tram)
    assert list_held(paper.app) == []
    assert f"<updated>{paper.now.isoformat()}</updated>".encode() in read_issues(paper)["/feeds/issues/daily.atom"]


def test_issue_that_is_gone_for_no_reason_is_held(paper: Paper) -> None:
    freeze_many(paper, 1)
    first = read_issues(paper)
    freeze(paper, 1)
    publish(paper.app, now=paper.now)
    with paper.app.ledger.read() as tx:
        assert keep_good(paper.app, tx, first, feeds=list_issue_feeds(paper.app), now=paper.now) == {}


def test_issue_that_the_ledger_does_not_know_is_held(paper: Paper) -> None:
    freeze_many(paper, 1)
    known = json.loads(read_issues(paper)["/feeds/issues/daily.json"])
    strange = known["items"][0] | {"id": "urn:x", "url": known["items"][0]["url"].replace("0700", "0800")}
    known["items"].append(strange)
    paper.app.shelf.put({"/feeds/issues/daily.json": json.dumps(known).encode()})
    publish(paper.app, now=paper.now, is_full=True)
    (held,) = list_held(paper.app)
    assert (held.name, held.problems) == ("issues/daily", ("entries are gone, and nothing explains it: urn:x",))
    publish(paper.app, now=paper.now, accept=True)
    assert list_held(paper.app) == []
