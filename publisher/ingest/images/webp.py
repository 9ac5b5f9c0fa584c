"""WebP: the chunks that a decoder needs (RFC 9649)."""

import struct

from publisher.ingest.images.exif import find_orientation, tell_orientation, turn
from publisher.ingest.images.parts import CleanPicture, cut_short, damaged, sizeless

_KEPT = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_ALPHA, _EXIF, _XMP = 0x10, 0x08, 0x04

Chunks = list[tuple[bytes, bytes]]


def is_webp(data: bytes) -> bool:
    """Whether the file begins as WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def clean(data: bytes) -> CleanPicture:
    """The picture without its XMP, its Exif but for the orientation, and what follows its end.

    Raises BrokenPictureError.
    """
    chunks = _read_chunks(data)
    if not chunks or not any(kind in _PIXELS for kind, _ in chunks):
        raise cut_short()
    first, head = chunks[0]
    try:
        width, height, is_see_through = _MEASURES[first](head)
    except (KeyError, struct.error) as problem:
        raise damaged() from problem
    if not width or not height:
        raise sizeless()
    orientation = _find_orientation(chunks) if first == b"VP8X" else 1
    width, height = turn(width, height, orientation)
    return CleanPicture(
        data=_build([(kind, content) for kind, content in chunks if kind in _KEPT], orientation),
        media_type="image/webp",
        width=width,
        height=height,
        is_animated=sum(kind == b"ANMF" for kind, _ in chunks) > 1,
        is_see_through=is_see_through,
        is_turned=orientation != 1,
    )


def _read_chunks(data: bytes) -> Chunks:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:  # some programs leave the last padding out
        raise cut_short()
    chunks = []
    at = 12
    while at + 8 <= min(end, len(data)):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        content = data[at + 8 : at + 8 + length]
        if len(content) < length:
            raise cut_short()
        chunks.append((data[at : at + 4], content))
        at += 8 + length + length % 2
    return chunks


def _find_orientation(chunks: Chunks) -> int:
    exif = next((content for kind, content in chunks if kind == b"EXIF"), b"")
    return find_orientation(exif.removeprefix(b"Exif\x00\x00"))


def _build(chunks: Chunks, orientation: int) -> bytes:
    (first, head), *others = chunks
    if first == b"VP8X":
        flags = head[0] & ~(_EXIF | _XMP) | (_EXIF if orientation != 1 else 0)
        head = bytes([flags]) + head[1:]
    if orientation != 1:
        others.append((b"EXIF", tell_orientation(orientation)))
    content = b"".join(_build_chunk(kind, part) for kind, part in [(first, head), *others])
    return b"RIFF" + struct.pack("<I", 4 + len(content)) + b"WEBP" + content


def _build_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)


def _measure_lossy(head: bytes) -> tuple[int, int, bool]:
    width, height = struct.unpack_from("<HH", head, 6)
    return width & 0x3FFF, height & 0x3FFF, False


def _measure_lossless(head: bytes) -> tuple[int, int, bool]:
    (bits,) = struct.unpack_from("<I", head, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)


def _measure_extended(head: bytes) -> tuple[int, int, bool]:
    if len(head) < 10:
        raise cut_short()
    return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1, bool(head[0] & _ALPHA)


_MEASURES = {b"VP8 ": _measure_lossy, b"VP8L": _measure_lossless, b"VP8X": _measure_extended}
