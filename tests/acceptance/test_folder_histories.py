"""Whatever happens to a folder, an article stays itself: its id, its addresses and its release never change hands.

`FOLDER_HISTORIES=1000` plays that many histories on each engine instead of a few, each of them longer.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from publisher.domain.doubt import Verdict
from publisher.errors import NotFoundError, UsageError
from publisher.jobs.reading import read_folder
from publisher.jobs.reviewing import CHOICES, approve, reject
from publisher.jobs.surveying import Watch
from tests.conftest import MakeUrl
from tests.folders import NOW, make_picture, put_seed
from tests.histories import PICTURE, Clock, Known, Paper, Text, know, seed_path
from tests.postgres import Databases

NAMES = ["a.md", "b.md", "town/c.md", "town/d.md", "e.txt"]
LINKS = ["a.md", "b.md", "d.md", "town/c.md", "e.txt", "nowhere.md"]
PICTURES = [PICTURE, f"town/{PICTURE}"]
HISTORIES = int(os.environ.get("FOLDER_HISTORIES", "0"))
STEPS = int(os.environ.get("FOLDER_HISTORY_STEPS", "60"))
NAME, FILE = st.sampled_from(NAMES), st.integers(0, len(NAMES) - 1)
HINTS = ["heard", "late", "lost", "twice", "whole"]


class Folder(RuleBasedStateMachine):
    """A real folder with a real ledger, and beside them what each file says."""

    def __init__(self, *, make_url: Callable[[], str], drop: Callable[[str], None]) -> None:
        super().__init__()
        self.paper = Paper(make_url=make_url, drop=drop)
        self.home, self.clock, self.subjects, self.watch = self.paper.home, Clock(), 0, Watch()
        self.files: dict[str, Text] = {}
        self.pictures: dict[str, int] = {}
        self.removed: list[Text] = []
        self.ids: set[str] = set()
        self.owners: dict[str, str] = {}
        self.released: dict[str, object] = {}
        self.known = Known()
        self.allowed: set[str] = set()
        self.hints: set[str] = set()
        self.earlier: set[str] = set()
        self.has_just_looked_by_hand = False

    @initialize()
    def begin(self) -> None:
        """Two articles, read."""
        self.create(NAMES[0])
        self.create(NAMES[1])
        self.look()
        assert len(self.known.live) == 2

    def note(self, *names: str) -> None:
        """What a watcher of the folder would hear of."""
        self.hints.update(names)
        self.has_just_looked_by_hand = False

    def put(self, name: str, text: Text) -> None:
        self.note(name)
        self.files[name] = text
        put_seed(self.home, name, text.data, at=NOW)

    def take(self, name: str) -> Text:
        self.note(name)
        seed_path(self.home, name).unlink()
        return self.files.pop(name)

    def rewrite(self, file: int, **changes: object) -> None:
        if self.files:
            name = self.pick(file)
            self.put(name, replace(self.files[name], **changes))  # type: ignore[arg-type]

    def pick(self, file: int, *, among: Collection[str] = ()) -> str:
        """One of those that are there, so that no step is idle."""
        names = sorted(among or self.files)
        return names[file % len(names)]

    @rule(name=NAME)
    def create(self, name: str) -> None:
        """A new article; or its name is used again for another one."""
        self.subjects += 1
        self.put(name, Text(self.subjects))

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def edit(self, file: int) -> None:
        """A few words more."""
        self.rewrite(file, edits=self.files[self.pick(file)].edits + 1)

    @precondition(lambda self: self.files)
    @rule(file=FILE, other=NAME)
    def move(self, file: int, other: str) -> None:
        """Another name, perhaps over another file."""
        name = self.pick(file)
        if name != other:
            seed_path(self.home, other).parent.mkdir(exist_ok=True)
            seed_path(self.home, name).replace(seed_path(self.home, other))
            self.files[other] = self.files.pop(name)
            self.note(name, other)

    @precondition(lambda self: len(self.files) > 1)
    @rule(file=FILE, distance=st.integers(1, len(NAMES) - 1))
    def swap(self, file: int, distance: int) -> None:
        """Two files change names."""
        name, other = self.pick(file), self.pick(file + distance)
        if name != other:
            one, two = self.take(name), self.take(other)
            self.put(name, two)
            self.put(other, one)

    @precondition(lambda self: self.files)
    @rule(file=FILE, other=NAME)
    def copy(self, file: int, other: str) -> None:
        """The same bytes a second time, perhaps over another file."""
        self.put(other, self.files[self.pick(file)])

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def delete(self, file: int) -> None:
        """Gone, but not forgotten."""
        self.removed.append(self.take(self.pick(file)))

    @precondition(lambda self: self.removed)
    @rule(name=NAME, data=st.data())
    def restore(self, name: str, data: st.DataObject) -> None:
        """A file that was deleted is put back, there or elsewhere."""
        if name not in self.files:
            self.put(name, data.draw(st.sampled_from(self.removed)))

    @rule(file=FILE)
    def touch(self, file: int) -> None:
        """Another time, the same bytes."""
        self.rewrite(file)

    @precondition(lambda self: self.files)
    @rule(file=FILE, flag=st.sampled_from(["is_draft", "is_broken", "is_doubtful", "has_picture"]))
    def turn(self, file: int, flag: str) -> None:
        """A draft, broken, without a title, with a picture; or no longer."""
        self.rewrite(file, **{flag: not getattr(self.files[self.pick(file)], flag)})

    @precondition(lambda self: self.files)
    @rule(file=FILE)
    def declare(self, file: int) -> None:
        """An id of its own."""
        self.rewrite(file, declared_id=f"subject-{self.files[self.pick(file)].subject}")

    @rule(file=FILE, link=st.sampled_from(LINKS))
    def link(self, file: int, link: str) -> None:
        """A link to another article, which may be there or not."""
        self.rewrite(file, link=link)

    @rule(file=FILE, correction=st.sampled_from(["", "It was noon", "It was one"]))
    def correct(self, file: int, correction: str) -> None:
        """It says what was wrong; or no longer."""
        self.rewrite(file, correction=correction)

    @rule(name=st.sampled_from(PICTURES), shade=st.integers(0, 3))
    def picture(self, name: str, shade: int) -> None:
        """A picture comes, changes, or goes."""
        self.note(name)
        if shade:
            put_seed(self.home, name, make_picture(shade), at=NOW)
            self.pictures[name] = shade
        else:
            seed_path(self.home, name).unlink(missing_ok=True)
            self.pictures.pop(name, None)

    @precondition(lambda self: self.known.records)
    @rule(file=FILE, choice=st.sampled_from(["", *CHOICES, "reject"]))
    def judge(self, file: int, choice: str) -> None:
        """An editor's word, where it can be given."""
        waiting = [path for path, record in self.known.records.items() if record.reason]
        name = self.pick(file, among=waiting or self.known.records)
        with suppress(NotFoundError, UsageError):
            if choice == "reject":
                reject(self.paper.app, name, now=self.clock.tick())
            else:
                approve(self.paper.app, name, choice=choice, now=self.clock.tick())
        self.has_just_looked_by_hand = False
        self.learn()

    @rule()
    def look(self) -> None:
        """A look by hand."""
        read_folder(self.paper.app, now=self.clock.tick())
        self.learn()
        self.hints.clear()
        self.has_just_looked_by_hand = True

    @rule(seconds=st.sampled_from([1, 30, 70]), hearing=st.sampled_from(HINTS))
    def look_again(self, seconds: int, hearing: str) -> None:
        """A look of many, after hints as a watcher has them; a moment later the next one: all files stand still."""
        heard = {"late": set[str](), "lost": set[str](), "twice": self.hints | self.earlier}.get(hearing, self.hints)
        self.has_just_looked_by_hand = False
        for wait in (seconds, 1):
            hinted = None if hearing == "whole" else frozenset(heard)
            read_folder(self.paper.app, now=self.clock.tick(wait), watch=self.watch, hinted=hinted)
            self.learn()
        if hearing != "late":
            self.earlier, self.hints = self.hints, set()

    @rule()
    def lose(self) -> None:
        """The ledger is lost, and made again from the folder and the ids beside it."""
        self.paper.lose()
        self.watch = Watch()
        self.look()

    def learn(self) -> None:
        self.known = know(self.paper.app.ledger)
        said = self.known.verdicts.items()
        self.allowed.update(digest for (_, digest), verdict in said if verdict is not Verdict.REJECTED)

    @invariant()
    def ids_are_for_ever(self) -> None:
        """None changes, none goes, none is given out twice."""
        found = {article.id for article in self.known.articles}
        assert found >= self.ids
        assert len(found) == len(self.known.articles)
        self.ids = found

    @invariant()
    def addresses_never_change_hands(self) -> None:
        """What once led to an article leads to no other one."""
        for article in self.known.articles:
            for address in self.known.addresses[article.key]:
                assert self.owners.setdefault(address, article.id) == article.id

    @invariant()
    def releases_never_move(self) -> None:
        """Once out, for ever out since then."""
        for article in self.known.articles:
            assert self.released.setdefault(article.id, article.released_at) == article.released_at

    @invariant()
    def no_content_has_two_ids(self) -> None:
        """Nothing is published twice unasked, and nothing withdrawn comes back under another id."""
        digests = Counter(digest for digest in self.known.digests.values() if digest and digest not in self.allowed)
        assert max(digests.values(), default=1) == 1

    @precondition(lambda self: self.has_just_looked_by_hand)
    @invariant()
    def every_file_is_accounted_for(self) -> None:
        """As an article, as a draft, left out, or as one for review; and every live article has one file."""
        records = self.known.records
        assert records.keys() == self.files.keys()
        for path, record in records.items():
            is_rejected = self.known.verdicts.get((path, record.digest)) is Verdict.REJECTED
            assert self.files[path].is_draft or is_rejected or record.article_key or record.reason, path
        kept = Counter(record.article_key for record in records.values() if record.article_key)
        assert set(kept) == self.known.live
        assert max(kept.values(), default=1) == 1

    @precondition(lambda self: self.has_just_looked_by_hand)
    @invariant()
    def known_content_is_itself_again(self) -> None:
        """What was repaired, restored or moved is the article that it was, where it stands once."""
        keys = {digest: key for key, digest in self.known.digests.items()}
        places = Counter(text.digest for text in self.files.values())
        for path, text in self.files.items():
            record, said = self.known.records[path], self.known.verdicts.get((path, text.digest))
            is_copy = record.reason.startswith("a copy of ")  # it was one, and waits for an editor
            is_readable = text.is_readable(path, pictures=self.pictures)
            is_sure = not is_copy and said is not Verdict.REJECTED and text.digest not in self.allowed
            if is_readable and is_sure and text.digest in keys and places[text.digest] == 1:
                assert (record.article_key, record.reason) == (keys[text.digest], ""), path

    @precondition(lambda self: self.has_just_looked_by_hand)
    @invariant()
    def articles_say_what_their_files_say(self) -> None:
        """Corrections as they are, and no link that leads nowhere."""
        articles = {article.key: article for article in self.known.articles}
        for path, record in self.known.records.items():
            key = record.article_key
            if key is not None and not record.reason and self.known.digests[key] == record.digest:
                assert articles[key].correction == self.files[path].correction
        assert self.paper.find_dead_links() == set()

    def teardown(self) -> None:
        """Close the ledger, and leave nothing."""
        self.paper.close()


def make_dropper(databases: Databases | None) -> Callable[[str], None]:
    if databases:
        return databases.drop
    return lambda url: Path(url.removeprefix("sqlite:///")).unlink()


def test_articles_stay_themselves_in_every_history(make_url: MakeUrl, databases: Databases | None) -> None:
    quick = settings(max_examples=4, stateful_step_count=14, derandomize=True, suppress_health_check=list(HealthCheck))
    deep = settings(quick, max_examples=max(1, HISTORIES), stateful_step_count=STEPS, derandomize=False)
    run_state_machine_as_test(
        lambda: Folder(make_url=make_url, drop=make_dropper(databases)),  # type: ignore[arg-type]
        settings=deep if HISTORIES else quick,
    )
