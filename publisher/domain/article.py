"""The article: what a seed says, read and cleaned, and what the ledger adds to it for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where an article stands: held back until its moment, out, past its time, or gone."""

    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture beside a seed: `path` below the folder, `address` as published (root-relative), size in pixels.

    `mail_address` is that of a smaller, still copy for mail, empty where the picture itself will do there.
    `length` is that of what is published, in bytes (0 when unknown); `file_size` and `mtime_ns` are the file's when it
    was read, by which a look sees that it was replaced.
    """

    path: str
    address: str
    media_type: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    mail_address: str = ""
    length: int = field(default=0, compare=False)
    file_size: int = field(default=0, compare=False)
    mtime_ns: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A media file that feeds attach: absolute `url`, `length` in bytes and `seconds` of play (0 when unknown).

    `transcript` is the full address of its text, `transcript_type` that text's media type.
    """

    url: str
    media_type: str
    length: int = 0
    seconds: int = 0
    transcript: str = ""
    transcript_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one seed says.

    `html` is the safe body without title and standfirst, its own links root-relative (`/images/…`) or absolute, those
    to other seeds `seed:` and one of `links`: they get an address when readers are served.
    `summary` is plain text and never empty where there is a body; `standfirst` is the part of it that stands above the
    body, or empty. `date`, `updated`, `embargo` and `expires_at` (gone from readers from then on) are aware.
    `extra` has the header's keys that nobody here knows, `notes` what was left out of the text, for its editor.
    `wanted_slug` is never empty in what was read; `has_own_slug` says that the seed itself named it.
    """

    title: str
    language: str
    html: str
    summary: str = ""
    standfirst: str = ""
    headline: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    section: str = ""
    date: datetime | None = None
    updated: datetime | None = None
    embargo: datetime | None = None
    expires_at: datetime | None = None
    wanted_slug: str = ""
    has_own_slug: bool = False
    aliases: tuple[str, ...] = ()
    declared_id: str = ""
    canonical_url: str = ""
    correction: str = ""
    lead_image: str = ""
    images: tuple[Image, ...] = ()
    missing_pictures: tuple[str, ...] = ()
    enclosure: Enclosure | None = None
    rights: str = ""
    links: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def is_expired(self, at: datetime) -> bool:
        """Whether its time is over by then."""
        return self.expires_at is not None and self.expires_at <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Content):
    """Content with an identity. `key` is the ledger's row, `id` the identity for ever (a tag URI or a declared IRI).

    `published_at` is its own date, which readers see; `released_at` orders feeds and issues;
    `updated_at` moves when text, title or correction change; `corrected_at` is when its present correction was first
    seen, nothing where it has none or came with it. `first_published_at` is the date that it came out with, where its
    editor has changed that since: feeds go on telling it.
    """

    key: int
    id: str
    path: str
    slug: str
    year: int
    month: int
    published_at: datetime
    released_at: datetime
    updated_at: datetime
    first_seen_at: datetime
    withdrawn_at: datetime | None = None
    corrected_at: datetime | None = None
    first_published_at: datetime | None = None
    text_digest: str = field(default="", repr=False)

    def status(self, now: datetime) -> Status:
        """Where it stands at `now`."""
        if self.withdrawn_at is not None:
            return Status.WITHDRAWN
        if self.is_expired(now):
            return Status.EXPIRED
        return Status.PUBLISHED if self.released_at <= now else Status.SCHEDULED


def find_corrected_at(article: Article, content: Content, *, now: datetime) -> datetime | None:
    """Since when an article that was read again has the correction that its seed has now."""
    if not content.correction:
        return None
    return article.corrected_at if content.correction == article.correction else now


def find_expiry(article: Article, content: Content, *, now: datetime) -> datetime | None:
    """When an article that was read again is over: not before the moment up to which readers had it."""
    wanted = content.expires_at
    if wanted is None or wanted > now or article.withdrawn_at is not None or article.released_at > now:
        return wanted
    return max(wanted, min(article.expires_at or now, now))


def release_moment(
    content: Content, *, own_date: datetime | None, first_seen_at: datetime, fresh: timedelta
) -> datetime:
    """When an article reaches readers: the later of date, embargo and first sight.

    One whose own date was older than `fresh` at first sight, and that has no later embargo, is archive and keeps its
    own date.
    """
    latest = max((moment for moment in (own_date, content.embargo) if moment is not None), default=first_seen_at)
    if own_date is not None and latest < first_seen_at - fresh:
        return latest
    return max(first_seen_at, latest)
