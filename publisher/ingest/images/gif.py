"""GIF: the blocks that a decoder needs (GIF89a)."""

import struct
from collections.abc import Iterator

from publisher.ingest.images.parts import CleanPicture, cut_short, damaged, sizeless

MAGICS = (b"GIF87a", b"GIF89a")
_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_FIRST_BLOCK = 13
_KEPT_APPLICATIONS = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})  # loops, and a colour profile


def clean(data: bytes) -> CleanPicture:
    """The picture without comments, texts, what programs add to it, and what follows its end.

    Raises BrokenPictureError.
    """
    if len(data) < _FIRST_BLOCK:
        raise cut_short()
    width, height = struct.unpack_from("<HH", data, 6)
    kept = [data[: _FIRST_BLOCK + _table_length(data[10])]]
    frames, is_see_through = 0, False
    for kind, block in _iter_blocks(data, len(kept[0])):
        if kind == _FRAME:
            frames += 1
            if frames == 1:  # programs grow the picture where its first frame goes beyond it
                left, top, wide, high = struct.unpack_from("<HHHH", block, 1)
                width, height = max(width, left + wide), max(height, top + high)
        elif block[1] == _CONTROL and not frames:
            is_see_through = len(block) > 3 and bool(block[3] & 1)
        if kind == _FRAME or _is_kept(block):
            kept.append(block)
    if not frames:
        raise cut_short()
    if not width or not height:
        raise sizeless()
    return CleanPicture(
        data=b"".join([*kept, b";"]),
        media_type="image/gif",
        width=width,
        height=height,
        is_animated=frames > 1,
        is_see_through=is_see_through,
    )


def _is_kept(extension: bytes) -> bool:
    is_known = extension[1] == _APPLICATION and extension[3:14] in _KEPT_APPLICATIONS
    return is_known or extension[1] == _CONTROL


def _iter_blocks(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, whole block) up to the end of the picture."""
    while (kind := _at(data, at)) != _END:
        if not kind:
            at += 1  # some programs leave a byte between blocks
            continue
        if kind == _FRAME:
            end = _skip(data, at + 10 + _table_length(_at(data, at + 9)) + 1)
        elif kind == _EXTENSION:
            end = _skip(data, at + 2)
        else:
            raise damaged()
        yield kind, data[at:end]
        at = end


def _at(data: bytes, at: int) -> int:
    if at >= len(data):
        raise cut_short()
    return data[at]


def _table_length(flags: int) -> int:
    """Bytes of the colour table that follows a descriptor with those flags."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip(data: bytes, at: int) -> int:
    """Behind the sub-blocks that begin there."""
    while length := _at(data, at):
        at += length + 1
    return at + 1
