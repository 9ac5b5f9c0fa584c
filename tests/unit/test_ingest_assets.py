"""Pictures beside seeds are found, measured, freed of what they tell, and addressed by what is published."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest import PictureLimits, find_asset, read_copy
from tests.pictures import make_photo, paint, read, save

LIMITS = PictureLimits(max_size=100_000, max_pixels=1_000_000)
PNG = save(paint(8, 4), "PNG")


def find(root: Path, name: str, data: bytes = PNG) -> Image:
    (root / name).write_bytes(data)
    found = find_asset(root, name, LIMITS)
    assert found is not None
    return found


def test_address_is_of_the_published_bytes(tmp_path: Path) -> None:
    found = find(tmp_path, "a.jpg", make_photo())
    published = read_copy(tmp_path, found, found.address, limits=LIMITS)
    assert found.address == f"/images/{hashlib.sha256(published).hexdigest()[:16]}/a.jpg"
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 64, 40)
    assert b"secret place" not in published


def test_length_is_of_the_published_bytes(tmp_path: Path) -> None:
    found = find(tmp_path, "a.jpg", make_photo())
    assert found.length == len(read_copy(tmp_path, found, found.address, limits=LIMITS)) < found.file_size


def test_only_picture_but_for_capitals_is_found(tmp_path: Path) -> None:
    (tmp_path / "Img").mkdir()
    find(tmp_path, "Img/Bridge.PNG")
    found = find_asset(tmp_path, "img/bridge.png", LIMITS)
    assert found is not None
    assert found.path == "Img/Bridge.PNG"
    find(tmp_path, "Img/BRIDGE.png")
    assert find_asset(tmp_path, "img/bridge.png", LIMITS) is None


def test_address_moves_with_the_pixels_alone(tmp_path: Path) -> None:
    plain = find(tmp_path, "a.png", PNG)
    assert find(tmp_path, "a.png", PNG + b"more").address == plain.address
    assert find(tmp_path, "a.png", save(paint(9, 4), "PNG")).address != plain.address


@pytest.mark.parametrize(
    ("name", "kind", "public"),
    [
        ("a.jpg", "WEBP", "a.webp"),
        ("a.JPEG", "JPEG", "a.JPEG"),
        ("a.b.png", "JPEG", "a.b.jpg"),
        ("a", "GIF", "a.gif"),
        ("old bridge.png", "PNG", "old%20bridge.png"),
    ],
)
def test_published_name_tells_the_true_format(tmp_path: Path, name: str, kind: str, public: str) -> None:
    found = find(tmp_path, name, save(paint(), kind))
    assert (found.address.rpartition("/")[2], found.media_type) == (public, f"image/{kind.lower()}")


def test_mail_copy_is_named_by_the_original(tmp_path: Path) -> None:
    found = find(tmp_path, "a.webp", save(paint(), "WEBP"))
    digest = found.address.split("/")[2]
    assert found.mail_address == f"/images/{digest}/mail-1/a.jpg"
    assert read(read_copy(tmp_path, found, found.mail_address, limits=LIMITS)).format == "JPEG"


def test_mail_needs_no_copy_of_plain_pictures(tmp_path: Path) -> None:
    assert not find(tmp_path, "a.png").mail_address


@pytest.mark.parametrize("path", ["gone.png", "../a.png", "/etc/a.png", "", "a\x00.png", "x" * 300 + ".png"])
def test_what_is_not_there_gives_none(tmp_path: Path, path: str) -> None:
    assert find_asset(tmp_path, path, LIMITS) is None


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.svg", b"<svg/>", "no PNG, JPEG, GIF, WebP or AVIF picture"),
        ("a.png", b"<script>", "no PNG, JPEG, GIF, WebP or AVIF picture"),
        ("a.md", b"# A", "no PNG, JPEG, GIF, WebP or AVIF picture"),
        ("a.png", PNG[:-4], "too early: copy or save it again"),
        ("a.png", PNG.replace(b"IDAT", b"IDAT\xff", 1), "copy or save it again"),
        (".a.png", PNG, "hidden"),
    ],
)
def test_refusal_names_path_reason_and_mend(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SeedError, match=reason) as refused:
        find(tmp_path, name, data)
    assert refused.value.path == name


def test_s04_pixel_cap_holds_before_any_decoding(tmp_path: Path) -> None:
    bomb = save(paint(1, 1).resize((1000, 1001)), "PNG")
    with pytest.raises(SeedError, match=r"1,000 by 1,001 pixels.*seeds\.max_pixels"):
        find(tmp_path, "bomb.png", bomb)
    (tmp_path / "huge.gif").write_bytes(
        b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;"
    )
    with pytest.raises(SeedError, match="65,535 by 65,535 pixels"):
        find_asset(tmp_path, "huge.gif", LIMITS)


def test_heavy_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="too large"):
        find(tmp_path, "a.png", PNG + bytes(100_000))


def test_another_picture_is_not_published_in_its_place(tmp_path: Path) -> None:
    found = find(tmp_path, "a.png")
    (tmp_path / "a.png").write_bytes(save(paint(9, 9), "PNG"))
    with pytest.raises(SeedError, match="another picture"):
        read_copy(tmp_path, found, found.address, limits=LIMITS)


def test_gone_pictures_are_not_published(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="not there"):
        read_copy(tmp_path, replace(find(tmp_path, "a.png"), path="b.png"), "", limits=LIMITS)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.png").write_bytes(PNG)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "folder").symlink_to(tmp_path / "out")
    (seeds / "a.png").symlink_to(tmp_path / "out/a.png")
    for path in ("a.png", "folder/a.png"):
        with pytest.raises(SeedError, match="link"):
            find_asset(seeds, path, LIMITS)
