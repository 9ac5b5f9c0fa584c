"""An article's identity and dates: fixed at its first publication, whatever becomes of its file."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from publisher.domain.article import Article, Content, release_moment
from publisher.domain.slugs import next_free

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """`published_at` is what readers see as its date; `released_at` is when they can see it at all.

    `first_published_at` is the date that an article came out with, where it has another one by now.
    """

    published_at: datetime
    released_at: datetime
    updated_at: datetime
    first_published_at: datetime | None = None


def date_new(content: Content, *, now: datetime, file_time: datetime | None, fresh: timedelta) -> Dates:
    """The dates of an article at first sight; `file_time` stands in for its own date in a home's first read."""
    own = content.date or (min(file_time, now) if file_time else None)
    published_at = own or now
    released_at = release_moment(content, own_date=own, first_seen_at=now, fresh=fresh)
    updated = content.updated if content.updated and content.updated <= now else published_at
    return Dates(published_at=published_at, released_at=released_at, updated_at=max(updated, published_at))


def date_again(article: Article, content: Content, *, is_text_changed: bool, now: datetime, fresh: timedelta) -> Dates:
    """The dates of an article that was read again.

    What is out keeps its release, unless its date or embargo has moved into the future; what was not out yet is
    dated like a new one. `updated_at` moves with the text; for readers it never goes back, nor ahead of the clock.
    """
    is_out = article.released_at <= now
    wanted = release_moment(content, own_date=content.date, first_seen_at=article.first_seen_at, fresh=fresh)
    stays_out = is_out and wanted <= now
    released_at = article.released_at if stays_out else wanted
    known = article.published_at if is_out else min(article.published_at, article.first_seen_at)
    published_at = content.date or known
    is_redated = is_out and published_at != article.published_at  # held back again too: readers have had it
    updated_at = article.updated_at if is_out else min(article.updated_at, now)
    if is_out and is_text_changed:
        declared = content.updated if content.updated and content.updated <= now else now
        updated_at = max(updated_at, declared if declared > updated_at else now)
    if not is_out or released_at > now:
        updated_at = max(updated_at, published_at)
    return Dates(
        published_at=published_at,
        released_at=released_at,
        updated_at=updated_at,
        first_published_at=article.first_published_at or (article.published_at if is_redated else None),
    )


def date_promised(article: Article, content: Content, *, now: datetime, fresh: timedelta) -> Dates:
    """The dates of an article whose id and release were kept elsewhere, when it is read here for the first time."""
    dates = date_again(article, content, is_text_changed=False, now=now, fresh=fresh)
    updated = content.updated if content.updated and content.updated <= now else dates.published_at
    return replace(dates, updated_at=max(updated, dates.published_at))


def make_identity(content: Content, *, authority: str, day: date, address: str, is_taken: Callable[[str], bool]) -> str:
    """A tag URI (RFC 4151) of the day of first publication, or the IRI that the seed declares; never a taken one."""
    declared = content.declared_id
    wanted = declared if _IRI.fullmatch(declared) else f"tag:{authority},{day:%Y-%m-%d}:{quote(declared or address)}"
    return next_free(wanted, is_taken=is_taken)


def local_day(moment: datetime, timezone: str) -> date:
    """The day that the publication's calendar shows at that instant."""
    return moment.astimezone(ZoneInfo(timezone)).date()
