"""Any picture made fit for the public: its format told by its first bytes, its data cut down to what shows it."""

from publisher.ingest.images import avif, gif, jpeg, png, webp
from publisher.ingest.images.parts import BrokenPictureError, CleanPicture

__all__ = ["BrokenPictureError", "CleanPicture", "clean_picture"]


def clean_picture(data: bytes) -> CleanPicture:
    """The picture without places, names, cameras, thumbnails and comments, its pixels untouched.

    Nothing is encoded again, so the bytes are the same on every machine. Raises BrokenPictureError.
    """
    if data.startswith(jpeg.MAGIC):
        return jpeg.clean(data)
    if data.startswith(png.MAGIC):
        return png.clean(data)
    if data.startswith(gif.MAGICS):
        return gif.clean(data)
    if webp.is_webp(data):
        return webp.clean(data)
    if avif.is_avif(data):
        return avif.clean(data)
    raise BrokenPictureError("this is no PNG, JPEG, GIF, WebP or AVIF picture: save it as one")
