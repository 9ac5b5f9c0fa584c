"""What templates can ask for besides their values: dates in words, full addresses, the recipient's slots."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from publisher.domain import address, slots

_HEADING = re.compile(r"<(/?)h([1-6])(?=[\s>])", re.IGNORECASE)
_LOWEST = 6
_TABLE = re.compile(r"<table(?=[\s>])")


def build_filters(locale: Locale) -> dict[str, Callable[..., object]]:
    """The filters of one language's environment, by name."""

    in_words = lru_cache(maxsize=1024)(partial(format_date, locale=locale))

    def long_date(moment: datetime, timezone: str, *, has_weekday: bool = False) -> str:
        local = moment.astimezone(ZoneInfo(timezone))
        return in_words(local.date(), format="full" if has_weekday else "long")

    def date_time(moment: datetime, timezone: str) -> str:
        zone = ZoneInfo(timezone)
        return f"{long_date(moment, timezone)}, {format_time(moment.astimezone(zone), 'short', zone, locale)}"

    return {
        "long_date": long_date,
        "date_time": date_time,
        "iso": iso,
        "absolute": absolute,
        "headings_from": headings_from,
        "focusable_tables": focusable_tables,
        "direction": direction,
        "language_name": name_language,
        "one_line": one_line,
    }


def iso(moment: datetime) -> str:
    """The instant as RFC 3339 writes it, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def absolute(path: str, base: str) -> str:
    """The full address of a root-relative path."""
    return address.absolute(base, path)


def slot(name: str) -> str:
    """The mark that the recipient's own value replaces: letters and digits, so that no escaping touches it."""
    return slots.mark(name)


def headings_from(html: str, level: int) -> str:
    """Clean HTML with its headings moved so that the first stands at `level` and none skips one (WCAG 1.3.1)."""
    floor, last = level - 1, level - 1

    def settle(found: re.Match[str]) -> str:
        nonlocal last
        if not found[1]:
            wanted = floor + max(int(found[2]) - 1, 1)
            last = min(wanted, last + 1, _LOWEST)
        return f"<{found[1]}h{last}"

    return _HEADING.sub(settle, html)


def focusable_tables(html: str) -> str:
    """Clean HTML whose tables take the focus: a wide one scrolls, which a keyboard must be able to do (WCAG 2.1.1)."""
    return _TABLE.sub('<table tabindex="0"', html) if "<table" in html else html


@lru_cache(maxsize=256)
def direction(language: str) -> str:
    """`rtl` for a language tag that is written from the right, else `ltr`."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (ValueError, UnknownLocaleError):
        return "ltr"


def name_language(language: str) -> str:
    """What the speakers of a language call it; the tag itself where we do not know."""
    try:
        name = Locale.parse(language, sep="-").display_name
    except (ValueError, UnknownLocaleError):
        return language
    return name or language


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())
