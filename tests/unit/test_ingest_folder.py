"""The folder is walked, links out of it are refused, and it is watched for hints."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from publisher.errors import PublisherError, SeedError
from publisher.ingest import FolderRules, SeedFile, Walk, read_bytes, walk, watch

RULES = FolderRules(max_size=1000)


def write(root: Path, *paths: str, data: bytes = b"text") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def names(look: Walk) -> list[str]:
    return [file.path for file in look.files]


def reasons(look: Walk) -> dict[str, str]:
    return {error.path: error.reason for error in look.refused}


def test_seeds_are_found_in_order(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a.txt", "ville/c.html", "ville/a.markdown", "D.MD")
    assert names(walk(tmp_path, RULES)) == ["D.MD", "a.txt", "b.md", "ville/a.markdown", "ville/c.html"]


def test_second_names_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "secret", "seeds/a.md")
    os.link(tmp_path / "secret", tmp_path / "seeds/b.md")
    assert "hard link" in reasons(walk(tmp_path / "seeds", RULES))["b.md"]


def test_pipes_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert "regular" in reasons(walk(tmp_path, RULES))["pipe.md"]
    with pytest.raises(SeedError, match="regular"):
        read_bytes(tmp_path, SeedFile("pipe.md", 0, 0), 100)


@pytest.mark.parametrize("name", ["a\nb.md", "a\u202eb.md", "-rf.md", "con.md", "a\x1b.md", "a\\b.md"])
def test_dangerous_names_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    look = walk(tmp_path, RULES)
    assert (names(look), len(look.refused)) == ([], 1)
    assert str(look.refused[0]).isprintable()


def test_names_of_bad_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_bytes(b"text")
    assert str(walk(tmp_path, RULES).refused[0]).isprintable()


@pytest.mark.parametrize("twins", [("Pont.md", "pont.md"), ("\u00e9t\u00e9.md", "e\u0301te\u0301.md")])
def test_twin_names_are_refused(tmp_path: Path, twins: tuple[str, str]) -> None:
    write(tmp_path, *twins)
    look = walk(tmp_path, RULES)
    assert (len(look.files), len(look.refused)) == (1, 1)


def test_large_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.md", data=b"x" * 1001)
    assert "too large" in reasons(walk(tmp_path, RULES))["a.md"]


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "d/" * 40 + "a.md")
    assert "deep" in walk(tmp_path, RULES).refused[0].reason


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match="no such folder"):
        walk(tmp_path / "nowhere", RULES)


def test_bytes_are_read_whole(tmp_path: Path) -> None:
    write(tmp_path, "a.md", data=b"x" * 1000)
    assert read_bytes(tmp_path, SeedFile("a.md", 1000, 0), 1000) == b"x" * 1000


def test_grown_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.md", data=b"x" * 20)
    with pytest.raises(SeedError, match="too large"):
        read_bytes(tmp_path, SeedFile("a.md", 10, 0), 10)


@pytest.mark.parametrize("path", ["gone.md", "link.md"])
def test_file_that_turned_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "link.md").symlink_to("/etc/hostname")
    with pytest.raises(SeedError):
        read_bytes(tmp_path, SeedFile(path, 4, 0), 1000)


def test_ten_thousand_files_are_walked_quickly(tmp_path: Path) -> None:
    for folder in range(20):
        (tmp_path / str(folder)).mkdir()
        for index in range(500):
            (tmp_path / str(folder) / f"{index}.md").touch()
    started = time.process_time()
    assert len(walk(tmp_path, RULES).files) == 10_000
    assert time.process_time() - started < 1


async def first_hint(root: Path, stop: asyncio.Event) -> None:
    async for _ in watch(root, stop):
        return


async def test_watch_hints_at_new_files(tmp_path: Path) -> None:
    stop, hints = asyncio.Event(), asyncio.Queue[float]()

    async def listen() -> None:
        async for _ in watch(tmp_path, stop):
            hints.put_nowait(time.monotonic())

    listener = asyncio.create_task(listen())
    await asyncio.wait_for(hints.get(), 5)  # the first rest: the watch stands
    written = time.monotonic()
    write(tmp_path, "a.md")
    assert await asyncio.wait_for(hints.get(), 5) - written < 0.4
    stop.set()
    await asyncio.wait_for(listener, 5)


async def test_watch_waits_for_a_missing_folder(tmp_path: Path) -> None:
    waiting = asyncio.create_task(first_hint(tmp_path / "seeds", asyncio.Event()))
    done, _ = await asyncio.wait({waiting}, timeout=0.05)
    (tmp_path / "seeds").mkdir()
    await asyncio.wait_for(waiting, 5)
    assert not done


async def test_watch_outlives_a_folder_made_again(tmp_path: Path) -> None:
    stop, hints = asyncio.Event(), asyncio.Queue[bool]()
    seeds = tmp_path / "seeds"
    seeds.mkdir()

    async def listen() -> None:
        async for _ in watch(seeds, stop):
            hints.put_nowait((seeds / "a.md").exists())

    listener = asyncio.create_task(listen())
    await asyncio.wait_for(hints.get(), 5)
    seeds.rmdir()
    seeds.mkdir()
    write(seeds, "a.md")
    while not await asyncio.wait_for(hints.get(), 5):
        continue
    (seeds / "a.md").unlink()
    while await asyncio.wait_for(hints.get(), 5):
        continue
    stop.set()
    await asyncio.wait_for(listener, 5)
