"""Real feed readers follow a running site: each looks again after every change, and what each then shows is asserted.

One site and one course of events serve all tests of this module; what the readers saw is kept by reader and event.
"""

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum, auto
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.acceptance.site import PIXEL, Running, make_local_home, running, wait_for, write_article
from tests.feed_readers import (
    Feedparser,
    FeedReader,
    Item,
    Lemon24,
    Newsboat,
    Rss2email,
    Sfeed,
    Visit,
    import_into_newsboat,
    import_into_rss2email,
)

BRIDGE, RUN, TEA = "The bridge opens", "The run", "Tea & biscuits <3"
RETITLED = "The run of the year"
WORDS = "The mayor cut the ribbon, and everybody crossed. " * 8
LAST = "Nobody fell in."
RECIPE = "Put the kettle on, and wait."
MENDED = "The deputy mayor cut the ribbon, and everybody crossed. " * 8
NOT_MODIFIED = re.compile(r'publisher_requests_total\{class="3xx",route="feeds"\} (\d+)')
FORMS = ("rss", "atom", "json")


class Event(StrEnum):
    """What befalls the site, in this order, before the readers look."""

    FIRST = auto()
    NOTHING = auto()
    NEW = auto()
    CORRECTED = auto()
    RETITLED = auto()
    WITHDRAWN = auto()
    RESTORED = auto()
    RENAMED = auto()
    MOVED = auto()
    FEED_RENAMED = auto()


class Told(NamedTuple):
    """Of which changes of an item a reader takes notice."""

    text: bool = True
    title: bool = True


class Kind(NamedTuple):
    """A reader: how one is made for a feed in a folder, what it needs and takes, and how it is by its nature.

    `keeps` says whether an item that has left the feed stays with the reader.
    """

    make: Callable[[str, Path], FeedReader]
    commands: tuple[str, ...] = ()
    packages: str = ""
    forms: tuple[str, ...] = ("rss", "atom")
    is_told: Told = Told()
    keeps: bool = True

    @property
    def is_installed(self) -> bool:
        """Whether all that it needs is here."""
        return all(map(shutil.which, self.commands))


class Seen(NamedTuple):
    """What a reader showed after an event, what it then had, and how often the site told it that nothing is new."""

    visit: Visit
    items: list[Item]
    not_modified: int


class Diary(NamedTuple):
    """What one reader saw in one format, by event."""

    kind: Kind
    seen: dict[Event, Seen]


KINDS = {
    "feedparser": Kind(Feedparser, keeps=False),
    "lemon24": Kind(Lemon24, forms=FORMS),
    "newsboat": Kind(Newsboat, ("newsboat",), "newsboat"),
    "rss2email": Kind(Rss2email, ("r2e",), "rss2email", is_told=Told(text=False, title=False)),
    "rss2email_told_again": Kind(
        partial(Rss2email, is_told_again=True), ("r2e",), "rss2email", forms=("rss",), is_told=Told(title=False)
    ),
    "sfeed": Kind(Sfeed, ("sfeed_update", "curl"), "sfeed curl", is_told=Told(text=False)),
}
EVERYBODY = [(name, form) for name, kind in KINDS.items() for form in kind.forms]
Story = dict[tuple[str, str, Event], Seen]


def act(process: Running, event: Event) -> None:
    """Let something happen, and wait until the site shows it."""
    write = partial(write_article, process.home)
    match event:
        case Event.NEW:
            write("town/tea.md", f"'{TEA}'", day="21", text=RECIPE)
            wait_until_shown(process, RECIPE)
        case Event.CORRECTED:
            write("sport/run.md", RUN, text=MENDED)
            wait_until_shown(process, "deputy")
        case Event.RETITLED:
            write("sport/run.md", RETITLED, text=MENDED)
            wait_until_shown(process, RETITLED)
        case Event.WITHDRAWN:
            write("town/tea.md", f"'{TEA}'", day="21", text=RECIPE, more="draft: true\n")
            wait_until_shown(process, without=RECIPE)
        case Event.RESTORED:
            write("town/tea.md", f"'{TEA}'", day="21", text=RECIPE)
            wait_until_shown(process, RECIPE)
        case Event.RENAMED:
            seeds = process.home.path / "seeds"
            (seeds / "sport" / "run.md").rename(seeds / "sport" / "race.md")
            wait_for(lambda: "sport/race.md" in list_paths(process), seconds=30)
        case Event.MOVED:
            process.change_settings(
                f'url = "http://127.0.0.1:{process.port}"', f'url = "http://localhost:{process.port}"'
            )
            process.process.send_signal(signal.SIGHUP)
            wait_until_shown(process, f"http://localhost:{process.port}")
        case Event.FEED_RENAMED:
            process.change_settings("[feeds.main]", '[feeds.paper]\naliases = ["main"]')
            process.process.send_signal(signal.SIGHUP)
            wait_for(lambda: process.fetch("/feeds/main.atom")[0] == HTTPStatus.MOVED_PERMANENTLY, seconds=30)


def wait_until_shown(process: Running, *words: str, without: str = "\0") -> None:
    def is_shown() -> bool:
        bodies = [process.read(f"/feeds/main.{form}") for form in FORMS]
        return all(word in body and without not in body for body in bodies for word in words or ("",))

    wait_for(is_shown, seconds=30)


def list_paths(process: Running) -> list[str]:
    with process.home.opened() as app, app.ledger.read() as tx:
        return [article.path for article in tx.articles.list_all()]


def count_not_modified(process: Running) -> int:
    found = NOT_MODIFIED.search(process.read("/metrics"))
    return int(found[1]) if found else 0


def look(process: Running, reader: FeedReader) -> Seen:
    before = count_not_modified(process)
    visit = reader.visit()
    return Seen(visit, reader.list_items(), count_not_modified(process) - before)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running paper with two articles, one of them with a picture; `story` is what befalls it."""
    with run_paper(tmp_path_factory) as process:
        yield process


@pytest.fixture(scope="module")
def other_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same paper, to which nothing happens."""
    with run_paper(tmp_path_factory) as process:
        yield process


@contextmanager
def run_paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home, port = make_local_home(tmp_path_factory.mktemp("followed") / "home")
    write_article(
        home, "town/bridge.md", BRIDGE, more="summary: At last.\n", text=f"![The bridge](bridge.png)\n\n{WORDS}{LAST}"
    )
    (home.path / "seeds" / "town" / "bridge.png").write_bytes(PIXEL)
    write_article(home, "sport/run.md", RUN, day="19")
    with running(home, port) as process:
        process.wait_until_ready()
        wait_until_shown(process, BRIDGE, RUN)
        yield process


@pytest.fixture(scope="module")
def story(site: Running, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What every reader that is installed saw after each event."""
    readers = {}
    for name, form in EVERYBODY:
        if KINDS[name].is_installed:
            folder = tmp_path_factory.mktemp(f"{name}-{form}")
            readers[name, form] = KINDS[name].make(f"http://127.0.0.1:{site.port}/feeds/main.{form}", folder)
    seen: Story = {}
    for event in Event:
        act(site, event)
        seen |= {(*who, event): look(site, reader) for who, reader in readers.items()}
    return seen


def skip_unless_installed(kind: Kind) -> None:
    if not kind.is_installed:
        pytest.skip(f"there is no {' or no '.join(kind.commands)}: apt-get install {kind.packages}")


@pytest.fixture(params=EVERYBODY, ids="-".join)
def diary(request: pytest.FixtureRequest, story: Story) -> Diary:
    """What each reader saw in each format that it takes."""
    name, form = request.param
    skip_unless_installed(KINDS[name])
    return Diary(KINDS[name], {event: story[name, form, event] for event in Event})


def test_first_look_shows_every_article(diary: Diary) -> None:
    seen = diary.seen[Event.FIRST]
    assert sorted(seen.visit.new) == [BRIDGE, RUN]
    assert len({item.id for item in seen.items}) == 2


def test_whole_text_reaches_the_reader(diary: Diary) -> None:
    (text,) = [item.text for item in diary.seen[Event.FIRST].items if item.title == BRIDGE]
    assert LAST in text


def test_f14_unchanged_feed_is_not_sent_again(diary: Diary) -> None:
    seen = diary.seen[Event.NOTHING]
    assert seen.visit == Visit()
    assert seen.not_modified == 1


def test_f05_new_article_is_one_item_with_its_title(diary: Diary) -> None:
    assert diary.seen[Event.NEW].visit == Visit(new=(TEA,))
    assert sorted(item.title for item in diary.seen[Event.NEW].items) == [TEA, BRIDGE, RUN]


def test_f09_correction_is_one_update_and_no_item(diary: Diary) -> None:
    changed = (RUN,) if diary.kind.is_told.text else ()
    assert diary.seen[Event.CORRECTED].visit == Visit(changed=changed)


def test_f09_other_title_is_no_new_item(diary: Diary) -> None:
    changed = (RETITLED,) if diary.kind.is_told.title else ()
    assert diary.seen[Event.RETITLED].visit == Visit(changed=changed)


def test_withdrawn_article_is_nothing_new(diary: Diary) -> None:
    seen = diary.seen[Event.WITHDRAWN]
    assert seen.visit == Visit()
    assert (TEA in [item.title for item in seen.items]) == diary.kind.keeps


def test_f03_restored_article_is_nothing_new(diary: Diary) -> None:
    assert diary.seen[Event.RESTORED].visit == Visit()


def test_f03_renamed_file_changes_nothing(diary: Diary) -> None:
    seen = diary.seen[Event.RENAMED]
    assert seen.visit == Visit()
    assert seen.not_modified == 1


def test_f08_new_domain_brings_nothing_new(diary: Diary) -> None:
    before, after = diary.seen[Event.RENAMED], diary.seen[Event.MOVED]
    assert after.visit.new == ()
    assert {item.id for item in after.items} == {item.id for item in before.items}


def test_f15_renamed_feed_is_followed(diary: Diary) -> None:
    before, after = diary.seen[Event.MOVED], diary.seen[Event.FEED_RENAMED]
    assert after.visit == Visit()
    assert {item.id for item in after.items} == {item.id for item in before.items}


@pytest.mark.parametrize("form", FORMS)
def test_feed_of_sections_is_followed_alike(other_site: Running, form: str, tmp_path: Path) -> None:
    reader = Lemon24(f"http://127.0.0.1:{other_site.port}/feeds/sections/sport+town.{form}", tmp_path)
    assert sorted(look(other_site, reader).visit.new) == [BRIDGE, RUN]
    again = look(other_site, reader)
    assert (again.visit, again.not_modified) == (Visit(), 1)


@pytest.mark.parametrize(
    ("name", "import_into"), [("newsboat", import_into_newsboat), ("rss2email", import_into_rss2email)]
)
def test_list_of_feeds_is_imported(
    other_site: Running, name: str, import_into: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    skip_unless_installed(KINDS[name])
    town = f"http://127.0.0.1:{other_site.port}/feeds/sections/town.rss"
    wait_for(lambda: town in other_site.read("/feeds.opml"), seconds=30)  # it follows the feeds within a moment
    (tmp_path / "feeds.opml").write_text(other_site.read("/feeds.opml"), encoding="utf-8")
    taken = import_into(tmp_path)
    assert town in taken
    assert len(taken) == len(set(taken)) == 5  # ours, the newsletter's, two sections', the language's


def test_f03_ids_are_the_same_in_every_format(story: Story) -> None:
    ids = [frozenset(item.id for item in seen.items) for (_, _, event), seen in story.items() if event == Event.NEW]
    assert len(set(ids)) == 1
    assert len(ids[0]) == 3
