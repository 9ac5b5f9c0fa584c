"""Moments as people and generators write them: ISO 8601, RFC 2822, and a newspaper's date line."""

import re
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime

_EARLIEST = 1500
_LONGEST = 60
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d|Z$)")
_SHORT_OFFSET = re.compile(r"(?<=\d)([+-])(\d)$")
_ZONE_WORD = re.compile(r"\s*(?:UTC|GMT)$")
_SLASHES = re.compile(r"^(\d{4})/(\d\d?)/(\d\d?)")
_LOOSE_DAY = re.compile(r"^(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_LOOSE_HOUR = re.compile(r"(?<=[T ])(\d):")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january januari januar",
            "février fevrier february februari februar",
            "mars march maart märz",
            "avril april",
            "mai may mei",
            "juin june juni",
            "juillet july juli",
            "août aout august augustus",
            "septembre september",
            "octobre october oktober",
            "novembre november",
            "décembre decembre december dezember",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_FIRST = re.compile(rf"\b(\d\d?)(?:er|st|nd|rd|th|\.)?\s+({_MONTH})\s+(\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\s+(\d\d?)(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)


def parse_moment(value: object, zone: tzinfo) -> datetime | None:
    """An aware moment from a header's value; what names no zone is in `zone`, a day alone is its midnight there.

    Reads ISO 8601 (also with a space, slashes or an offset set apart) and RFC 2822; None for anything else.
    """
    if isinstance(value, datetime):
        return _aware(value, zone)
    if isinstance(value, date):
        return _aware(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - the zone is added at once
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    found = _parse_iso(value.strip()) or _parse_mail(value)
    return _aware(found, zone) if found else None


def find_written_date(text: str) -> date | None:
    """The first day written out with its year in French, English, Dutch or German ("23 novembre 2026"), or None."""
    found = _DAY_FIRST.search(text)
    if found:
        return make_day(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
    found = _MONTH_FIRST.search(text)
    return make_day(int(found[3]), _MONTHS[found[1].lower()], int(found[2])) if found else None


def without_written_date(text: str) -> str:
    """The text less its first written-out day."""
    pattern = _DAY_FIRST if _DAY_FIRST.search(text) else _MONTH_FIRST
    return pattern.sub("", text, count=1)


def make_day(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none such."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year >= _EARLIEST else None


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _parse_iso(text: str) -> datetime | None:
    text = _SLASHES.sub(r"\1-\2-\3", text)
    text = _LOOSE_DAY.sub(lambda found: f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}", text)
    text = _LOOSE_HOUR.sub(r"0\1:", text)
    text = _ZONE_WORD.sub("Z", text)
    text = _SPACE_BEFORE_OFFSET.sub("", text) if ":" in text else text
    text = _SHORT_OFFSET.sub(r"\g<1>0\2", text) if ":" in text else text
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_mail(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    # RFC 2822 section 3.3: "-0000" says nothing of the zone but gives the time in UTC; Python tells it by no zone.
    return found if found.tzinfo or "-0000" not in text else found.replace(tzinfo=UTC)


def _aware(found: datetime, zone: tzinfo) -> datetime | None:
    if found.year < _EARLIEST:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        found.astimezone(UTC)
    except OverflowError:
        return None
    return found
