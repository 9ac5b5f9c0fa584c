"""What happened in the folder is told apart: identity survives rename, swap, restore and copies."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.article import Content
from publisher.errors import SeedError
from publisher.ingest import (
    Changed,
    Comparison,
    Decision,
    Draft,
    Drafted,
    FolderState,
    Forgotten,
    Found,
    Known,
    KnownArticle,
    Missing,
    New,
    Reading,
    Reconciliation,
    Renamed,
    Review,
    SeedFile,
    Seen,
    Unchanged,
    Waiting,
    Walk,
    Withdrawn,
    build_report,
    compare,
)
from publisher.markup import to_plain

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONG = "one two three four five six seven eight nine ten eleven twelve"
OTHER = "un deux trois quatre cinq six sept huit neuf dix onze douze"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def parse(path: str, text: str) -> Reading | Draft | SeedError:
    """A seed of the tests: `title`, `title | body`, `id=x title | body`; `draft …` and `broken …` are what they say."""
    if text.startswith("draft"):
        return Draft(path)
    if text.startswith("broken"):
        return SeedError(path, "broken", line=3)
    head, _, body = text.partition(" | ")
    declared, _, title = head.rpartition(" ") if head.startswith("id=") else ("", "", head)
    content = Content(title=title, language="fr", html=body, declared_id=declared.removeprefix("id="))
    return Reading(content=content, text_digest=digest(f"{title}|{body}"))


class Desk:
    """A ledger in memory that applies what a look decides."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.articles: dict[int, KnownArticle] = {}
        self.texts: dict[int, str] = {}
        self.ticks = 0

    def look(
        self,
        files: dict[str, str],
        *,
        now: datetime = NOW,
        by_hand: bool = True,
        accept: bool = False,
        refused: Iterable[str] = (),
        batch: int = 2,
    ) -> list[Decision]:
        self.ticks += 1
        seeds = tuple(SeedFile(path, len(text), self._mtime(path, text)) for path, text in sorted(files.items()))
        comparison = compare(
            self.known, Walk(files=seeds, refused=tuple(SeedError(path, "a link") for path in refused))
        )
        seen = [Seen(file, digest(files[file.path])) for file in comparison.to_read]
        state = FolderState(known=self.known, articles=tuple(self.articles.values()), text_of=self.texts.__getitem__)
        work = Reconciliation(state, comparison=comparison, seen=seen)
        decisions = list(work.decisions)
        for start in range(0, len(work.to_parse), batch):
            texts = [(file, files[file.path]) for file in work.to_parse[start : start + batch]]
            decisions += work.decide(Found(file, digest(text), parse(file.path, text)) for file, text in texts)
        decisions += work.settle(now=now, by_hand=by_hand, accept=accept, guard=0.2)
        for decision in decisions:
            self._apply(decision)
        return decisions

    def _mtime(self, path: str, text: str) -> int:
        known = self.known.get(path)
        return known.mtime_ns if known and known.digest == digest(text) else self.ticks

    def _record(self, file: SeedFile, found: str, key: int | None, *, reason: str = "") -> None:
        self.known[file.path] = Known(
            path=file.path, size=file.size, mtime_ns=file.mtime_ns, digest=found, article_key=key, reason=reason
        )

    def _store(self, key: int, file: SeedFile, found: str, reading: Reading) -> None:
        self.texts[key] = to_plain(reading.content.html)
        self.articles[key] = KnownArticle(
            key=key,
            path=file.path,
            digest=found,
            text_digest=reading.text_digest,
            title=reading.content.title,
            declared_id=reading.content.declared_id,
        )
        self._record(file, found, key)

    def _withdraw(self, key: int) -> None:
        old = self.articles[key]
        self.articles[key] = KnownArticle(
            key=key,
            path=old.path,
            digest=old.digest,
            text_digest=old.text_digest,
            title=old.title,
            declared_id=old.declared_id,
            is_withdrawn=True,
        )

    def _apply(self, decision: Decision) -> None:
        match decision:
            case New(file=file, digest=found, reading=reading):
                self._store(len(self.articles) + 1, file, found, reading)
            case Changed(file=file, digest=found, reading=reading, key=key):
                self._store(key, file, found, reading)
            case Renamed(file=file, digest=found, reading=reading, key=key):
                self._store(key, file, found, reading)
            case Unchanged(file=file, digest=found, key=found_key):
                self._record(file, found, found_key)
            case Drafted(file=file, digest=found, key=old_key):
                self._record(file, found, None)
                if old_key is not None:
                    self._withdraw(old_key)
            case Review(file=SeedFile() as file, digest=found, key=found_key, reason=reason):
                self._record(file, found, found_key, reason=reason)
            case Review():
                pass
            case Missing(path=path, gone_at=gone_at):
                old = self.known[path]
                self.known[path] = Known(
                    path=path,
                    size=old.size,
                    mtime_ns=old.mtime_ns,
                    digest=old.digest,
                    article_key=old.article_key,
                    gone_at=gone_at,
                )
            case Withdrawn(path=path, key=key):
                self._withdraw(key)
                if self.known.get(path) and self.known[path].article_key == key:
                    del self.known[path]
            case Forgotten(path=path):
                self.known.pop(path, None)
            case Waiting():
                pass

    def live(self) -> dict[str, int]:
        return {article.path: key for key, article in self.articles.items() if not article.is_withdrawn}


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.look({"a.md": f"A | {LONG}", "b.md": f"B | {OTHER}"})
    return found


def kinds(decisions: list[Decision]) -> list[str]:
    return [type(decision).__name__ for decision in decisions if not isinstance(decision, Forgotten)]


A, B = f"A | {LONG}", f"B | {OTHER}"


def test_first_look_finds_new_articles(desk: Desk) -> None:
    assert desk.live() == {"a.md": 1, "b.md": 2}


def test_second_look_opens_nothing(desk: Desk) -> None:
    assert desk.look({"a.md": A, "b.md": B}) == []


def test_touched_file_is_unchanged(desk: Desk) -> None:
    old = desk.known["a.md"]
    desk.known["a.md"] = Known(path="a.md", size=-1, mtime_ns=old.mtime_ns, digest=old.digest, article_key=1)
    assert kinds(desk.look({"a.md": A, "b.md": B})) == ["Unchanged"]


@pytest.mark.parametrize(("text", "is_text_changed"), [(f"A | {LONG} more", True), (f"A2 | {LONG}", True)])
def test_new_text_is_a_change(desk: Desk, text: str, *, is_text_changed: bool) -> None:
    decisions = desk.look({"a.md": text, "b.md": B})
    assert kinds(decisions) == ["Changed"]
    assert isinstance(decisions[0], Changed)
    assert (decisions[0].key, decisions[0].is_text_changed) == (1, is_text_changed)


def test_layout_alone_is_no_text_change(desk: Desk) -> None:
    decisions = desk.look({"a.md": f"id=x A | {LONG}", "b.md": B})
    assert isinstance(decisions[0], Changed)
    assert not decisions[0].is_text_changed


def test_rename_keeps_the_article(desk: Desk) -> None:
    decisions = desk.look({"z/new.md": A, "b.md": B})
    assert kinds(decisions) == ["Renamed"]
    assert desk.live() == {"z/new.md": 1, "b.md": 2}


def test_swap_of_names_is_two_renames(desk: Desk) -> None:
    assert kinds(desk.look({"a.md": B, "b.md": A})) == ["Renamed", "Renamed"]
    assert desk.live() == {"b.md": 1, "a.md": 2}


def test_moved_away_and_replaced(desk: Desk) -> None:
    decisions = desk.look({"a.md": "C | entirely new", "c.md": A, "b.md": B})
    assert sorted(kinds(decisions)) == ["New", "Renamed"]
    assert desk.live() == {"c.md": 1, "b.md": 2, "a.md": 3}


def test_overwritten_article_is_withdrawn(desk: Desk) -> None:
    decisions = desk.look({"a.md": B}, by_hand=False)
    assert sorted(kinds(decisions)) == ["Renamed", "Withdrawn"]
    assert desk.live() == {"a.md": 2}


def test_twin_drafts_are_drafts() -> None:
    assert kinds(Desk().look({"a.md": "draft", "b.md": "draft"})) == ["Drafted", "Drafted"]


def test_ring_of_three_renames() -> None:
    desk = Desk()
    desk.look({"1": "X", "2": "Y", "3": "Z"})
    desk.look({"1": "Z", "2": "X", "3": "Y"})
    assert desk.live() == {"2": 1, "3": 2, "1": 3}


def test_copy_goes_to_review(desk: Desk) -> None:
    decisions = desk.look({"a.md": A, "b.md": B, "copy.md": A})
    assert isinstance(decisions[0], Review)
    assert decisions[0].reason.startswith("a copy of a.md")


def test_copy_takes_over_when_the_original_goes(desk: Desk) -> None:
    desk.look({"a.md": A, "b.md": B, "copy.md": A})
    assert "Renamed" in kinds(desk.look({"b.md": B, "copy.md": A}))
    assert desk.live() == {"copy.md": 1, "b.md": 2}


def test_twins_of_a_first_look_are_one() -> None:
    decisions = Desk().look({"a.md": A, "b.md": A})
    assert sorted(kinds(decisions)) == ["New", "Review"]


def test_overwriting_by_a_copy_keeps_both(desk: Desk) -> None:
    decisions = desk.look({"a.md": B, "b.md": B})
    assert kinds(decisions) == ["Review"]
    assert desk.live() == {"a.md": 1, "b.md": 2}


def test_another_article_in_place_is_doubtful(desk: Desk) -> None:
    decisions = desk.look({"a.md": "Z | nothing of the sort stands in here any more today", "b.md": B})
    assert isinstance(decisions[0], Review)
    assert (decisions[0].key, "correction" in decisions[0].reason) == (1, True)
    assert desk.live()["a.md"] == 1


@pytest.mark.parametrize("text", [f"Z | {LONG}", f"A | {OTHER} besides"])
def test_title_or_text_alone_may_change(desk: Desk, text: str) -> None:
    assert kinds(desk.look({"a.md": text, "b.md": B})) == ["Changed"]


def test_unreadable_text_keeps_the_last_good(desk: Desk) -> None:
    decisions = desk.look({"a.md": "broken", "b.md": B})
    assert decisions == [
        Review(path="a.md", reason="broken", line=3, file=SeedFile("a.md", 6, 2), digest=digest("broken"), key=1)
    ]
    assert desk.live()["a.md"] == 1


def test_review_is_told_at_every_look(desk: Desk) -> None:
    desk.look({"a.md": "broken", "b.md": B})
    assert kinds(desk.look({"a.md": "broken", "b.md": B})) == ["Review"]


def test_mended_text_leaves_review(desk: Desk) -> None:
    desk.look({"a.md": "broken", "b.md": B})
    assert kinds(desk.look({"a.md": A, "b.md": B})) == ["Unchanged"]
    assert desk.look({"a.md": A, "b.md": B}) == []


def test_draft_withdraws_its_article(desk: Desk) -> None:
    assert kinds(desk.look({"a.md": "draft", "b.md": B})) == ["Drafted"]
    assert desk.live() == {"b.md": 2}


def test_undrafted_article_has_its_old_identity(desk: Desk) -> None:
    desk.look({"a.md": "draft", "b.md": B})
    decisions = desk.look({"a.md": f"A | {LONG} more", "b.md": B})
    assert isinstance(decisions[0], Changed)
    assert (decisions[0].key, decisions[0].is_restored) == (1, True)


def test_removed_by_hand_is_withdrawn_at_once(desk: Desk) -> None:
    assert desk.look({"b.md": B}) == [Withdrawn(path="a.md", key=1)]


def test_removed_while_running_waits_a_minute(desk: Desk) -> None:
    assert desk.look({"b.md": B}, by_hand=False) == [Missing(path="a.md", key=1, gone_at=NOW)]
    assert kinds(desk.look({"b.md": B}, by_hand=False, now=NOW + MINUTE / 2)) == ["Missing"]
    assert desk.look({"b.md": B}, by_hand=False, now=NOW + MINUTE) == [Withdrawn(path="a.md", key=1)]


def test_back_within_the_minute_is_nothing(desk: Desk) -> None:
    desk.look({"b.md": B}, by_hand=False)
    assert kinds(desk.look({"a.md": A, "b.md": B}, by_hand=False)) == ["Unchanged"]
    assert desk.known["a.md"].gone_at is None


def test_rename_over_two_looks_is_a_rename(desk: Desk) -> None:
    desk.look({"b.md": B}, by_hand=False)
    assert kinds(desk.look({"b.md": B, "c.md": A}, by_hand=False)) == ["Renamed"]


@pytest.mark.parametrize("path", ["a.md", "elsewhere.md"])
def test_restored_article_has_its_old_identity(desk: Desk, path: str) -> None:
    desk.look({"b.md": B})
    decisions = desk.look({"b.md": B, path: A})
    assert isinstance(decisions[0], Changed | Renamed)
    assert (decisions[0].key, decisions[0].is_restored) == (1, True)


def test_declared_id_follows_a_new_text() -> None:
    desk = Desk()
    desk.look({"a.md": "id=x A | first"})
    assert kinds(desk.look({"b.md": "id=x B | second"})) == ["Renamed"]
    assert desk.live() == {"b.md": 1}


def test_declared_ids_survive_a_swap_with_edits() -> None:
    desk = Desk()
    desk.look({"a.md": "id=x A | first", "b.md": "id=y B | second"})
    desk.look({"a.md": "id=y B | second, edited", "b.md": "id=x A | first, edited"}, batch=1)
    assert desk.live() == {"b.md": 1, "a.md": 2}


@pytest.mark.parametrize("batch", [1, 2])
def test_same_id_twice_goes_to_review(batch: int) -> None:
    decisions = Desk().look({"a.md": "id=x A | first", "b.md": "id=x B | second"}, batch=batch)
    assert sorted(kinds(decisions)) == ["New", "Review"]


def test_id_of_a_standing_article_goes_to_review() -> None:
    desk = Desk()
    desk.look({"a.md": "id=x A | first"})
    assert kinds(desk.look({"a.md": "id=x A | first", "b.md": "id=x B | second"})) == ["Review"]


def test_path_taken_by_another_id_frees_its_article() -> None:
    desk = Desk()
    desk.look({"a.md": "id=x A | first", "b.md": "id=y B | second"})
    decisions = desk.look({"a.md": "id=y B | second, edited"})
    assert sorted(kinds(decisions)) == ["Renamed", "Withdrawn"]
    assert desk.live() == {"a.md": 2}


def test_refused_path_is_not_gone(desk: Desk) -> None:
    assert desk.look({"b.md": B}, refused=["a.md"]) == [Review(path="a.md", reason="a link", key=1)]
    assert desk.live() == {"a.md": 1, "b.md": 2}


def test_unreadable_folder_takes_nothing_away() -> None:
    desk = Desk()
    desk.look({"ville/a.md": A})
    assert kinds(desk.look({}, refused=["ville"])) == ["Review"]
    assert desk.live() == {"ville/a.md": 1}


@pytest.mark.parametrize(
    ("gone", "kind"), [(10, Withdrawn), (11, Waiting), (40, Waiting)], ids=["ten", "eleven", "nearly all"]
)
def test_guard_holds_many_withdrawals(gone: int, kind: type[Decision]) -> None:
    desk = Desk()
    files = {f"{index:02}.md": f"T{index} | text" for index in range(50)}
    desk.look(files)
    decisions = desk.look(dict(list(files.items())[gone:]))
    assert {type(decision) for decision in decisions} == {kind}
    assert len(decisions) == gone


def test_guard_lets_new_files_through() -> None:
    desk = Desk()
    desk.look({f"{index}.md": f"T{index} | text" for index in range(20)})
    decisions = desk.look({"new.md": A})
    assert kinds(decisions).count("New") == 1
    assert kinds(decisions).count("Waiting") == 20


def test_accept_lets_withdrawals_through() -> None:
    desk = Desk()
    desk.look({f"{index}.md": f"T{index} | text" for index in range(20)})
    desk.look({})
    desk.look({}, accept=True)
    assert desk.live() == {}


def test_small_share_of_a_large_folder_passes() -> None:
    desk = Desk()
    files = {f"{index:02}.md": f"T{index} | text" for index in range(80)}
    desk.look(files)
    assert set(kinds(desk.look(dict(list(files.items())[15:])))) == {"Withdrawn"}


def test_file_changed_between_the_steps_waits(desk: Desk) -> None:
    file = SeedFile("c.md", 1, 1)
    state = FolderState(known=desk.known, articles=tuple(desk.articles.values()), text_of=lambda key: "")
    comparison = Comparison(unchanged=2, to_read=(file,), gone=())
    work = Reconciliation(state, comparison=comparison, seen=[Seen(file, digest("C"))])
    assert work.decide([Found(file, digest("C2"), parse("c.md", "C2"))]) == []


def test_unread_file_keeps_its_article(desk: Desk) -> None:
    file = SeedFile("a.md", 1, 1)
    state = FolderState(known=desk.known, articles=tuple(desk.articles.values()), text_of=lambda key: "")
    error = SeedError("a.md", "it can't be opened")
    work = Reconciliation(
        state, comparison=Comparison(unchanged=1, to_read=(file,), gone=()), seen=[Seen(file, "", error)]
    )
    assert work.decisions == [Review(path="a.md", reason="it can't be opened", file=file, key=1)]
    assert work.to_parse == ()


def test_report_has_the_promised_shape(desk: Desk) -> None:
    decisions = desk.look({"c.md": A, "b.md": "broken", "d.md": "D | new"})
    assert build_report(decisions, unchanged=4) == {
        "new": ["d.md"],
        "changed": [],
        "renamed": [{"path": "c.md", "from": "a.md"}],
        "withdrawn": [],
        "unchanged": 4,
        "review": [{"path": "b.md", "reason": "broken", "line": 3}],
        "drafts": [],
        "left_out": [],
        "waiting": [],
        "expired": [],
        "notes": [],
    }


TEXTS = st.sampled_from(
    [
        "A | one two three four",
        "B | five six seven eight",
        "id=x C | nine ten",
        "draft",
        "broken",
        "D | one two three nine",
    ]
)
FOLDERS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), TEXTS)


@given(st.lists(FOLDERS, max_size=6), st.integers(min_value=1, max_value=3))
def test_every_file_is_decided_once(folders: list[dict[str, str]], batch: int) -> None:
    desk = Desk()
    for files in folders:
        decisions = desk.look(files, batch=batch)
        decided = [
            decision.path if isinstance(decision, Review) else decision.file.path
            for decision in decisions
            if not isinstance(decision, Withdrawn | Forgotten | Missing | Waiting)
        ]
        assert len(decided) == len(set(decided))
        assert set(desk.known) == set(files)


@given(st.lists(FOLDERS, max_size=6))
def test_live_articles_have_their_own_file(folders: list[dict[str, str]]) -> None:
    desk = Desk()
    for files in folders:
        desk.look(files)
        assert len(desk.live()) == sum(not article.is_withdrawn for article in desk.articles.values())
        keys = [known.article_key for known in desk.known.values() if known.article_key]
        assert sorted(keys) == sorted(desk.live().values())


@given(FOLDERS)
def test_looking_twice_decides_nothing_new(files: dict[str, str]) -> None:
    desk = Desk()
    desk.look(files)
    assert {type(decision) for decision in desk.look(files)} <= {Review}
