"""Copies of pictures for mail are still, upright, small, and in a format that every mail program shows."""

from io import BytesIO

import pytest
from PIL import Image

from publisher.ingest.images import BrokenPictureError, clean_picture, mail_ending, make_mail_copy
from publisher.ingest.images.parts import CleanPicture
from tests.pictures import make_animation, make_photo, paint, read, save


def noise(width: int, height: int, mode: str) -> Image.Image:
    return Image.effect_noise((width, height), 90).convert(mode)


def copy(data: bytes) -> Image.Image:
    return read(make_mail_copy(clean_picture(data)))


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (save(paint(1200, 20), "JPEG"), ""),
        (save(paint(1201, 20), "JPEG"), ".jpg"),
        (save(paint(1201, 20), "PNG"), ".jpg"),
        (save(paint(1201, 20, "RGBA"), "PNG"), ".png"),
        (save(noise(600, 600, "L"), "PNG"), ".jpg"),
        (save(paint(), "GIF"), ""),
        (save(paint(), "WEBP"), ".jpg"),
        (save(paint(mode="RGBA"), "WEBP", lossless=True, exact=True), ".jpg"),
        (make_animation("GIF"), ".jpg"),
        (make_animation("PNG"), ".jpg"),
        (make_animation("WEBP"), ".jpg"),
        (save(paint(), "AVIF"), ".jpg"),
        (make_photo(orientation=1), ""),
        (make_photo(orientation=3), ".jpg"),
    ],
)
def test_only_what_mail_can_show_goes_as_it_is(data: bytes, ending: str) -> None:
    assert mail_ending(clean_picture(data)) == ending


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_wide_pictures_become_narrow(kind: str) -> None:
    found = copy(save(paint(1600, 80), kind))
    assert (found.size, found.format) == ((1200, 60), "JPEG")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_moving_pictures_stand_still(kind: str) -> None:
    moving = make_animation(kind)
    found = copy(moving)
    assert (found.format, getattr(found, "n_frames", 1)) == ("JPEG", 1)
    assert found.getpixel((2, 2)) == pytest.approx((10, 20, 60), abs=40)  # the first frame's dark corner


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_turned_photos_stand_upright(orientation: int, kind: str) -> None:
    photo = make_photo(kind, width=1600, height=800, orientation=orientation)
    found = copy(photo)
    assert found.size == ((1200, 600) if orientation == 3 else (800, 1600))
    assert not dict(found.getexif())
    corner = {3: (-3, -3), 6: (-3, 3), 8: (3, -3)}[orientation]
    x, y = corner[0] % found.width, corner[1] % found.height
    assert found.getpixel((x, y)) == pytest.approx((10, 20, 60), abs=40)


def test_what_one_sees_through_stays_so() -> None:
    glass = Image.new("RGBA", (1300, 10), (200, 0, 0, 90))
    assert copy(save(glass, "PNG")).getpixel((0, 0)) == pytest.approx((200, 0, 0, 90), abs=2)


def test_heavy_glass_loses_colours() -> None:
    glass = noise(300, 300, "RGB")
    glass.putalpha(noise(300, 300, "L"))
    found = copy(save(glass, "PNG"))
    assert (found.mode, found.format, found.has_transparency_data) == ("P", "PNG", True)


def test_heavy_photos_become_light() -> None:
    photo = save(noise(500, 400, "RGB"), "PNG")
    assert len(make_mail_copy(clean_picture(photo))) < len(photo)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_every_mode_keeps_its_brightness(mode: str) -> None:
    image = Image.new("L", (1300, 8), 255).convert("I").point(lambda value: value * 257).convert("I;16")
    image = image if mode == "I;16" else Image.new(mode, (1300, 8), 1 if mode == "1" else 255)
    darker = Image.new("I;16", (1300, 8), 128 * 257)
    assert copy(save(image, "PNG")).getpixel((0, 0))
    if mode == "I;16":
        assert copy(save(darker, "PNG")).getpixel((0, 0)) == pytest.approx((128, 128, 128), abs=2)


def test_inks_become_colours() -> None:
    assert copy(save(Image.new("CMYK", (1300, 8), (0, 0, 0, 0)), "JPEG")).getpixel((0, 0)) == (255, 255, 255)


def test_colour_profile_goes_along() -> None:
    assert copy(make_photo(width=1300)).info["icc_profile"]


def test_damaged_pixels_are_an_error() -> None:
    half = save(noise(64, 64, "L"), "PNG")[:2000]
    with pytest.raises(BrokenPictureError, match="no copy for mail"):
        make_mail_copy(CleanPicture(data=half, media_type="image/png", width=64, height=64))


def test_s04_what_unpacks_to_more_is_not_unpacked() -> None:
    data = save(Image.new("L", (4000, 4000)), "PNG")
    lying = CleanPicture(data=data, media_type="image/png", width=10, height=10)
    with pytest.raises(BrokenPictureError):
        make_mail_copy(lying)


def test_same_picture_gives_the_same_copy() -> None:
    picture = clean_picture(make_photo(width=1300))
    assert make_mail_copy(picture) == make_mail_copy(picture)
    assert Image.open(BytesIO(make_mail_copy(picture))).info.get("comment") is None
