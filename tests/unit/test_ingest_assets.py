"""Pictures beside seeds are found, measured and addressed by content."""

import struct
from pathlib import Path

import pytest

from publisher.errors import SeedError
from publisher.ingest import find_asset, read_asset
from publisher.ingest.assets import measure

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 800, 450) + b"\x08\x02"
GIF = b"GIF89a" + struct.pack("<HH", 800, 450)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x03x\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", 450, 800) + b"\x03"
WEBP = b"RIFF\x00\x00\x00\x00WEBP"
LOSSY = WEBP + b"VP8 " + bytes(10) + struct.pack("<HH", 800, 450)
LOSSLESS = WEBP + b"VP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 799 | 449 << 14) + bytes(5)
EXTENDED = WEBP + b"VP8X" + bytes(8) + (799).to_bytes(3, "little") + (449).to_bytes(3, "little")


@pytest.mark.parametrize("data", [PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED])
def test_size_is_read_from_the_header(data: bytes) -> None:
    assert measure(data) == (800, 450)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", PNG[:20], b"<svg/>", JPEG[:14], GIF[:6] + bytes(4)])
def test_no_picture_has_no_size(data: bytes) -> None:
    assert measure(data) is None


def test_address_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "b.png").write_bytes(PNG + b"more")
    one, other = find_asset(tmp_path, "a.png", 1000), find_asset(tmp_path, "b.png", 1000)
    assert one is not None
    assert other is not None
    assert (one.media_type, one.width, one.height) == ("image/png", 800, 450)
    assert one.address.split("/")[2] != other.address.split("/")[2]


@pytest.mark.parametrize("path", ["gone.png", "note.md", "../a.png", "/etc/a.png", "", "a\x00.png", "x" * 300 + ".png"])
def test_what_is_not_there_gives_none(tmp_path: Path, path: str) -> None:
    assert find_asset(tmp_path, path, 1000) is None


def test_svg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="SVG"):
        find_asset(tmp_path, "a.svg", 1000)


def test_false_pictures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"<script>")
    with pytest.raises(SeedError, match="no PNG"):
        find_asset(tmp_path, "a.png", 1000)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.png").write_bytes(PNG)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "folder").symlink_to(tmp_path / "out")
    (seeds / "a.png").symlink_to(tmp_path / "out/a.png")
    for path in ("a.png", "folder/a.png"):
        with pytest.raises(SeedError):
            read_asset(seeds, path, 1000)


def test_large_pictures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG + bytes(1000))
    with pytest.raises(SeedError, match="too large"):
        find_asset(tmp_path, "a.png", 1000)
