"""Files: whole or not at all, and never outside their folder."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from publisher.files import create_atomic, locked, write_atomic, write_many

PATIENCE = 10  # seconds


def _list(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a/b/c.txt", b"new")
    assert (tmp_path / "a/b/c.txt").read_bytes() == b"new"
    assert _list(tmp_path) == ["a/b/c.txt"]


def test_old_bytes_are_replaced(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", b"a long old text")
    write_atomic(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_file_has_its_mode(tmp_path: Path, mode: int) -> None:
    write_atomic(tmp_path / "a.txt", b"", mode=mode)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == mode


def test_reader_keeps_the_old_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", b"old")
    with (tmp_path / "a.txt").open("rb") as reader:
        write_atomic(tmp_path / "a.txt", b"new")
        assert reader.read() == b"old"


def test_name_of_full_length_is_written(tmp_path: Path) -> None:
    name = "n" * 255
    write_atomic(tmp_path / name, b"x")
    assert _list(tmp_path) == [name]


def test_failed_write_keeps_old_bytes(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", b"old")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_many({tmp_path / "a.txt": b"new", tmp_path / "file/below.txt": b"impossible"})
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert _list(tmp_path) == ["a.txt", "file"]


def test_failed_rename_leaves_no_rubbish(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_many({tmp_path / "a.txt": b"new", tmp_path / "folder": b"impossible"})
    assert not [name for name in _list(tmp_path) if name.endswith(".tmp")]


@pytest.mark.parametrize("number", [0, 1, 31, 32, 40])
def test_many_files_are_all_written(tmp_path: Path, number: int) -> None:
    contents = {tmp_path / f"{index % 3}/{index}.txt": str(index).encode() for index in range(number)}
    write_many(contents)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.txt")} == contents
    assert len(_list(tmp_path)) == number


def test_new_file_is_created_once(tmp_path: Path) -> None:
    path = tmp_path / "deep/secret"
    assert create_atomic(path, b"first", mode=0o600)
    assert not create_atomic(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert _list(tmp_path) == ["deep/secret"]


def test_racing_creators_agree(tmp_path: Path) -> None:
    barrier, path = Barrier(4), tmp_path / "secret"

    def create(index: int) -> tuple[bool, bytes]:
        barrier.wait(PATIENCE)
        is_ours = create_atomic(path, b"%d" % index * 10_000)
        return is_ours, path.read_bytes()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(create, range(4)))
    assert Counter(is_ours for is_ours, _ in outcomes) == {True: 1, False: 3}
    assert {seen for _, seen in outcomes} == {path.read_bytes()}
    assert _list(tmp_path) == ["secret"]


def test_lock_lets_one_in(tmp_path: Path) -> None:
    entered, order = Event(), []

    def enter() -> None:
        entered.set()
        with locked(tmp_path / "run/a.lock"):
            order.append("second")

    with locked(tmp_path / "run/a.lock"):
        thread = Thread(target=enter)
        thread.start()
        entered.wait(PATIENCE)
        thread.join(0.05)
        order.append("first")
    thread.join(PATIENCE)
    assert order == ["first", "second"]


def test_lock_is_freed_by_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path / "a.lock"):
        raise RuntimeError
    with locked(tmp_path / "a.lock"):
        assert (tmp_path / "a.lock").exists()
