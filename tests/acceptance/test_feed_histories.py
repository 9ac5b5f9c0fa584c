"""Whatever becomes of a paper, its feeds lead to every article, and tell nobody of one a second time.

`FEED_HISTORIES=100` plays that many histories on each engine instead of a few, each of them longer.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from publisher.app import open_app
from publisher.domain.article import Article, Status
from publisher.domain.feed import Format
from publisher.feeds.reading import Reading, read_back
from publisher.jobs.holding import list_held
from publisher.jobs.publishing import find_published_until
from publisher.jobs.reading import read_folder
from tests.acceptance.test_folder_histories import make_dropper
from tests.conftest import MakeUrl
from tests.feed_histories import (
    FEEDS,
    Reader,
    Shown,
    Story,
    Wanted,
    find_end,
    make_feeds_home,
    publish_elsewhere,
    put_burst,
    reading,
    sum_up,
)
from tests.folders import DAY, HOUR, NOW, put_seed
from tests.histories import Clock, seed_path
from tests.postgres import Databases

HISTORIES = int(os.environ.get("FEED_HISTORIES", "0"))
STEPS = int(os.environ.get("FEED_HISTORY_STEPS", "40"))
NAMES = ["a.md", "b.md", "town/c.md", "town/d.md", "e.md"]
NAME, FILE, ONE = st.sampled_from(NAMES), st.integers(0, len(NAMES) - 1), st.integers(0, 499)
AGE = st.sampled_from([None, timedelta(0), HOUR, DAY, 20 * DAY, 40 * DAY, 75 * DAY, 110 * DAY])
SECTION = st.sampled_from(["", "town", "Town", "sport"])
TAGS = st.sampled_from([(), ("traffic",), ("tram",), ("Traffic", "tram"), ("bus",)])
NUMBER = st.sampled_from([3, 60, 99, 101, 130])
MOST = 600  # articles


@dataclass
class Past:
    """What readers of a feed have had so far."""

    shown: Shown | None = None
    ids: set[str] = field(default_factory=set)


class Paper(RuleBasedStateMachine):
    """A real folder with a real ledger, and beside them what readers were told."""

    def __init__(self, *, make_url: Callable[[], str], drop: Callable[[str], None]) -> None:
        super().__init__()
        self.place, self.url, self.drop = Path(mkdtemp(prefix="feeds-")), make_url(), drop
        self.home = make_feeds_home(self.place / "home", url=self.url)
        self.opened = open_app(self.home.path)
        self.app, self.clock = self.opened.__enter__(), Clock()
        self.subjects, self.bursts, self.held = 0, 0, 0
        self.files: dict[str, Story] = {}
        self.removed: list[Story] = []
        self.past = {name: Past() for name in FEEDS}
        self.known: dict[str, tuple[Article, Status]] = {}
        self.published: dict[str, datetime] = {}
        self.updated: dict[str, datetime] = {}

    @initialize(number=NUMBER, age=AGE)
    def begin(self, number: int, age: timedelta | None) -> None:
        """An article, and some of an archive."""
        self.put(NAMES[0], Story(0, section="town", tags=("Traffic", "tram")))
        self.burst(number, age, "town", ("traffic", "tram"))

    def put(self, name: str, story: Story) -> None:
        self.files[name] = story
        put_seed(self.home, name, story.data, at=NOW)

    def rewrite(self, file: int, **changes: object) -> None:
        name = self.pick(file)
        self.put(name, replace(self.files[name], **changes))  # type: ignore[arg-type]
        self.go_on()

    def pick(self, file: int) -> str:
        """One of those that are there."""
        names = sorted(self.files)
        return names[file % len(names)]

    def date(self, age: timedelta | None) -> datetime | None:
        return None if age is None else (self.clock.now - age).replace(microsecond=0)

    def go_on(self) -> None:
        """Look at the folder and publish, unless more is to happen before the next look."""
        self.clock.tick()
        self.held = max(self.held - 1, 0)
        if not self.held:
            read_folder(self.app, now=self.clock.now, accept=True)
            self.check()

    @rule(name=NAME, age=AGE, section=SECTION, tags=TAGS)
    def create(self, name: str, age: timedelta | None, section: str, tags: tuple[str, ...]) -> None:
        """A new article, which may be an old one that comes late; or its name is used again for another one."""
        self.subjects += 1
        self.put(name, Story(self.subjects, date=self.date(age), section=section, tags=tags))
        self.go_on()

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def edit(self, file: int) -> None:
        """A few words more."""
        self.rewrite(file, edits=self.files[self.pick(file)].edits + 1)

    @precondition(lambda self: self.files)
    @rule(file=FILE, tags=TAGS, section=SECTION)
    def move_in_topics(self, file: int, tags: tuple[str, ...], section: str) -> None:
        """Other tags, perhaps another section."""
        self.rewrite(file, tags=tags, section=section)

    @precondition(lambda self: self.files)
    @rule(file=FILE, age=AGE)
    def date_anew(self, file: int, age: timedelta | None) -> None:
        """Another date."""
        self.rewrite(file, date=self.date(age))

    @precondition(lambda self: self.files)
    @rule(file=FILE, days=st.sampled_from([1, 10, 40]))
    def end(self, file: int, days: int) -> None:
        """Its time will be over."""
        self.rewrite(file, expires=self.date(-days * DAY))

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def turn(self, file: int) -> None:
        """A draft, or no longer."""
        self.rewrite(file, is_draft=not self.files[self.pick(file)].is_draft)

    @precondition(lambda self: self.files)
    @rule(file=FILE, other=NAME)
    def rename(self, file: int, other: str) -> None:
        """Another name, perhaps over another file."""
        name = self.pick(file)
        if name != other:
            seed_path(self.home, other).parent.mkdir(exist_ok=True)
            seed_path(self.home, name).replace(seed_path(self.home, other))
            self.files[other] = self.files.pop(name)
        self.go_on()

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def withdraw(self, file: int) -> None:
        """A file goes."""
        name = self.pick(file)
        seed_path(self.home, name).unlink()
        self.removed.append(self.files.pop(name))
        self.go_on()

    @precondition(lambda self: self.removed)
    @rule(name=NAME, which=ONE)
    def restore(self, name: str, which: int) -> None:
        """A file that went is put back, there or elsewhere."""
        if name not in self.files:
            self.put(name, self.removed[which % len(self.removed)])
        self.go_on()

    @rule(number=NUMBER, age=AGE, section=SECTION, tags=TAGS)
    def burst(self, number: int, age: timedelta | None, section: str, tags: tuple[str, ...]) -> None:
        """Many at once."""
        if self.bursts + number <= MOST:
            since, first = self.clock.now - (age or timedelta(0)), self.bursts + 1
            put_burst(self.app, first, number, since=since, now=self.clock.now, section=section, tags=tags)
            self.bursts += number
        self.go_on()

    @rule(which=ONE, number=st.sampled_from([1, 3, 40]), act=st.sampled_from(["corrected", "withdrawn", "restored"]))
    def change_many(self, which: int, number: int, act: str) -> None:
        """Something happens to some of the many."""
        moment = self.clock.tick()
        with self.app.ledger.write() as tx:
            many = [one for one in tx.articles.list_all() if not one.path]
            start = which % len(many)
            for one in many[start : start + number]:
                is_gone = one.withdrawn_at is not None
                if act == "withdrawn" and not is_gone:
                    tx.articles.withdraw(one.key, now=moment)
                elif act == "restored" and is_gone:
                    tx.articles.change(replace(one, withdrawn_at=None), seed_digest=f"burst-{one.key}")
                elif act == "corrected" and not is_gone:
                    changed = replace(one, updated_at=moment, summary=f"{one.summary} Or not.")
                    tx.articles.change(changed, seed_digest=f"burst-{one.key}")
        self.go_on()

    @rule(hours=st.sampled_from([1, 24, 24 * 9, 24 * 33]))
    def wait(self, hours: int) -> None:
        """Some time passes."""
        self.clock.tick(hours * 3600)
        self.go_on()

    @rule(steps=st.integers(2, 4))
    def hold(self, steps: int) -> None:
        """The next few things happen between two looks."""
        self.held = steps

    # What must hold.

    def check(self) -> None:
        assert list_held(self.app) == []
        with self.app.ledger.read() as tx:
            articles = tx.articles.list_all()
        until = find_published_until(self.app)
        assert until
        with reading(self.home) as reader:
            for name in FEEDS:
                self.check_feed(reader, name, articles, until)
        self.known = {one.id: (one, one.status(until)) for one in articles}

    def check_feed(self, reader: Reader, name: str, articles: list[Article], until: datetime) -> None:
        shown, past = reader.walk(name), self.past[name]
        if shown is None:
            assert past.shown is None, f"{name} is gone"
            return
        feed = next((feed for feed in self.app.feeds if feed.name == name), self.app.feeds[0])
        wanted = Wanted(articles, FEEDS[name], feed.limit, until)
        check_contents(shown, wanted)
        check_formats(shown)
        assert shown.now.gone.keys() <= past.ids, "a tombstone of what was never shown"
        if past.shown:
            self.check_parts(past.shown, shown, now={one.id: one for one in articles}, until=until)
            check_head(past.shown, shown)
        self.check_entries(shown)
        past.shown, past.ids = shown, past.ids.union(shown.list_ids(), shown.archived)

    def check_entries(self, shown: Shown) -> None:
        for document in shown.atom.values():
            for seen in document.entries:
                assert seen.published
                assert seen.updated
                assert self.published.setdefault(seen.id, seen.published) == seen.published, seen.id
                assert self.updated.get(seen.id, seen.updated) <= seen.updated, seen.id
                self.updated[seen.id] = seen.updated

    def check_parts(self, before: Shown, after: Shown, *, now: dict[str, Article], until: datetime) -> None:
        def is_changed(ref: str) -> bool:
            one = now[ref]
            return self.known.get(ref) != (one, one.status(until))

        for part, documents in before.parts.items():
            assert part in after.parts, f"{before.name} {part} is gone"
            if after.parts[part] != documents:
                ids = {*before.list_ids(part), *after.list_ids(part)}
                was, now_before = before.atom[part].previous, after.atom[part].previous
                is_led_elsewhere = was != now_before and now_before not in before.parts
                assert is_led_elsewhere or any(map(is_changed, ids)), f"{before.name} {part} has changed"

    def teardown(self) -> None:
        """What another process makes at another time is the same; then leave nothing."""
        try:
            if self.known:
                self.held = 0
                self.go_on()
                self.check_elsewhere()
        finally:
            self.opened.__exit__(None, None, None)
            self.drop(self.url)
            shutil.rmtree(self.place)

    def check_elsewhere(self) -> None:
        now, wanted = self.clock.now, sum_up(self.app, now=self.clock.now)
        articles = [one for one, _ in self.known.values()]
        is_settled = not any(one.released_at > now or (find_end(one) or now) > now for one in articles)
        later = now + 400 * DAY if is_settled else now
        found = publish_elsewhere(self.home, now=later)
        assert {path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path)} == set()


def check_contents(shown: Shown, wanted: Wanted) -> None:
    """All that readers can see is met, each once in the archive, and the feed itself has what it is to have."""
    visible = {one.id for one in wanted.visible}
    assert {*shown.list_ids(), *shown.archived} == visible
    assert len(set(shown.archived)) == len(shown.archived)
    assert shown.list_ids() == wanted.list_shown(shown.archived)
    assert dict(shown.now.gone) == wanted.list_gone()
    assert len(visible.difference(shown.archived)) <= 100
    assert shown.now.updated == max(
        (
            *(seen.updated for seen in shown.now.entries if seen.updated),
            *shown.now.gone.values(),
        ),
        default=shown.now.updated,
    )


def check_formats(shown: Shown) -> None:
    """The formats lead through the same parts with the same entries, and Atom alone has tombstones."""
    for form in Format:
        assert shown.documents[form].keys() == shown.atom.keys()
        for part, data in shown.documents[form].items():
            found = read_back(data, form)
            assert [seen.id for seen in found.entries] == shown.list_ids(part)
            assert found.problems == ()
            assert form is Format.ATOM or not found.gone
            assert not (part and found.gone)


def check_head(before: Shown, after: Shown) -> None:
    """It is the same feed, and it does not get older, unless what it was the date of has left: was restored, moved."""
    assert after.now.id == before.now.id
    assert after.now.updated
    assert before.now.updated
    if after.now.updated < before.now.updated:
        moments = list_moments(after.now)
        assert before.now.updated in list_moments(before.now).values()
        left = [ref for ref, at in list_moments(before.now).items() if at == before.now.updated]
        assert all(moments.get(ref) != before.now.updated for ref in left), f"{after.name} is older than before"


def list_moments(document: Reading) -> dict[str, datetime]:
    """By id, when an entry was changed or taken back."""
    return {seen.id: seen.updated for seen in document.entries if seen.updated} | dict(document.gone)


def test_feeds_keep_their_word_in_every_history(make_url: MakeUrl, databases: Databases | None) -> None:
    # Histories are not made shorter where they fail: a step takes a second, and that would take hundreds.
    quick = settings(
        max_examples=3,
        stateful_step_count=10,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    deep = settings(quick, max_examples=max(1, HISTORIES), stateful_step_count=STEPS, derandomize=False)
    run_state_machine_as_test(
        lambda: Paper(make_url=make_url, drop=make_dropper(databases)),  # type: ignore[arg-type]
        settings=deep if HISTORIES else quick,
    )
