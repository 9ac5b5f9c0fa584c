"""PNG and APNG: the chunks that a decoder needs (W3C PNG, third edition)."""

import struct
import zlib
from collections.abc import Iterator

from publisher.ingest.images.exif import find_orientation, tell_orientation, turn
from publisher.ingest.images.parts import CleanPicture, cut_short, damaged, sizeless

MAGIC = b"\x89PNG\r\n\x1a\n"
_VITAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_COLOURS = frozenset({b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD"})
_FRAMES = frozenset({b"acTL", b"fcTL", b"fdAT"})
_KEPT = _VITAL | _COLOURS | _FRAMES | {b"pHYs"}
_WITH_ALPHA = frozenset({4, 6})


def clean(data: bytes) -> CleanPicture:
    """The picture without its texts, its Exif but for the orientation, its time, and what follows its end.

    Raises BrokenPictureError.
    """
    header = _read_header(data)
    width, height = struct.unpack(">II", header[:8])
    kept: list[bytes] = []
    kinds: set[bytes] = set()
    frames, orientation = 0, 1
    for kind, chunk in _iter_chunks(data):
        kinds.add(kind)
        if kind == b"eXIf":
            orientation = find_orientation(chunk[8:-4])
        elif kind in _KEPT:
            kept.append(chunk)
        if kind == b"acTL":
            frames = int.from_bytes(chunk[8:12], "big")
    if b"IDAT" not in kinds:
        raise cut_short()
    if orientation != 1:
        kept.insert(1, _build_chunk(b"eXIf", tell_orientation(orientation)))
        width, height = turn(width, height, orientation)
    return CleanPicture(
        data=b"".join([MAGIC, *kept]),
        media_type="image/png",
        width=width,
        height=height,
        is_animated=frames > 1,
        is_see_through=header[9] in _WITH_ALPHA or b"tRNS" in kinds,
        is_turned=orientation != 1,
    )


def _read_header(data: bytes) -> bytes:
    header = data[16:29]
    if data[12:16] != b"IHDR" or len(header) < 13:
        raise cut_short()
    if not all(0 < side < 1 << 31 for side in struct.unpack(">II", header[:8])):
        raise sizeless()
    return header


def _iter_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, whole chunk) up to the end of the picture."""
    at, kind = len(MAGIC), b""
    while kind != b"IEND":
        kind, chunk = _read_chunk(data, at)
        at += len(chunk)
        yield kind, chunk


def _read_chunk(data: bytes, at: int) -> tuple[bytes, bytes]:
    """(the kind of the chunk that begins there, the whole chunk)."""
    end = at + 12 + int.from_bytes(data[at : at + 4], "big")
    if end > len(data):
        raise cut_short()
    kind = data[at + 4 : at + 8]
    if kind in _VITAL and zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
        raise damaged()
    return kind, data[at:end]


def _build_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
