"""Versions of one second: curl and newsboat throw away what has the Last-Modified that they know, whatever its ETag."""

from pathlib import Path

from publisher.public import Made, Memory, Served, Shelf

PATH = "/feeds/main.atom"


def find(shelf: Shelf) -> Served:
    found = shelf.find(PATH)
    assert found
    return found


def test_f14_each_version_has_a_later_second(tmp_path: Path) -> None:
    shelf, seconds = Shelf(tmp_path), []
    for version in (b"1", b"2", b"3"):
        shelf.put({PATH: version})
        seconds.append(find(shelf).modified_at)
    assert seconds[0] < seconds[1] < seconds[2]


def test_f14_same_bytes_keep_their_second(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put({PATH: b"1"})
    before = find(shelf).modified_at
    shelf.put({PATH: b"1"})
    assert find(shelf).modified_at == before


def test_f14_made_version_has_a_later_second(tmp_path: Path) -> None:
    made = Made(tmp_path / ".stamp.json", Memory(1_000))
    seconds = [made.put(PATH, body, stamp=(0, number)).modified_at for number, body in enumerate((b"1", b"2", b"2"))]
    assert seconds[0] < seconds[1] == seconds[2]
