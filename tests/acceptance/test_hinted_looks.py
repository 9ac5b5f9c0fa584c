"""A look at hinted paths alone decides as a look at the whole folder does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.jobs.reading import read_folder
from publisher.jobs.surveying import Watch
from tests.folders import BRIDGE, HOUR, MINUTE, NOW, TRAM, Desk, make_picture, open_desk
from tests.homes import make_home

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Watcher:
    """A desk whose folder is watched; each look goes on until nothing moves any more."""

    desk: Desk
    watch: Watch = field(default_factory=Watch)
    after: timedelta = HOUR
    was_whole: bool = False

    def look(self, *hinted: str, is_whole: bool = False) -> dict[str, Any]:
        """What is reported; from a look at those paths alone, unless it wants more."""
        self.after, self.was_whole = self.after + MINUTE, False
        reports, paths, is_moving = [], frozenset(hinted), True
        while is_moving:
            self.after += SECOND
            wanted = None if is_whole else paths
            look = read_folder(self.desk.app, now=NOW + self.after, watch=self.watch, hinted=wanted)
            self.was_whole = self.was_whole or look.is_whole
            reports.append(look.report)
            paths, is_moving = frozenset(), look.is_moving
        del reports[0]["unchanged"]
        return {name: found for name in reports[0] if (found := [one for report in reports for one in report[name]])}


@contextmanager
def watching(path: Path) -> Iterator[Watcher]:
    with contextmanager(open_desk)(make_home(path)) as desk:
        watcher = Watcher(desk)
        watcher.look(is_whole=True)
        yield watcher


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with watching(tmp_path / "home") as one:
        yield one


def test_drop_is_read_alone(watcher: Watcher) -> None:
    watcher.desk.put("town/tram.md", TRAM)
    assert watcher.look("town/tram.md") == {"new": ["town/tram.md"]}
    assert not watcher.was_whole
    assert watcher.desk.list_titles() == ["The tram is late", "The bridge opens"]


def test_rename_of_which_half_is_known_is_one(watcher: Watcher) -> None:
    watcher.desk.move("town/bridge.md", "town/canal.md")
    assert watcher.look("town/canal.md") == {"renamed": [{"path": "town/canal.md", "from": "town/bridge.md"}]}


def test_new_folder_is_walked(watcher: Watcher) -> None:
    watcher.desk.put("sport/tram.md", TRAM)
    assert watcher.look("sport/tram.md") == {"new": ["sport/tram.md"]}
    assert watcher.was_whole


def test_picture_that_comes_frees_its_article(watcher: Watcher) -> None:
    watcher.desk.put("town/tram.md", f"{TRAM}\n![The stop](stop.png)\n")
    assert [one["path"] for one in watcher.look("town/tram.md")["review"]] == ["town/tram.md"]
    watcher.desk.put("town/stop.png", make_picture())
    assert watcher.look("town/stop.png") == {"new": ["town/tram.md"]}
    assert not list((watcher.desk.home.path / "var/review").rglob("*.txt"))


Step = tuple[Callable[[Desk], object], tuple[str, ...]]
WITH_ID = "---\nid: one\ntitle: {}\n---\nA text of its own, about {} and nothing else at all.\n"
STEPS: list[Step] = [
    (lambda desk: desk.put("town/tram.md", TRAM), ("town/tram.md",)),
    (lambda desk: desk.put("town/tram.md", TRAM + "\nOr the last.\n"), ("town/tram.md",)),
    (lambda desk: desk.put("town/copy.md", BRIDGE), ("town/copy.md",)),
    (lambda desk: desk.remove("town/copy.md"), ("town/copy.md",)),
    (lambda desk: desk.move("town/tram.md", "town/x.md"), ("town/tram.md", "town/x.md")),
    (lambda desk: swap(desk, "town/bridge.md", "town/x.md"), ("town/bridge.md",)),
    (lambda desk: desk.put("town/one.md", WITH_ID.format("Boats", "boats")), ("town/one.md",)),
    (lambda desk: desk.put("town/two.md", WITH_ID.format("Cars", "cars")), ("town/two.md",)),
    (lambda desk: desk.remove("town/one.md"), ("town/one.md",)),
    (lambda desk: desk.put("town/broken.md", "---\ntitle: [\n---\n"), ("town/broken.md",)),
    (lambda desk: desk.put("town/broken.md", "---\ntitle: Whole\n---\nAgain.\n"), ("town/broken.md",)),
    (lambda desk: desk.put("town/broken.md", "---\ndraft: yes\n---\nAgain.\n"), ("town/broken.md",)),
    (lambda desk: desk.remove("town/x.md"), ("town/x.md",)),
    (lambda desk: desk.put("town/BROKEN.md", "# A twin\n\nOf the draft.\n"), ("town/BROKEN.md",)),
]


def names(report: dict[str, Any]) -> dict[str, set[str]]:
    """A report without what is said twice, since what waits is looked at in each look."""
    return {name: {repr(one) for one in found} for name, found in report.items()}


def swap(desk: Desk, one: str, other: str) -> None:
    desk.move(one, "between")
    desk.move(other, one)
    desk.move("between", other)


def test_hinted_looks_decide_as_whole_ones(tmp_path: Path) -> None:
    with ExitStack() as stack:
        hinted, whole = (stack.enter_context(watching(tmp_path / name)) for name in ("hinted", "whole"))
        for step, paths in STEPS:
            for one in (hinted, whole):
                step(one.desk)
            assert names(hinted.look(*paths)) == names(whole.look(is_whole=True))
