"""A still and small copy of a picture for mail: the only home of Pillow, which is loaded when the first one is made."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from publisher.ingest.images.parts import BrokenPictureError, CleanPicture, damaged

if TYPE_CHECKING:
    from PIL.Image import Image

RECIPE: Final = 1  # counts up when copies are made otherwise: then they have other addresses
_WIDEST = 1200  # pixels: twice the sheet of a digest
_TALLEST = 12_000
_HEAVIEST = 300_000  # bytes
_QUALITY = 82
_COLOURS = 256
_SHOWN_IN_MAIL = frozenset({"image/png", "image/jpeg", "image/gif"})
_OF_SCREENS = frozenset({"RGB", "RGBA", "P"})


def mail_ending(picture: CleanPicture) -> str:
    """The ending of the name of a picture's copy for mail; empty where mail can show the picture itself."""
    is_fit = picture.media_type in _SHOWN_IN_MAIL and not picture.is_animated and not picture.is_turned
    if is_fit and picture.width <= _WIDEST and len(picture.data) <= _HEAVIEST:
        return ""
    return ".png" if picture.is_see_through else ".jpg"


def make_mail_copy(picture: CleanPicture) -> bytes:
    """The picture's first frame, upright and at most 1200 pixels wide, as JPEG, or as PNG where one sees through it.

    Other versions of Pillow give other bytes. Raises BrokenPictureError for what can't be decoded.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the settings have a limit of their own
    try:
        kind = picture.media_type.removeprefix("image/").upper()
        with Image.open(BytesIO(picture.data), formats=(kind,)) as opened:
            if opened.width * opened.height > picture.width * picture.height:
                raise damaged()
            profile = opened.info.get("icc_profile") if opened.mode in _OF_SCREENS else None
            upright = ImageOps.exif_transpose(_shrink(opened, is_turned=opened.size != (picture.width, picture.height)))
            return _encode(upright, is_see_through=picture.is_see_through, profile=profile)
    except Exception as problem:  # decoders raise whatever they stumble over
        raise BrokenPictureError("no copy for mail can be made of it: save it again") from problem


def _shrink(opened: "Image", *, is_turned: bool) -> "Image":
    image = _spread(opened)
    image.thumbnail((_TALLEST, _WIDEST) if is_turned else (_WIDEST, _TALLEST))
    return image


def _spread(opened: "Image") -> "Image":
    """The picture in a mode whose pixels can be mixed; one of 16 bits a pixel brought down to 8."""
    if opened.mode.startswith("I"):
        return opened.convert("I").point(lambda value: value / 256).convert("L")
    if opened.mode in ("P", "1", "PA"):
        return opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    return opened


def _encode(image: "Image", *, is_see_through: bool, profile: bytes | None) -> bytes:
    out = BytesIO()
    if not is_see_through:
        image.convert("RGB").save(out, "JPEG", quality=_QUALITY, progressive=True, optimize=True, icc_profile=profile)
        return out.getvalue()
    image = image.convert("RGBA")
    image.save(out, "PNG", optimize=True, icc_profile=profile)
    if out.tell() > _HEAVIEST:
        out = BytesIO()
        image.quantize(_COLOURS).save(out, "PNG", optimize=True, icc_profile=profile)
    return out.getvalue()
