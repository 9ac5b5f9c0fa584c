"""The known keys of a header, in every generator's spelling, read into typed values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from publisher.errors import SeedError
from publisher.ingest.dates import parse_moment
from publisher.ingest.front_matter import Header

_TRUE = frozenset({"yes", "on", "true"})
_FALSE = frozenset({"no", "off", "false"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ENCODING_MARK = re.compile(r"[.@].*$")
_LIST_MARK = re.compile(r"[,;]")
_LONGEST = 1000  # bytes of what articles are found by: an index has no room for more
_PLACEHOLDER = re.compile(r"[:{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A media file as a header names it."""

    url: str
    media_type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a header says, before path, text and settings fill what it leaves open; moments are aware."""

    title: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    embargo: datetime | None = None
    expires_at: datetime | None = None
    slug: str = ""
    aliases: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    is_draft: bool = False
    image: str = ""
    image_alt: str = ""
    enclosure: Enclosed | None = None
    correction: str = ""
    canonical_url: str = ""
    declared_id: str = ""


def read_meta(path: str, header: Header, *, zone: tzinfo) -> Meta:
    """The header's known keys; what it does not know it passes over. Raises SeedError with the key's line."""
    keys = _Keys(path, header, zone)
    permalink = keys.text("permalink") or keys.text("path")
    is_address = bool(permalink) and not _PLACEHOLDER.search(permalink.removeprefix("https:").removeprefix("http:"))
    section, tags = _section_and_tags(keys)
    image, image_alt = keys.picture()
    aliases = _addresses([*keys.names("aliases"), *([permalink] if is_address else [])])
    keys.check_length("id", [keys.text("id")])
    keys.check_length("aliases", aliases)
    return Meta(
        title=keys.text("title"),
        date=keys.moment("date") or keys.publication_moment(),
        updated=keys.moment("updated") or keys.moment("lastmod"),
        embargo=keys.moment("embargo"),
        expires_at=keys.moment("expirydate"),
        slug=keys.text("slug") or (permalink.rstrip("/").rpartition("/")[2].partition(".")[0] if is_address else ""),
        aliases=aliases,
        section=section,
        tags=tags,
        authors=_unique([*keys.names("author"), *keys.names("authors")]),
        language=keys.language(),
        summary=keys.text("summary") or keys.text("description") or keys.text("excerpt"),
        is_draft=keys.flag("draft") or keys.is_unpublished(),
        image=image,
        image_alt=image_alt,
        enclosure=keys.enclosure(),
        correction=keys.text("correction"),
        canonical_url=keys.web_address("canonical_url"),
        declared_id=keys.text("id"),
    )


def _section_and_tags(keys: "_Keys") -> tuple[str, tuple[str, ...]]:
    categories = [*keys.names("category"), *keys.names("categories")]
    section = keys.text("section") or (categories[0] if categories else "")
    rest = [name for name in categories if name != section]
    return section, _unique([*keys.names("tags"), *rest])


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def _addresses(names: Iterable[str]) -> tuple[str, ...]:
    """Former addresses as root-relative paths."""
    paths = (urlsplit(name).path.lstrip("/") for name in names)
    return _unique(f"/{path}" for path in paths if path and ".." not in path.split("/"))


class _Keys:
    """A header's values by key, case aside; `[extra]` and `[taxonomies]` stand in for what the top level lacks."""

    def __init__(self, path: str, header: Header, zone: tzinfo) -> None:
        self._path, self._lines, self._zone = path, header.lines, zone
        self._values: dict[str, Any] = {}
        for layer in (header.values, header.values.get("extra"), header.values.get("taxonomies")):
            if isinstance(layer, Mapping):
                for key, value in layer.items():
                    self._values.setdefault(str(key).lower(), value)

    def _refuse(self, key: str, reason: str) -> SeedError:
        return SeedError(self._path, f"{key}: {reason}", line=self._lines.get(key))

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if value is None:
            return ""
        if isinstance(value, list | dict):
            raise self._refuse(key, "one text is wanted here, not a list")
        return " ".join(str(value).split())

    def check_length(self, key: str, values: Iterable[str]) -> None:
        if any(len(value.encode("utf-8", "replace")) > _LONGEST for value in values):
            raise self._refuse(key, f"more than {_LONGEST} letters are too many here")

    def names(self, key: str) -> list[str]:
        """A list of names, also from one text with commas, or from mappings that have a name."""
        value = self._values.get(key)
        if value is None or isinstance(value, bool):
            return []
        parts = value if isinstance(value, list) else [value] if isinstance(value, dict) else _split_names(str(value))
        names = (part.get("name") or "" if isinstance(part, dict) else part for part in parts if part is not None)
        return [name for name in (" ".join(str(name).split()) for name in names) if name]

    def moment(self, key: str) -> datetime | None:
        value = self._values.get(key)
        if value is None or value == "":
            return None
        found = parse_moment(value, self._zone)
        if found is None:
            raise self._refuse(key, f"{value!r} is no date: write it as 2026-11-23 or 2026-11-23T07:00:00+01:00")
        return found

    def flag(self, key: str) -> bool:
        if key not in self._values:
            return False
        found = _as_flag(self._values[key])
        if found is None:
            raise self._refuse(key, f"{self._values[key]!r} is neither yes nor no")
        return found

    def publication_moment(self) -> datetime | None:
        """The date that `published` gives, where it does not say yes or no."""
        return None if _as_flag(self._values.get("published")) is not None else self._published_date()

    def is_unpublished(self) -> bool:
        return _as_flag(self._values.get("published")) is False

    def _published_date(self) -> datetime | None:
        if "published" not in self._values:
            return None
        value = self._values["published"]
        found = parse_moment(value, self._zone)
        if found is None:
            raise self._refuse("published", f"{value!r} is neither yes, no nor a date")
        return found

    def language(self) -> str:
        for key in ("language", "lang"):
            value = _ENCODING_MARK.sub("", self.text(key))
            if value and not _LANGUAGE.fullmatch(value):
                raise self._refuse(key, f"{value!r} is no language: write fr, nl or en-GB")
            if value:
                return value.replace("_", "-")
        return ""

    def picture(self) -> tuple[str, str]:
        """The lead picture's address and what it shows, also from a mapping or the first of a list."""
        value = self._values.get("image")
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return (str(value).strip() if value else "", "")
        source = value.get("src") or value.get("url") or value.get("path") or ""
        return str(source).strip(), " ".join(str(value.get("alt") or value.get("caption") or "").split())

    def enclosure(self) -> Enclosed | None:
        value = self._values.get("enclosure")
        if not value:
            return None
        given = value if isinstance(value, dict) else {"url": value}
        url, length = str(given.get("url") or ""), str(given.get("length") or "0")
        if not _is_web_address(url):
            raise self._refuse("enclosure", "a full https address is wanted")
        if not (length.isascii() and length.isdigit()):
            raise self._refuse("enclosure", f"its length {length!r} is no number of bytes")
        return Enclosed(url=url, media_type=str(given.get("type") or ""), length=int(length))

    def web_address(self, key: str) -> str:
        value = self.text(key)
        if value and not _is_web_address(value):
            raise self._refuse(key, "a full https address is wanted")
        return value


def _split_names(text: str) -> list[str]:
    return _LIST_MARK.split(text)


def _as_flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
