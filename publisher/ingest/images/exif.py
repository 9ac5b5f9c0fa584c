"""Exif: how a photo was held, the one thing of it that a reader needs."""

import struct

_ORIENTATION = 0x0112
_SHORT, _LONG = 3, 4
_UPRIGHT, _LAST = 1, 8
_FIRST_ON_ITS_SIDE = 5
_MOST_ENTRIES = 1000


def find_orientation(tiff: bytes) -> int:
    """The orientation (1 to 8, Exif 2.32 4.6.4) in a TIFF block; 1, upright, where it says none or is broken."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return _UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return _UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, at + 2 + 12 * min(count, _MOST_ENTRIES), 12):
        if entry + 12 > len(tiff):
            break
        tag, kind = struct.unpack_from(f"{order}HH", tiff, entry)
        if tag == _ORIENTATION and kind in (_SHORT, _LONG):
            (value,) = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), tiff, entry + 8)
            return value if _UPRIGHT <= value <= _LAST else _UPRIGHT
    return _UPRIGHT


def tell_orientation(orientation: int) -> bytes:
    """A TIFF block that holds the orientation and nothing else."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def turn(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height as shown of a picture that is kept in that orientation."""
    return (height, width) if orientation >= _FIRST_ON_ITS_SIDE else (width, height)
