"""The known keys of a header, in every generator's spelling, read into typed values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from publisher.domain.article import Enclosure
from publisher.ingest.headers import spellings
from publisher.ingest.headers.enclosures import read_enclosure
from publisher.ingest.headers.extra import collect_extra
from publisher.ingest.headers.front_matter import Header
from publisher.ingest.headers.values import Values, as_flag, is_web_address, one_line
from publisher.ingest.headers.visibility import find_standing
from publisher.ingest.naming import has_day, is_post

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ENCODING_MARK = re.compile(r"[.@].*$")
_PLACEHOLDER = re.compile(r"[:{}]")
_INDEX = re.compile(r"/index(?:\.html?)?$")
# Eleventy gathers articles by a tag; readers are told those that say something.
_GATHERING = frozenset({"all", "nav", "post", "posts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The lead picture as a header names it; a doubtful one may be missing."""

    source: str = ""
    alt: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a header says, before path, text and settings fill what it leaves open; moments are aware.

    `left_out` is the reason why the seed is no article although it is no draft either; `address` the one
    that it had elsewhere; `extra` the unknown keys, `notes` what an
    editor should know.
    """

    title: str = ""
    date: datetime | None = None
    address: str = ""
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
    left_out: str = ""
    picture: Picture = Picture()
    enclosure: Enclosure | None = None
    rights: str = ""
    correction: str = ""
    canonical_url: str = ""
    declared_id: str = ""
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


def read_meta(path: str, header: Header, *, zone: tzinfo) -> Meta:
    """The header's known keys, the others as `extra`. Raises SeedError with the key's line."""
    keys = Values(path, header, zone)
    is_placed = keys.has_any(spellings.PLACES)
    address = _address(keys) if is_placed else ""
    lies_with_posts = is_post(path)
    dated = _moments(keys)
    section, tags = _section_and_tags(keys, is_spaced=lies_with_posts)
    standing = find_standing(
        keys,
        is_post=lies_with_posts,
        is_dated=dated.date is not None or has_day(path),
        is_strict=header.is_lines,
    )
    aliases = _addresses([*keys.names(*spellings.ALIASES), address])
    enclosure, notes = read_enclosure(keys)
    keys.check_length("id", [keys.text("id")])
    keys.check_length("aliases", aliases)
    return Meta(
        title=keys.text(*spellings.TITLE),
        date=dated.date,
        updated=dated.updated,
        embargo=dated.embargo,
        expires_at=dated.expires_at,
        address=address,
        slug=_slug(keys, address) if is_placed else "",
        aliases=aliases,
        section=section,
        tags=tags,
        authors=_unique(keys.names(*spellings.AUTHORS)),
        language=_language(keys),
        summary=keys.text(*spellings.SUMMARY),
        is_draft=standing.is_draft,
        left_out=standing.left_out,
        picture=_picture(keys),
        enclosure=enclosure,
        rights=_rights(keys),
        correction=keys.text("correction"),
        canonical_url=_canonical(keys) if is_placed else "",
        declared_id=keys.text("id"),
        notes=notes,
        extra=collect_extra(header.values),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moments:
    date: datetime | None = None
    updated: datetime | None = None
    embargo: datetime | None = None
    expires_at: datetime | None = None


def _moments(keys: Values) -> _Moments:
    if not keys.has_any(spellings.MOMENTS):
        return _Moments()
    said = keys.moment(*spellings.DATE) or _published(keys)
    held = keys.moment(*spellings.HELD_UNTIL)
    return _Moments(
        date=said,
        updated=keys.moment(*spellings.UPDATED),
        embargo=keys.moment("embargo") or (held if held and said and held > said else None),
        expires_at=keys.moment(*spellings.EXPIRES),
    )


def _published(keys: Values) -> datetime | None:
    """The date that `published` gives, where it does not say yes or no."""
    if not keys.has("published") or as_flag(keys.find("published")) is not None:
        return None
    found = keys.try_moment("published")
    if found is None:
        raise keys.refuse("published", f"{keys.find('published')!r} is neither yes, no nor a date")
    return found


def _section_and_tags(keys: Values, *, is_spaced: bool) -> tuple[str, tuple[str, ...]]:
    categories = [*keys.names("category"), *keys.names("categories", is_spaced=is_spaced)]
    section = keys.text("section") or (categories[0] if categories else "")
    rest = [name for name in categories if name != section]
    tags = keys.names(*spellings.TAGS, is_spaced=is_spaced) or keys.names("keywords")
    return section, _unique([*(tag for tag in tags if tag not in _GATHERING), *rest])


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def _address(keys: Values) -> str:
    """The address that the seed had at its generator, or nothing where it is a pattern or leads elsewhere."""
    for key in spellings.ADDRESS:
        value = keys.find(key)
        if isinstance(value, dict):
            value = value.get("build")
        if value is None or as_flag(value) is not None:
            continue
        if isinstance(value, list | dict):
            raise keys.refuse(key, "one text is wanted here, not a list")
        found = " ".join(str(value).split())
        is_elsewhere = key == "url" and is_web_address(found)
        if not is_elsewhere and not _PLACEHOLDER.search(found.removeprefix("https:").removeprefix("http:")):
            return found
    return ""


def _slug(keys: Values, address: str) -> str:
    given = keys.text("slug")
    if _PLACEHOLDER.search(given):
        given = ""
    # Docusaurus and Astro write whole paths here.
    return _last_part(given) or _last_part(address).partition(".")[0]


def _last_part(address: str) -> str:
    return _INDEX.sub("", address.rstrip("/")).rpartition("/")[2]


def _addresses(names: Iterable[str]) -> tuple[str, ...]:
    """Former addresses as root-relative paths."""
    paths = (_path_of(name).lstrip("/") for name in names)
    return _unique(f"/{path}" for path in paths if path and ".." not in path.split("/"))


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _language(keys: Values) -> str:
    for key in spellings.LANGUAGE:
        value = keys.text(key)
        if not value:
            continue
        value = _ENCODING_MARK.sub("", value)
        if value and not _LANGUAGE.fullmatch(value):
            raise keys.refuse(key, f"{value!r} is no language: write fr, nl or en-GB")
        if value:
            return value.replace("_", "-")
    return ""


def _picture(keys: Values) -> Picture:
    """The lead picture, also from a mapping or the first of a list."""
    if not keys.has_any(spellings.PICTURES):
        return Picture()
    value = keys.find("image", *spellings.LEAD_PICTURES)
    is_doubtful = keys.find("image") is None
    if isinstance(value, list):
        value = value[0]
    if not isinstance(value, dict):
        source = str(value).strip() if value and as_flag(value) is None else ""
        return Picture(source=source, is_doubtful=is_doubtful)
    source = value.get("src") or value.get("url") or value.get("path") or value.get("image") or ""
    alt = " ".join(str(value.get("alt") or value.get("caption") or "").split())
    return Picture(source=str(source).strip(), alt=alt, is_doubtful=is_doubtful)


def _rights(keys: Values) -> str:
    """Who holds the rights; other generators' keys may also be a switch, or a mapping with a name."""
    own = keys.text(spellings.RIGHTS[0])
    if own:
        return own
    values = (keys.find(key) for key in spellings.RIGHTS[1:])
    named = (value.get("name") or value.get("url") if isinstance(value, dict) else value for value in values)
    return next((one_line(value) for value in named if isinstance(value, str) and as_flag(value) is None), "")


def _canonical(keys: Values) -> str:
    own = keys.web_address(spellings.CANONICAL[0])
    others = (str(keys.find(key) or "") for key in spellings.CANONICAL[1:])
    return own or next((address for address in others if is_web_address(address)), "")
