"""Pictures beside seeds: found inside the folder, measured by their first bytes, addressed by their content."""

import hashlib
import struct
from pathlib import Path, PurePosixPath

from publisher.domain import address
from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest.folder import SeedFile, read_bytes

_MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
_DIGEST_LETTERS = 16
_SIZELESS_JPEG = frozenset({0xC4, 0xC8, 0xCC})

Size = tuple[int, int]


def find_asset(root: Path, relative: str, max_size: int) -> Image | None:
    """The picture at `relative` below `root`, or None where there is none. Raises SeedError for one that is refused.

    SVG is refused: it can carry script. The address holds the first 16 hex digits of its SHA-256.
    """
    data = read_asset(root, relative, max_size)
    if data is None:
        return None
    media_type = _MEDIA_TYPES[PurePosixPath(relative).suffix.lower()]
    size = measure(data)
    if size is None:
        raise SeedError(relative, f"this is no {media_type.removeprefix('image/').upper()} picture")
    digest = hashlib.sha256(data).hexdigest()[:_DIGEST_LETTERS]
    name = PurePosixPath(relative).name
    return Image(
        path=relative, address=address.image(digest, name), media_type=media_type, width=size[0], height=size[1]
    )


def read_asset(root: Path, relative: str, max_size: int) -> bytes | None:
    """The bytes of a picture below `root`, where links may lead too; None where there is none. Raises SeedError."""
    parts = PurePosixPath(relative).parts
    if not parts or parts[0] == "/" or ".." in parts or "\x00" in relative:
        return None
    suffix = PurePosixPath(relative).suffix.lower()
    if suffix == ".svg":
        raise SeedError(relative, "SVG pictures can carry script: save it as PNG")
    if suffix not in _MEDIA_TYPES:
        return None
    try:
        found = (root / relative).stat()
    except OSError:
        return None
    return read_bytes(root, SeedFile(path=relative, size=found.st_size, mtime_ns=found.st_mtime_ns), max_size)


def measure(data: bytes) -> Size | None:
    """Width and height in pixels from the header of a PNG, GIF, JPEG or WebP; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return _positive(*struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return _positive(*struct.unpack("<HH", data[6:10]))
    if data.startswith(b"\xff\xd8"):
        return _measure_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _measure_webp(data)
    return None


def _positive(width: int, height: int) -> Size | None:
    return (width, height) if width > 0 and height > 0 else None


def _measure_jpeg(data: bytes) -> Size | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
        elif 0xC0 <= marker <= 0xCF and marker not in _SIZELESS_JPEG:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return _positive(width, height)
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _measure_webp(data: bytes) -> Size | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return _positive(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return None
