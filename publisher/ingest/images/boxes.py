"""Boxes, of which AVIF files are made (ISO/IEC 14496-12, 4.2)."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from publisher.ingest.images.parts import cut_short, damaged


class Box(NamedTuple):
    """A box by its places in the file: where it starts, where its content does, where it ends."""

    kind: bytes
    start: int
    content: int
    end: int


def iter_boxes(data: bytes, at: int, end: int, *, known: Container[bytes] | None = None) -> Iterator[Box]:
    """The boxes one behind the other from `at` on; where kinds are given, up to the first of another kind."""
    while at < end:
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if known is not None and kind not in known:
            return
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        box = Box(kind, at, at + head, at + length if length else end)
        if box.end > end:
            raise cut_short()
        if box.content > box.end:
            raise damaged()
        yield box
        at = box.end


class Numbers:
    """Reads numbers one behind the other from the content of a box."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data, self._end = data, box.end
        self.at = box.content

    def take(self, size: int) -> int:
        """The next number, of so many bytes. Raises BrokenPictureError behind the end of the box."""
        return int.from_bytes(self.take_bytes(size), "big")

    def take_bytes(self, size: int) -> bytes:
        """The next bytes. Raises BrokenPictureError behind the end of the box."""
        if self.at + size > self._end:
            raise damaged()
        self.at += size
        return self._data[self.at - size : self.at]
