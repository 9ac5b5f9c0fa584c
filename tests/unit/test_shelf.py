"""The shelf: written when bytes change, served from memory, never from outside its folder."""

import gzip
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain import address
from publisher.public import Memory, Shelf, serve
from publisher.public.shelf import FRESH

FEED = "/feeds/main.rss"
LONG = b"<p>an article</p>" * 100


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf."""
    return Shelf(tmp_path / "public")


def _read(shelf: Shelf, path: str) -> bytes | None:
    served = shelf.find(path)
    return served.body if served else None


@pytest.mark.parametrize(
    ("path", "file", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/feeds", "feeds.html", "text/html; charset=utf-8"),
        ("/articles/2026/11/bridge", "articles/2026/11/bridge.html", "text/html; charset=utf-8"),
        ("/articles/2026/11/v1.0", "articles/2026/11/v1.0.html", "text/html; charset=utf-8"),
        ("/issues/daily/2026-11-23T0700", "issues/daily/2026-11-23T0700.html", "text/html; charset=utf-8"),
        (FEED, "feeds/main.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/main.atom", "feeds/main.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/main.json", "feeds/main.json", "application/feed+json"),
        ("/feeds.opml", "feeds.opml", "text/x-opml; charset=utf-8"),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
        (address.image("ab", "bridge.png"), "images/ab/bridge.png", "image/png"),
        (address.image("ab", "old bridge.jpg"), "images/ab/old bridge.jpg", "image/jpeg"),
        (address.image("ab", "été.webp"), "images/ab/été.webp", "image/webp"),
    ],
)
def test_path_has_its_file(shelf: Shelf, path: str, file: str, media_type: str) -> None:
    assert shelf.put({path: b"bytes"}) == [path]
    assert (shelf.root / file).read_bytes() == b"bytes"
    served = shelf.find(path)
    assert served
    assert (served.body, served.media_type) == (b"bytes", media_type)
    assert shelf.has(path)


def test_unknown_path_has_nothing(shelf: Shelf) -> None:
    shelf.put({FEED: b"x"})
    assert [shelf.find(path) for path in ("/", "/feeds", "/feeds/main.atom", f"{FEED}/more")] == [None] * 4
    assert not shelf.has("/feeds")


def test_only_changes_are_written(shelf: Shelf) -> None:
    shelf.put({FEED: b"one", "/": b"same"})
    before = (shelf.root / "index.html").stat()
    assert shelf.put({FEED: b"two", "/": b"same", "/feeds": b"new"}) == ["/feeds", FEED]
    after = (shelf.root / "index.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_pictures_are_kept_together_or_not_at_all(shelf: Shelf) -> None:
    one, other = address.image("ab", "one.png"), address.image("cd", "two.png")
    shelf.put({"/images/cd.png": b"x"})
    (shelf.root / "images" / "cd").write_bytes(b"in the way")
    with pytest.raises(OSError, match="cd"):
        shelf.keep({one: b"1", other: b"2"})
    assert not shelf.has(one)
    (shelf.root / "images" / "cd").unlink()
    assert shelf.keep({one: b"1", other: b"2"}) == [one, other]
    assert (_read(shelf, one), _read(shelf, other)) == (b"1", b"2")


def test_same_length_is_still_a_change(shelf: Shelf) -> None:
    shelf.put({FEED: b"one"})
    assert shelf.put({FEED: b"two"}) == [FEED]


def test_nothing_changed_writes_nothing(shelf: Shelf) -> None:
    assert shelf.put({}) == []
    shelf.put({FEED: b"one"})
    assert shelf.put({FEED: b"one"}) == []


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/feeds/../../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/feeds/%2E%2E/%2E%2E/secret.html",
        "/.stamp.json",
        "/feeds/.hidden.rss",
        "/./index.html",
        "/a%00.html",
        "/a\0.html",
    ],
)
def test_path_that_leads_elsewhere_is_refused(shelf: Shelf, path: str) -> None:
    shelf.root.mkdir()
    for place in (shelf.root.parent / "secret.html", shelf.root / ".stamp.json"):
        place.write_bytes(b"secret")
    assert shelf.find(path) is None
    for act in (shelf.has, shelf.remove, lambda wanted: shelf.put({wanted: b"x"})):
        with pytest.raises(ValueError, match="no public path"):
            act(path)


@given(path=st.text() | st.text(alphabet="/.%2eEfF\\~a"))
def test_no_path_leaves_the_shelf(path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.getbasetemp() / "an/empty/shelf"
    assert Shelf(root).find(path) is None


def test_long_path_has_nothing(shelf: Shelf) -> None:
    shelf.root.mkdir()
    assert shelf.find("/" + "a" * 5000) is None


@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20))
def test_any_picture_name_is_found(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("public"))
    path = address.image("ab", f"x{name}.png")
    shelf.put({path: b"bytes"})
    assert _read(shelf, path) == b"bytes"
    assert shelf.keep_only({path}) == []
    assert shelf.keep_only(set()) == [path]


def test_spellings_of_a_path_are_one(shelf: Shelf) -> None:
    shelf.put({FEED: b"x"})
    assert shelf.find(FEED) is shelf.find("/feeds/%6dain.rss") is shelf.find("//feeds/main.rss/")


def test_second_reader_gets_it_from_memory(shelf: Shelf) -> None:
    shelf.put({FEED: b"x"})
    assert shelf.find(FEED) is shelf.find(FEED)


def test_own_change_is_seen_at_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, fresh=3600)
    shelf.put({FEED: b"one"})
    first = shelf.find(FEED)
    shelf.put({FEED: b"two"})
    assert _read(shelf, FEED) == b"two"
    assert first
    assert first.body == b"one"


def test_file_needs_no_look_for_a_while(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, fresh=3600)
    shelf.put({FEED: b"one"})
    shelf.find(FEED)
    Shelf(tmp_path).put({FEED: b"two"})
    assert _read(shelf, FEED) == b"one"


def test_nothing_needs_no_look_for_a_while(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, fresh=3600)
    assert shelf.find(FEED) is None
    Shelf(tmp_path).put({FEED: b"one"})
    assert shelf.find(FEED) is None


def test_own_new_file_is_seen_at_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, fresh=3600)
    assert shelf.find(FEED) is None
    shelf.put({FEED: b"one"})
    assert _read(shelf, FEED) == b"one"


def test_change_of_another_process_is_seen_soon(shelf: Shelf) -> None:
    shelf.put({FEED: b"one"})
    shelf.find(FEED)
    Shelf(shelf.root).put({FEED: b"two"})
    deadline = time.monotonic() + 2 * FRESH
    while (found := _read(shelf, FEED)) != b"two":
        assert time.monotonic() < deadline
        assert found == b"one"


def test_file_of_another_process_is_removed_soon(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, fresh=0)
    shelf.put({FEED: b"one"})
    assert _read(shelf, FEED) == b"one"
    Shelf(tmp_path).remove(FEED)
    assert shelf.find(FEED) is None


def test_write_during_a_look_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path, fresh=3600)
    shelf.put({FEED: b"one"})
    plain = Path.read_bytes

    def read_slowly(file: Path) -> bytes:
        data = plain(file)
        monkeypatch.undo()
        shelf.put({FEED: b"two"})
        return data

    monkeypatch.setattr(Path, "read_bytes", read_slowly)
    assert _read(shelf, FEED) == b"one"
    assert _read(shelf, FEED) == b"two"


def test_memory_forgets_a_removed_file(shelf: Shelf) -> None:
    shelf.put({FEED: b"one"})
    assert _read(shelf, FEED) == b"one"
    assert shelf.remove(FEED)
    assert shelf.find(FEED) is None
    assert not shelf.remove(FEED)


def _held(shelf: Shelf, paths: list[str]) -> list[bool]:
    first = [shelf.find(path) for path in paths]
    return [shelf.find(path) is served for path, served in zip(reversed(paths), reversed(first), strict=True)][::-1]


def test_memory_has_its_bound(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, memory=250)
    paths = ["/a", "/b", "/c"]
    shelf.put(dict.fromkeys(paths, b"x" * 100))
    assert _held(shelf, paths) == [False, True, True]


def test_memory_keeps_what_was_used_last(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, memory=250)
    shelf.put(dict.fromkeys(["/a", "/b", "/c"], b"x" * 100))
    first, _ = shelf.find("/a"), shelf.find("/b")
    shelf.find("/a")
    shelf.find("/c")
    assert shelf.find("/a") is first


def test_compressed_forms_count_for_memory(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, memory=220)
    body = os.urandom(100)
    shelf.put({"/a": body, "/b": body})
    first = shelf.find("/a")
    assert first
    first.encoded("gzip")
    shelf.find("/b")
    assert shelf.find("/a") is not first


def test_file_above_the_bound_is_served(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, memory=10)
    shelf.put({"/a": LONG})
    assert _read(shelf, "/a") == LONG


def test_codings_decode_to_the_body(shelf: Shelf) -> None:
    shelf.put({FEED: LONG})
    served = shelf.find(FEED)
    assert served
    assert gzip.decompress(served.encoded("gzip")) == LONG
    assert brotli.decompress(served.encoded("br")) == LONG
    assert served.encoded("") == served.encoded("identity") == LONG


def test_each_coding_has_its_etag(shelf: Shelf) -> None:
    shelf.put({FEED: LONG})
    served = shelf.find(FEED)
    assert served
    etags = {served.etag(coding) for coding in ("", "gzip", "br")}
    assert len(etags) == 3
    assert all(etag[0] == etag[-1] == '"' for etag in etags)


def test_etag_follows_the_bytes(shelf: Shelf) -> None:
    seen = []
    for body in (b"one", b"two", b"one"):
        shelf.put({FEED: body})
        served = shelf.find(FEED)
        assert served
        seen.append(served.etag())
    assert seen[0] == seen[2] != seen[1]


def test_two_shelves_have_equal_bytes_and_etags(tmp_path: Path) -> None:
    both = []
    for name in ("one", "two"):
        shelf = Shelf(tmp_path / name)
        shelf.put({FEED: LONG})
        served = shelf.find(FEED)
        assert served
        both.append((served.etag("gzip"), served.gzip, served.brotli))
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [(FEED, LONG, True), (FEED, b"short", False), ("/images/ab/a.png", LONG, False)],
)
def test_only_long_text_is_compressed(shelf: Shelf, path: str, body: bytes, expected: bool) -> None:
    shelf.put({path: body})
    served = shelf.find(path)
    assert served
    assert served.is_compressible is expected


def test_moment_is_the_files_own(shelf: Shelf) -> None:
    shelf.put({FEED: b"x"})
    os.utime(shelf.root / "feeds/main.rss", (1_795_413_600.7, 1_795_413_600.7))
    served = shelf.find(FEED)
    assert served
    assert served.modified_at == datetime.fromtimestamp(1_795_413_600, tz=UTC)


def test_only_the_kept_remain(shelf: Shelf) -> None:
    (shelf.root / "feeds").mkdir(parents=True)
    (shelf.root / ".stamp.json").write_bytes(b"{}")
    shelf.put(dict.fromkeys(["/", FEED, "/articles/2026/11/a", "/articles/2026/11/b"], b"x"))
    assert shelf.keep_only({"/", FEED, "/articles/2026/11/b"}) == ["/articles/2026/11/a"]
    assert [shelf.has(path) for path in ("/", FEED, "/articles/2026/11/a", "/articles/2026/11/b")] == [
        True,
        True,
        False,
        True,
    ]
    assert (shelf.root / ".stamp.json").exists()


def test_kept_shelf_may_be_empty(shelf: Shelf) -> None:
    assert shelf.keep_only(set()) == []


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/feeds/sections/culture+sport.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/main/2026-11-2.json", "application/feed+json"),
        ("/feeds", "text/html; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_bytes_without_a_file_are_served_alike(shelf: Shelf, path: str, media_type: str) -> None:
    shelf.put({path: LONG})
    filed, made = shelf.find(path), serve(path, LONG, modified_at=datetime(2026, 11, 20, 12, 0, 0, 7, tzinfo=UTC))
    assert filed
    assert (made.media_type, made.etag("br"), made.gzip) == (media_type, filed.etag("br"), filed.gzip)
    assert made.modified_at.microsecond == 0


def test_memory_that_is_cleared_holds_nothing() -> None:
    memory, served = Memory(250), serve("/a", b"x" * 100, modified_at=datetime(2026, 11, 20, tzinfo=UTC))
    for _ in range(3):
        memory.keep("/a", served)
        memory.clear()
    memory.keep("/b", served)
    memory.keep("/c", served)
    assert [memory.find(key) for key in ("/a", "/b", "/c")] == [None, served, served]
