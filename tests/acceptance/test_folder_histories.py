"""Whatever happens to a folder, an article stays itself: its id, its addresses and its release never change hands.

`FOLDER_HISTORIES=1000` plays that many histories instead of a few, each of them longer.
"""

import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from publisher.app import open_app
from publisher.domain.address import article as address_of
from publisher.domain.article import Article
from publisher.jobs.reading import take_in
from publisher.jobs.surveying import Watch
from publisher.store.seeds import SeedRecord
from tests.folders import NOW, put_seed
from tests.homes import HomeFolder, make_home

NAMES = ["a.md", "b.md", "town/c.md", "town/d.md", "e.txt"]
HISTORIES = int(os.environ.get("FOLDER_HISTORIES", "0"))
NAME, OTHER = st.sampled_from(NAMES), st.sampled_from(NAMES)


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says: a subject of its own, how often it was edited, its header."""

    subject: int
    edits: int = 0
    declared_id: str = ""
    is_draft: bool = False
    is_broken: bool = False

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        words = random.Random(self.subject).sample(range(1000), 40)
        body = " ".join(f"w{word}" for word in words) + "".join(f" edit{number}" for number in range(self.edits))
        lines = [f"id: {self.declared_id}"] if self.declared_id else []
        lines += ["draft: yes"] if self.is_draft else []
        lines += ["title: ["] if self.is_broken else []
        header = "\n".join(["---", *lines, "---", ""]) if lines else ""
        return f"{header}# Subject number {self.subject}\n\n{body}.\n".encode()

    @property
    def digest(self) -> str:
        """What the ledger knows the bytes by."""
        return sha256(self.data).hexdigest()

    @property
    def is_readable(self) -> bool:
        """Whether it is to be published."""
        return not (self.is_draft or self.is_broken)


@cache
def _make_pattern() -> TemporaryDirectory[str]:
    """A home with a ledger, to be copied."""
    pattern: TemporaryDirectory[str] = TemporaryDirectory(prefix="pattern-", ignore_cleanup_errors=True)
    with make_home(Path(pattern.name)).opened():
        return pattern


class Folder(RuleBasedStateMachine):
    """A real folder with a real ledger, and beside them what each file says."""

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory(prefix="history-")
        self.home = HomeFolder(Path(self.place.name) / "home")
        shutil.copytree(_make_pattern().name, self.home.path)
        self.opening = open_app(self.home.path)
        self.app = self.opening.__enter__()
        self.now, self.subjects, self.watch = NOW, 0, Watch()
        self.files: dict[str, Text] = {}
        self.removed: list[Text] = []
        self.ids: dict[int, str] = {}
        self.owners: dict[str, int] = {}
        self.released: dict[int, object] = {}
        self.articles: list[Article] = []
        self.digests: dict[int, str] = {}
        self.records: list[SeedRecord] = []
        self.hints: set[str] = set()
        self.has_just_looked_by_hand = False

    @initialize()
    def begin(self) -> None:
        """Two articles, read."""
        self.create(NAMES[0])
        self.create(NAMES[1])
        self.look()

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
        (self.home.path / "seeds" / name).unlink()
        return self.files.pop(name)

    def new_subject(self) -> Text:
        self.subjects += 1
        return Text(self.subjects)

    @rule(name=NAME)
    def create(self, name: str) -> None:
        """A new article; or its name is used again for another one."""
        self.put(name, self.new_subject())

    @rule(name=NAME)
    def edit(self, name: str) -> None:
        """A few words more."""
        if name in self.files:
            self.put(name, replace(self.files[name], edits=self.files[name].edits + 1))

    @rule(name=NAME, other=OTHER)
    def move(self, name: str, other: str) -> None:
        """Another name, perhaps over another file."""
        if name in self.files and name != other:
            (self.home.path / "seeds" / other).parent.mkdir(exist_ok=True)
            (self.home.path / "seeds" / name).replace(self.home.path / "seeds" / other)
            self.files[other] = self.files.pop(name)
            self.note(name, other)

    @rule(name=NAME, other=OTHER)
    def swap(self, name: str, other: str) -> None:
        """Two files change names."""
        if name in self.files and other in self.files and name != other:
            one, two = self.take(name), self.take(other)
            self.put(name, two)
            self.put(other, one)

    @rule(name=NAME, other=OTHER)
    def copy(self, name: str, other: str) -> None:
        """The same bytes a second time, perhaps over another file."""
        if name in self.files and name != other:
            self.put(other, self.files[name])

    @rule(name=NAME)
    def delete(self, name: str) -> None:
        """Gone, but not forgotten."""
        if name in self.files:
            self.removed.append(self.take(name))

    @precondition(lambda self: self.removed)
    @rule(name=NAME, data=st.data())
    def restore(self, name: str, data: st.DataObject) -> None:
        """A file that was deleted is put back, there or elsewhere."""
        if name not in self.files:
            self.put(name, data.draw(st.sampled_from(self.removed)))

    @rule(name=NAME)
    def touch(self, name: str) -> None:
        """Another time, the same bytes."""
        if name in self.files:
            self.put(name, self.files[name])

    @rule(name=NAME)
    def draft(self, name: str) -> None:
        """A draft; or no longer."""
        if name in self.files:
            self.put(name, replace(self.files[name], is_draft=not self.files[name].is_draft))

    @rule(name=NAME)
    def spoil(self, name: str) -> None:
        """Broken; or repaired."""
        if name in self.files:
            self.put(name, replace(self.files[name], is_broken=not self.files[name].is_broken))

    @rule(name=NAME)
    def declare(self, name: str) -> None:
        """An id of its own."""
        if name in self.files and not self.files[name].declared_id:
            self.put(name, replace(self.files[name], declared_id=f"subject-{self.files[name].subject}"))

    @rule()
    def look(self) -> None:
        """A look by hand."""
        self._look(None)
        self.has_just_looked_by_hand = True

    @rule(seconds=st.sampled_from([1, 30, 70]))
    def look_again(self, seconds: int) -> None:
        """A look of many; a moment later the next one, for which all files stand still."""
        for wait in (timedelta(seconds=seconds), timedelta(seconds=1)):
            self.now += wait
            self._look(self.watch)
        self.has_just_looked_by_hand = False

    def _look(self, watch: Watch | None) -> None:
        self.now += timedelta(seconds=1)
        take_in(self.app, now=self.now, watch=watch, hinted=None if watch is None else self.hints)
        self.hints.clear()
        with self.app.ledger.read() as tx:
            self.articles = tx.articles.list_all()
            places = tx.places.list_of(article.key for article in self.articles)
            self.digests = {place.key: place.seed_digest for place in places}
            self.former = {article.key: tx.addresses.list_former([article.key]) for article in self.articles}
            self.records = tx.seeds.list_all()

    @invariant()
    def ids_are_for_ever(self) -> None:
        """None changes, none goes, none is given out twice."""
        found = {article.key: article.id for article in self.articles}
        assert found.items() >= self.ids.items()
        assert len(set(found.values())) == len(found)
        self.ids = found

    @invariant()
    def addresses_never_change_hands(self) -> None:
        """What once led to an article leads to no other one."""
        for article in self.articles:
            for address in (address_of(article), *self.former[article.key]):
                assert self.owners.setdefault(address, article.key) == article.key

    @invariant()
    def releases_never_move(self) -> None:
        """Once out, for ever out since then."""
        for article in self.articles:
            assert self.released.setdefault(article.key, article.released_at) == article.released_at

    @invariant()
    def no_content_has_two_ids(self) -> None:
        """Nothing is published twice, and nothing withdrawn comes back under another id."""
        assert max(Counter(self.digests.values()).values(), default=1) == 1

    @precondition(lambda self: self.has_just_looked_by_hand)
    @invariant()
    def every_file_is_accounted_for(self) -> None:
        """As an article, as a draft, or as one for review; and every live article has one file."""
        assert {record.path for record in self.records} == set(self.files)
        for record in self.records:
            text = self.files[record.path]
            assert text.is_draft or text.is_broken or record.article_key or record.reason
        kept = Counter(record.article_key for record in self.records if record.article_key)
        live = {article.key for article in self.articles if article.withdrawn_at is None}
        assert set(kept) == live
        assert max(kept.values(), default=1) == 1

    @precondition(lambda self: self.has_just_looked_by_hand)
    @invariant()
    def known_content_is_itself_again(self) -> None:
        """What was repaired, restored or moved is the article that it was, where it stands once."""
        keys = {digest: key for key, digest in self.digests.items()}
        places = Counter(text.digest for text in self.files.values())
        held = {record.path: record for record in self.records}
        for path, text in self.files.items():
            is_copy = held[path].reason.startswith("a copy of ")  # it was one, and waits for an editor
            if text.is_readable and text.digest in keys and places[text.digest] == 1 and not is_copy:
                assert (held[path].article_key, held[path].reason) == (keys[text.digest], ""), path

    def teardown(self) -> None:
        """Close the ledger, and leave nothing."""
        self.opening.__exit__(None, None, None)
        self.place.cleanup()


def test_articles_stay_themselves_in_every_history() -> None:
    quick = settings(max_examples=6, stateful_step_count=16, derandomize=True)
    deep = settings(quick, max_examples=max(1, HISTORIES), stateful_step_count=60, derandomize=False)
    run_state_machine_as_test(Folder, settings=deep if HISTORIES else quick)
