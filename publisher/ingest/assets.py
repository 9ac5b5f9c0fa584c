"""Pictures beside seeds: found inside the folder, made fit for the public, addressed by their content."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from publisher.domain import address
from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest.folder.walking import SeedFile, read_bytes
from publisher.ingest.images import (
    RECIPE,
    BrokenPictureError,
    CleanPicture,
    clean_picture,
    mail_ending,
    make_mail_copy,
)

_ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/avif": (".avif",),
}
_DIGEST_LETTERS = 16
_FOLDERS_REMEMBERED = 64
_REMEMBERED = 4096  # pictures: a logo that each article shows is read once


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """How large a picture may be: its file in bytes, and its width times its height in pixels."""

    max_size: int
    max_pixels: int


def find_asset(root: Path, relative: str, limits: PictureLimits) -> Image | None:
    """The picture at `relative` below `root`, or None where there is none. Raises SeedError for one that is refused.

    Where none has the name, the only one does that has it but for capitals, as on Windows and macOS; `path` tells.
    Its address holds the first 16 hex digits of the SHA-256 of the bytes that are published.
    """
    file = _find_file(root, relative) or _find_file(root, _respell(root, relative))
    return _describe_file(root, file, limits) if file else None


@lru_cache(_REMEMBERED)
def _describe_file(root: Path, file: SeedFile, limits: PictureLimits) -> Image:
    described = _describe(file.path, _read(root, file, limits))
    return replace(described, file_size=file.size, mtime_ns=file.mtime_ns)


def read_copy(root: Path, image: Image, wanted: str, *, limits: PictureLimits) -> bytes:
    """The bytes for one of a picture's public addresses: its own, or that of its copy for mail.

    Raises SeedError, also for a picture that has gone or is another one since it was found.
    """
    file = _find_file(root, image.path)
    if file is None:
        raise SeedError(image.path, "it is not there any more")
    picture = _read(root, file, limits)
    if _describe(image.path, picture).address != image.address:
        raise SeedError(image.path, "it is another picture by now")
    if wanted == image.address:
        return picture.data
    try:
        return make_mail_copy(picture)
    except BrokenPictureError as problem:
        raise SeedError(image.path, str(problem)) from problem


def _describe(relative: str, picture: CleanPicture) -> Image:
    digest = hashlib.sha256(picture.data).hexdigest()[:_DIGEST_LETTERS]
    path, ending = PurePosixPath(relative), mail_ending(picture)
    endings = _ENDINGS[picture.media_type]
    name = path.name if path.suffix.lower() in endings else path.stem + endings[0]
    return Image(
        path=relative,
        address=address.image(digest, name),
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        mail_address=address.mail_image(digest, path.stem + ending, recipe=RECIPE) if ending else "",
        length=len(picture.data),
    )


def _find_file(root: Path, relative: str) -> SeedFile | None:
    """What lies at a path below `root`, where links may lead too. Raises SeedError for what is never looked at."""
    parts = PurePosixPath(relative).parts
    if not parts or parts[0] == "/" or ".." in parts or "\x00" in relative:
        return None
    if any(part.startswith(".") for part in parts):
        raise SeedError(relative, "it is hidden: take the dot from its name")
    try:
        found = (root / relative).stat()
    except OSError:
        return None
    return SeedFile(path=relative, size=found.st_size, mtime_ns=found.st_mtime_ns)


def _respell(root: Path, relative: str) -> str:
    """The one path below `root` that differs in capitals alone; nothing where there is none, or more than one."""
    here = root
    for part in PurePosixPath(relative).parts:
        try:
            names = _list_names(here, here.stat().st_mtime_ns).get(part.casefold(), ())
        except OSError:
            return ""
        if part not in names and len(names) != 1:
            return ""
        here = here / (part if part in names else names[0])
    return here.relative_to(root).as_posix()


@lru_cache(_FOLDERS_REMEMBERED)
def _list_names(folder: Path, _: int) -> Mapping[str, Sequence[str]]:
    """The names in a folder of that time, by what they are without capitals."""
    names: dict[str, list[str]] = {}
    for path in folder.iterdir():
        names.setdefault(path.name.casefold(), []).append(path.name)
    return names


def _read(root: Path, file: SeedFile, limits: PictureLimits) -> CleanPicture:
    try:
        picture = clean_picture(read_bytes(root, file, limits.max_size))
    except BrokenPictureError as problem:
        raise SeedError(file.path, str(problem)) from problem
    if picture.width * picture.height > limits.max_pixels:
        raise SeedError(
            file.path,
            f"too large: {picture.width:,} by {picture.height:,} pixels, {limits.max_pixels:,} in all are allowed: "
            "make it smaller, or raise seeds.max_pixels",
        )
    return picture
