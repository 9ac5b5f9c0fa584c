"""Published pictures tell nothing of places, people and cameras, and look as before (S04)."""

import struct
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from publisher.ingest.images import BrokenPictureError, clean_picture
from tests.pictures import SECRETS, make_animation, make_photo, paint, read, save

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
WITH_EXIF = ("JPEG", "PNG", "WEBP", "AVIF")
SAMPLES = {
    **{kind: make_photo(kind, width=24, height=16) for kind in KINDS},
    **{f"moving {kind}": make_animation(kind, width=24, height=16) for kind in ("PNG", "WEBP", "GIF")},
    "progressive": make_photo(progressive=True, orientation=6, width=24, height=16),
    "lossless": make_photo("WEBP", lossless=True, width=24, height=16),
}


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_tells_who_or_where(kind: str) -> None:
    photo = make_photo(kind)
    assert any(secret in photo for secret in SECRETS)
    cleaned = clean_picture(photo).data
    assert not any(secret in cleaned for secret in SECRETS)
    assert not dict(read(cleaned).getexif())


@pytest.mark.parametrize("kind", WITH_EXIF)
def test_place_is_cut_from_turned_photos(kind: str) -> None:
    exif = read(clean_picture(make_photo(kind, orientation=6)).data).getexif()
    assert dict(exif) == {0x0112: 6}
    assert not exif.get_ifd(0x8825)


@pytest.mark.parametrize("name", SAMPLES)
def test_pixels_stay_as_they_were(name: str) -> None:
    before, after = Image.open(BytesIO(SAMPLES[name])), Image.open(BytesIO(clean_picture(SAMPLES[name]).data))
    frames = getattr(before, "n_frames", 1)
    assert getattr(after, "n_frames", 1) == frames
    for number in range(frames):
        before.seek(number)
        after.seek(number)
        assert is_same(before, after)


@pytest.mark.parametrize("kind", WITH_EXIF)
def test_colour_profile_stays(kind: str) -> None:
    photo = make_photo(kind)
    assert read(clean_picture(photo).data).info["icc_profile"] == read(photo).info["icc_profile"]


@pytest.mark.parametrize("kind", WITH_EXIF)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_that_of_the_upright_photo(kind: str, orientation: int) -> None:
    photo = make_photo(kind, orientation=orientation, width=24, height=16)
    cleaned = clean_picture(photo)
    shown, expected = ImageOps.exif_transpose(read(cleaned.data)), ImageOps.exif_transpose(read(photo))
    assert (cleaned.width, cleaned.height) == shown.size == expected.size
    assert is_same(shown, expected)


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from(KINDS), st.sampled_from(["RGB", "L", "1"]))
def test_size_is_what_pillow_sees(width: int, height: int, kind: str, mode: str) -> None:
    cleaned = clean_picture(save(Image.new(mode, (width, height)), kind))
    assert (cleaned.width, cleaned.height, cleaned.media_type) == (width, height, f"image/{kind.lower()}")


@pytest.mark.parametrize(("name", "is_animated"), [(name, name.startswith("moving")) for name in SAMPLES])
def test_moving_pictures_are_told(name: str, is_animated: bool) -> None:
    assert clean_picture(SAMPLES[name]).is_animated == is_animated


@pytest.mark.parametrize(
    ("mode", "kind", "is_see_through"),
    [("RGBA", "PNG", True), ("LA", "PNG", True), ("RGB", "PNG", False), ("RGBA", "WEBP", True), ("RGB", "WEBP", False)],
)
def test_glass_is_told(mode: str, kind: str, is_see_through: bool) -> None:
    image = Image.new(mode, (8, 8), (255, 0, 0, 100)[: len(mode)] if mode != "LA" else (200, 100))
    assert clean_picture(save(image, kind, lossless=True)).is_see_through == is_see_through


def test_glass_of_avif_is_told() -> None:
    assert clean_picture(save(paint(mode="RGB"), "AVIF")).is_see_through is False
    glass = paint(mode="RGBA")
    glass.putalpha(90)
    assert clean_picture(save(glass, "AVIF")).is_see_through


def test_moving_avif_is_refused_with_the_mend() -> None:
    with pytest.raises(BrokenPictureError, match="save it as WebP"):
        clean_picture(make_animation("AVIF"))


def test_avif_keeps_only_what_is_seen() -> None:
    photo = save(paint(), "AVIF")
    hidden = struct.pack(">I4s16s", 40, b"uuid", bytes(16)) + b"Nora Peeters    "
    cleaned = clean_picture(photo + hidden).data
    assert (len(cleaned), b"Nora" in cleaned) == (len(photo) + 40, False)
    assert is_same(read(cleaned), read(photo))


def test_long_runs_of_fill_take_no_time() -> None:
    photo = save(paint(), "JPEG")
    with pytest.raises(BrokenPictureError):
        clean_picture(photo[:-2] + b"\xff" * 1_000_000 + b"\x00")


def test_glass_of_a_gif_is_told() -> None:
    assert clean_picture(save(Image.new("P", (8, 8)), "GIF", transparency=0)).is_see_through
    assert not clean_picture(save(Image.new("P", (8, 8)), "GIF")).is_see_through


@pytest.mark.parametrize("name", SAMPLES)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = clean_picture(SAMPLES[name])
    assert clean_picture(once.data) == once


@pytest.mark.parametrize("name", SAMPLES)
def test_what_follows_the_end_goes(name: str) -> None:
    assert clean_picture(SAMPLES[name] + b"Nora Peeters" * 9).data == clean_picture(SAMPLES[name]).data


@pytest.mark.parametrize("name", SAMPLES)
def test_s06_every_cut_is_told(name: str) -> None:
    data = SAMPLES[name]
    for end in range(len(data) - 1):
        with pytest.raises(BrokenPictureError):
            clean_picture(data[:end])


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damage_raises_nothing_else(name: str, data: st.DataObject) -> None:
    damaged = bytearray(SAMPLES[name])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    with suppress(BrokenPictureError):
        found = clean_picture(bytes(damaged))
        assert found.width > 0 < found.height


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP"]), st.binary())
def test_noise_raises_nothing_else(magic: bytes, noise: bytes) -> None:
    with pytest.raises(BrokenPictureError):
        clean_picture(magic + noise)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"BM\x00", b"II*\x00", b"\x00\x00\x00\x18ftypheic"])
def test_other_formats_are_named_with_the_mend(data: bytes) -> None:
    with pytest.raises(BrokenPictureError, match="save it as one"):
        clean_picture(data)


@pytest.mark.parametrize(
    ("kind", "mark", "gap"), [("JPEG", b"\xff\xdb", b"\x00\x17\xff"), ("GIF", b"\x21\xfe", b"\x00")]
)
def test_gaps_between_parts_are_passed_over(kind: str, mark: bytes, gap: bytes) -> None:
    photo = make_photo(kind)
    assert mark in photo
    assert clean_picture(photo.replace(mark, gap + mark, 1)) == clean_picture(photo)


def test_second_picture_of_a_phone_goes() -> None:
    photo = save(paint(), "MPO", save_all=True, append_images=[paint(20, 20)])
    cleaned = clean_picture(photo).data
    assert (b"MPF\x00" in photo, b"MPF\x00" in cleaned) == (True, False)
    assert cleaned.count(b"\xff\xd8\xff") == 1
    assert read(cleaned).format == "JPEG"


def test_thumbnail_in_the_head_goes() -> None:
    photo = save(paint(), "JPEG")
    head = b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x02\x01" + b"secret"
    with_thumbnail = b"\xff\xd8\xff\xe0" + struct.pack(">H", len(head) + 2) + head + photo[20:]
    cleaned = clean_picture(with_thumbnail).data
    assert b"secret" not in cleaned
    assert is_same(read(cleaned), read(photo))


def test_photo_is_cut_not_encoded() -> None:
    photo = make_photo()
    pixels = photo[photo.index(b"\xff\xda") :]
    assert clean_picture(photo).data.endswith(pixels)
