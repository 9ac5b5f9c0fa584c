"""Pictures as cameras and programs save them, with all that they tell beside what is seen."""

from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin

SECRETS = (b"Nora Peeters", b"Cam 3000", b"secret place")
_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><who>Nora Peeters</who></x:xmpmeta>'
_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def paint(width: int = 64, height: int = 40, mode: str = "RGB") -> Image.Image:
    """A picture in soft colours, its upper left quarter dark, so that one sees how it is turned."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB").point(lambda value: 128 + value // 2)
    image.paste((10, 20, 60), (0, 0, width // 2, height // 2))
    return image.convert(mode)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file of that format."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    """The picture in those bytes, unpacked."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def tell(orientation: int = 1) -> Image.Exif:
    """What a telephone notes beside a photo: who, with what, where, and how it was held."""
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Nora Peeters"
    exif[ExifTags.Base.Model] = "Cam 3000"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (50.0, 50.0, 47.0),
            ExifTags.GPS.GPSAreaInformation: b"secret place",
        }
    )
    return exif


def make_photo(kind: str = "JPEG", *, width: int = 64, height: int = 40, orientation: int = 1, **options: Any) -> bytes:
    """A photo with a place, a name, a camera, a comment and a colour profile in it."""
    notes: dict[str, Any] = {"exif": tell(orientation), "icc_profile": _PROFILE}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Nora Peeters")
        text.add_itxt("Comment", "secret place", zip=False)
        notes["pnginfo"] = text
    elif kind == "GIF":
        notes = {"comment": b"Nora Peeters at the secret place"}
    elif kind in ("JPEG", "WEBP", "AVIF"):
        notes["xmp"] = _XMP
    if kind == "JPEG":
        notes["comment"] = b"secret place"
    return save(paint(width, height), kind, **notes, **options)


def make_animation(kind: str, *, frames: int = 3, width: int = 64, height: int = 40) -> bytes:
    """A picture that moves."""
    others = [paint(width, height).rotate(90 * number) for number in range(1, frames)]
    return save(paint(width, height), kind, save_all=True, append_images=others, duration=100, loop=0)
