"""JPEG: the segments that a decoder needs, and the pixels (ITU-T T.81, annex B)."""

import re
import struct
from collections.abc import Iterator

from publisher.ingest.images.exif import find_orientation, tell_orientation, turn
from publisher.ingest.images.parts import CleanPicture, cut_short, sizeless

MAGIC = b"\xff\xd8\xff"
_END, _SCAN = 0xD9, 0xDA
_JFIF, _EXIF, _COLOURS, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_ABOUT = frozenset({*range(0xE0, 0xF0), 0xFE})  # application segments and comments
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_AFTER_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def clean(data: bytes) -> CleanPicture:
    """The photo with its colour profile and its orientation, and without all else that stands around the pixels.

    What follows its end, where phones keep further pictures and films, goes too. Raises BrokenPictureError.
    """
    kept: list[bytes] = []
    size: tuple[int, int] | None = None
    orientation = 1
    for marker, segment in _iter_segments(data):
        if marker in _FRAMES and size is None:
            size = _read_size(segment)
        elif marker == _EXIF and segment[4:10] == b"Exif\x00\x00" and orientation == 1:
            orientation = find_orientation(segment[10:])
        kept.append(_keep(marker, segment))
    if size is None:
        raise cut_short()
    if orientation != 1:
        kept.insert(1 if kept[0].startswith(b"\xff\xe0") else 0, _tell(orientation))
    width, height = turn(*size, orientation)
    return CleanPicture(
        data=b"".join([b"\xff\xd8", *kept, b"\xff\xd9"]),
        media_type="image/jpeg",
        width=width,
        height=height,
        is_turned=orientation != 1,
    )


def _iter_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, whole segment) up to the end of the picture; a scan's segment holds the pixels behind it."""
    at = _find_marker(data, 2)
    while (marker := data[at + 1]) != _END:
        if marker in _ALONE:
            at = _find_marker(data, at + 2)
            continue
        end = _end_of_segment(data, at)
        if marker == _SCAN:
            end = _end_of_pixels(data, end)
        yield marker, data[at:end]
        at = _find_marker(data, end)


def _find_marker(data: bytes, at: int) -> int:
    """Where the next marker stands; decoders too pass over what some cameras leave between segments."""
    found = _MARKER.search(data, at)
    if found is None:
        raise cut_short()
    return found.start()


def _end_of_segment(data: bytes, at: int) -> int:
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    end = at + 2 + length
    if length < 2 or end > len(data):
        raise cut_short()
    return end


def _end_of_pixels(data: bytes, at: int) -> int:
    found = _AFTER_PIXELS.search(data, at)
    if found is None:
        raise cut_short()
    return found.end() - 2


def _read_size(segment: bytes) -> tuple[int, int]:
    if len(segment) < 9:
        raise cut_short()
    height, width = struct.unpack_from(">HH", segment, 5)
    if not width or not height:
        raise sizeless()
    return width, height


def _keep(marker: int, segment: bytes) -> bytes:
    """The segment as published: nothing of it where it only tells about the picture."""
    if marker not in _ABOUT or (marker == _ADOBE and segment[4:9] == b"Adobe"):
        return segment
    if marker == _COLOURS and segment[4:16] == b"ICC_PROFILE\x00":
        return segment
    if marker == _JFIF and segment[4:9] == b"JFIF\x00" and len(segment) >= 18:
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"  # without its thumbnail
    return b""


def _tell(orientation: int) -> bytes:
    content = b"Exif\x00\x00" + tell_orientation(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content
