"""The rules for bad input that no other file here holds, and where the others are tested.

S01 sanitising            test_markup_cleaning.py, test_ingest_reading.py
S02 texts are data        here (as far as reading goes), test_templating_templates.py
S03 links on the disk     test_ingest_links.py; here: one that is exchanged while it is read
    hard links, pipes     test_ingest_folder.py; here: sockets, a device by a link
    hidden, temporary     test_ingest_choosing.py
    size, depth           test_ingest_folder.py; here: how many files
    names                 test_ingest_folder.py; here: 255 bytes, folders' names, `..`
S04 YAML, TOML            test_ingest_front_matter.py, test_ingest_keys.py
    pictures              test_ingest_assets.py
    zip files, XML        nothing here takes them in (front matter is YAML, TOML, JSON; no import of archives)
S05 decoding              test_ingest_decoding.py; here: mixed line ends, half a UTF-16 letter
    slow texts            test_ingest_hostile.py; here: a line of a megabyte, a hundred thousand headings
S06 partial writes        test_ingest_quiet.py; here: the ways in which editors save
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import PublisherError, SeedError
from publisher.ingest import FolderRules, Glimpse, Reading, Rules, SeedFile, find_quiet, read_bytes, read_seed, walk
from publisher.ingest.decoding import decode
from tests.folders import Desk, open_desk
from tests.homes import make_home

FOLDER = FolderRules(max_size=1000)
RULES = Rules(timezone="UTC", language="en")
NOW, QUIET = datetime(2026, 11, 23, 7, tzinfo=UTC), timedelta(seconds=1)


def read(text: str, *, name: str = "a.md") -> Reading:
    reading = read_seed(name, text.encode(), RULES, asset=lambda path: None)
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize("words", ["{{ 7*7 }}", "{% raw %}", "${7*7}", "<%= 7*7 %>", "#{7*7}"])
def test_s02_template_signs_are_text(words: str) -> None:
    reading = read(f"---\ntitle: '{words}'\n---\nSome `{words}` here.\n")
    assert "49" not in reading.content.title + reading.content.html


@contextmanager
def exchanging(inside: Path, outside: Path) -> Iterator[None]:
    """A folder that is, by turns, itself and a link to another one, as quickly as the disk allows."""
    over, kept = threading.Event(), inside.with_name("kept")

    def exchange() -> None:
        while not over.is_set():
            inside.rename(kept)
            inside.symlink_to(outside)
            inside.unlink()
            kept.rename(inside)

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_s03_exchanged_folder_leads_nowhere(tmp_path: Path) -> None:
    for path, text in (("seeds/town/a.md", "ours"), ("out/a.md", "secret")):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    found = set()
    with exchanging(tmp_path / "seeds/town", tmp_path / "out"):
        for _ in range(300):
            with suppress(SeedError):
                found.add(read_bytes(tmp_path / "seeds", SeedFile("town/a.md", 4, 0), 100))
    assert found <= {b"ours"}


def test_s03_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("a.md")
        assert "regular" in walk(tmp_path, FOLDER).refused[0].reason
        with pytest.raises(SeedError):
            read_bytes(tmp_path, SeedFile("a.md", 0, 0), 100)


def test_s03_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("/dev/zero")
    assert "leads out" in walk(tmp_path, FOLDER).refused[0].reason


def test_s03_too_many_files_are_an_error(tmp_path: Path) -> None:
    for index in range(4):
        (tmp_path / f"{index}.png").touch()
    with pytest.raises(PublisherError, match=r"more than 3 files.*seeds\.path"):
        walk(tmp_path, FolderRules(max_size=1, max_entries=3))


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb"])
def test_s03_dangerous_folders_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.md").touch()
    found = walk(tmp_path, FOLDER)
    assert (found.files, len(found.refused)) == ((), 1)
    assert str(found.refused[0]).isprintable()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(make_home(tmp_path / "home"))


def test_s03_longest_names_are_read(desk: Desk) -> None:
    good, accented, bad = "a" * 252 + ".md", "é" * 126 + ".md", "b" * 252 + ".md"
    for name in (good, accented):
        desk.put(name, f"# The long name of {name[0]}\n\nIt has as many bytes as a name of {name[0]} may have.\n")
    desk.put(bad, "---\ntitle: [\n---\n")
    report = desk.read()
    assert (report["new"], [one["path"] for one in report["review"]]) == ([good, accented], [bad])
    (waiting,) = (desk.home.path / "var/review").iterdir()
    assert waiting.read_text().startswith(f"{bad}:")


@pytest.mark.parametrize("name", ["a.zip", "feed.xml", "a.docx"])
def test_s04_packed_files_are_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    assert walk(tmp_path, FOLDER).files == ()


def test_s05_mixed_line_ends_become_one() -> None:
    assert decode("a.md", b"one\r\ntwo\rthree\nfour") == "one\ntwo\nthree\nfour"


def test_s05_half_a_letter_is_refused() -> None:
    with pytest.raises(SeedError, match="no text"):
        decode("a.md", "\ufeffété".encode("utf-16-le")[:-1])


HEADER, LINE = "---\ntitle: x\n---\n", "a word " * 150_000


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.md", HEADER + LINE), ("a.txt", LINE), ("a.html", f"<p>{LINE}"), ("a.md", HEADER + "# a\n\n" * 100_000)],
    ids=["line", "line of a clipping", "line of a page", "headings"],
)
def test_s05_large_texts_are_read_in_time(name: str, text: str) -> None:
    started = time.process_time()
    with suppress(SeedError):
        read(text, name=name)
    assert time.process_time() - started < 6


Save = Callable[[Path], object]


def write_in_place(path: Path) -> None:
    path.write_text("")
    path.write_text("new")


def write_by_rename(path: Path) -> None:
    staged = path.with_name(".a.md.part")
    staged.write_text("new")
    staged.replace(path)


def write_with_backup(path: Path) -> None:
    path.with_name("4913").touch()
    path.with_name("4913").unlink()
    path.rename(f"{path}~")
    path.write_text("new")


@pytest.mark.parametrize("save", [write_in_place, write_by_rename, write_with_backup])
def test_s06_saved_file_is_read_when_still(tmp_path: Path, save: Save) -> None:
    path = tmp_path / "a.md"
    path.write_text("old text")
    before = walk(tmp_path, FOLDER).files
    save(path)
    files = walk(tmp_path, FOLDER).files
    moving = {"a.md": Glimpse(before[0], NOW - QUIET)}
    still, moving = find_quiet(files, moving, now=NOW, quiet=QUIET)
    assert (still, [*moving]) == ((), ["a.md"])
    assert find_quiet(files, moving, now=NOW + QUIET, quiet=QUIET) == (files, {})


def test_s06_cut_file_waits_for_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("")
    cut = walk(tmp_path, FOLDER).files
    _, moving = find_quiet(cut, {}, now=NOW, quiet=QUIET)
    (tmp_path / "a.md").write_text("whole")
    still, moving = find_quiet(walk(tmp_path, FOLDER).files, moving, now=NOW + QUIET, quiet=QUIET)
    assert (still, moving["a.md"].at) == ((), NOW + QUIET)
