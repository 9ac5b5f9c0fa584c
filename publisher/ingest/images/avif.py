"""AVIF: the items that are seen (ISO/IEC 14496-12 and 23008-12). Each stays at its place, which others count on."""

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from publisher.ingest.images.boxes import Box, Numbers, iter_boxes
from publisher.ingest.images.parts import BrokenPictureError, CleanPicture, cut_short, damaged, sizeless

_BRANDS = frozenset({b"avif", b"avis"})
_SEEN = frozenset({b"av01", b"grid", b"iovl", b"tmap"})  # the items that are, or make up, what is seen
_KEPT = frozenset({b"ftyp", b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp", b"dinf", b"grpl"})
_HOLDERS = frozenset({b"mdat", b"idat"})
_PASSED = frozenset({b"free", b"skip", b"uuid"})
_NEEDED = frozenset({b"pitm", b"iloc", b"iinf", b"iprp"})
_NO_EXIF = struct.pack(">I2sHIHI", 0, b"MM", 42, 8, 0, 0)  # decoders want a block where one was announced
_ALPHA = b"auxiliary:alpha\x00"


class _Extent(NamedTuple):
    """A piece of an item, by its place in the file."""

    item: int
    start: int
    length: int


def is_avif(data: bytes) -> bool:
    """Whether the file begins as AVIF does, still or moving."""
    length = int.from_bytes(data[:4], "big")
    brands = {data[at : at + 4] for at in (8, *range(16, min(length, 200), 4))}
    return data[4:8] == b"ftyp" and not _BRANDS.isdisjoint(brands)


def clean(data: bytes) -> CleanPicture:
    """The picture with zeros in the place of all that is not seen. Raises BrokenPictureError."""
    boxes = list(_iter_top(data))
    if any(box.kind == b"moov" for box in boxes):
        raise BrokenPictureError("AVIF pictures that move are not published: save it as WebP or GIF")
    meta = next((box for box in boxes if box.kind == b"meta"), None)
    if meta is None:
        raise cut_short()
    parts = {box.kind: box for box in iter_boxes(data, meta.content + 4, meta.end)}
    if not parts.keys() >= _NEEDED:
        raise damaged()
    cleaned = bytearray(boxes[-1].end)
    cleaned[meta.start : meta.content + 4] = data[meta.start : meta.content + 4]
    for box in [*boxes, *iter_boxes(data, meta.content + 4, meta.end)]:
        if box is not meta:
            _copy_box(data, cleaned, box)
    _copy_items(data, cleaned, parts)
    width, height, is_see_through = _measure(data, parts)
    return CleanPicture(
        data=bytes(cleaned), media_type="image/avif", width=width, height=height, is_see_through=is_see_through
    )


def _iter_top(data: bytes) -> Iterator[Box]:
    """The boxes of the file, up to what is none once the picture is whole."""
    seen: set[bytes] = set()
    known = _PASSED | _HOLDERS | {b"ftyp", b"meta", b"moov"}
    for box in iter_boxes(data, 0, len(data), known=known):
        seen.add(box.kind)
        yield box
    if not seen >= {b"meta", b"mdat"}:
        raise cut_short()


def _copy_box(data: bytes, cleaned: bytearray, box: Box) -> None:
    """Copy a box that is kept, the head of one that holds items, and leave a gap for any other."""
    end = box.end if box.kind in _KEPT else box.content
    cleaned[box.start : end] = data[box.start : end]
    if box.kind not in _KEPT | _HOLDERS:
        cleaned[box.start + 4 : box.start + 8] = b"free"


def _copy_items(data: bytes, cleaned: bytearray, parts: Mapping[bytes, Box]) -> None:
    kinds = dict(_iter_kinds(data, parts[b"iinf"]))
    extents = list(_iter_extents(data, parts))
    if sum(extent.length for extent in extents) > len(data):
        raise damaged()
    for number, start, length in extents:
        end = start + length
        if end > len(cleaned):
            raise cut_short()
        if kinds.get(number) in _SEEN:
            cleaned[start:end] = data[start:end]
        elif kinds.get(number) == b"Exif" and length >= len(_NO_EXIF) and not any(cleaned[start:end]):
            cleaned[start : start + len(_NO_EXIF)] = _NO_EXIF


def _iter_kinds(data: bytes, iinf: Box) -> Iterator[tuple[int, bytes]]:
    """(number, kind) of each item."""
    numbers = Numbers(data, iinf)
    is_short = numbers.take(1) == 0
    numbers.take(3)
    numbers.take(2 if is_short else 4)
    for box in iter_boxes(data, numbers.at, iinf.end):
        entry = Numbers(data, box)
        version = entry.take(1)
        entry.take(3)
        number = entry.take(4 if version == 3 else 2)
        entry.take(2)
        yield number, entry.take_bytes(4)


def _iter_extents(data: bytes, parts: Mapping[bytes, Box]) -> Iterator[_Extent]:
    """Where the items lie, in the file or in the box idat."""
    inside = parts[b"idat"].content if b"idat" in parts else 0
    numbers = Numbers(data, parts[b"iloc"])
    version = numbers.take(1)
    numbers.take(3)
    sizes = numbers.take(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(numbers.take(2 if version < 2 else 4)):
        number = numbers.take(2 if version < 2 else 4)
        method = numbers.take(2) & 15 if version else 0
        if method > 1:
            raise damaged()
        numbers.take(2)
        base = numbers.take(base_size) + (inside if method else 0)
        for _ in range(numbers.take(2)):
            numbers.take(index_size if version else 0)
            start, length = base + numbers.take(offset_size), numbers.take(length_size)
            if not length:
                raise damaged()
            yield _Extent(number, start, length)


def _measure(data: bytes, parts: Mapping[bytes, Box]) -> tuple[int, int, bool]:
    """(width, height, whether one can see through it), as shown."""
    inner = {box.kind: box for box in iter_boxes(data, parts[b"iprp"].content, parts[b"iprp"].end)}
    if not inner.keys() >= {b"ipco", b"ipma"}:
        raise damaged()
    properties = list(iter_boxes(data, inner[b"ipco"].content, inner[b"ipco"].end))
    head = Numbers(data, parts[b"pitm"])
    is_short = head.take(1) == 0
    head.take(3)
    wanted = _list_properties(data, inner[b"ipma"], item=head.take(2 if is_short else 4))
    own = {properties[at - 1].kind: properties[at - 1] for at in wanted if 0 < at <= len(properties)}
    if b"ispe" not in own:
        raise sizeless()
    size = Numbers(data, own[b"ispe"])
    size.take(4)
    width, height = size.take(4), size.take(4)
    if not width or not height:
        raise sizeless()
    if b"irot" in own and Numbers(data, own[b"irot"]).take(1) & 1:
        width, height = height, width
    is_see_through = any(box.kind == b"auxC" and _ALPHA in data[box.content : box.end] for box in properties)
    return width, height, is_see_through


def _list_properties(data: bytes, ipma: Box, *, item: int) -> list[int]:
    """The places of an item's properties in their list, from 1."""
    numbers = Numbers(data, ipma)
    version = numbers.take(1)
    is_wide = numbers.take(3) & 1
    for _ in range(numbers.take(4)):
        number = numbers.take(4 if version else 2)
        places = [numbers.take(2) & 0x7FFF if is_wide else numbers.take(1) & 0x7F for _ in range(numbers.take(1))]
        if number == item:
            return places
    return []
