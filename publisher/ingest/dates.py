"""Moments as people and generators write them: ISO 8601, RFC 2822, in words, and a newspaper's date line."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime

from publisher.ingest.clock_time import parse_clock

_EARLIEST = 1500
_LONGEST = 60
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d|Z$)")
_SHORT_OFFSET = re.compile(r"(?<=\d)([+-])(\d)$")
_ZONE_WORD = re.compile(r"\s*(?:UTC|GMT)$")
_SLASHES = re.compile(r"^(\d{4})/(\d\d?)/(\d\d?)")
_LOOSE_DAY = re.compile(r"^(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_CLOCK_WORDS = frozenset({"created", "last modified", "git created", "git last modified"})
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

_SHORT = (
    *("jan janv", "feb févr fevr fév fev", "mar mär maa mrt", "avr apr", "", "jun", "juil jul", "aoû aou aug"),
    *("sept sep", "oct okt", "nov", "déc dec dez"),
)
_NUMBERS = _MONTHS | {name: number for number, names in enumerate(_SHORT, start=1) for name in names.split()}
_NAME = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_WEEKDAY = (
    r"(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun|ma|di|wo|do|vr|za|zo|mo|mi|fr|sa|so|donder|woens"
    r"|zater|zon|dinsdag|diens|mitt|donners|frei|sonn|vrij)[a-zäöü]*\.?,?"
)
_OPENING = rf"(?:(?:le|den|am|op|on|the)\s+)?(?:{_WEEKDAY}\s+)?(?:(?:le|den|der|the)\s+)?"
_WORDED = re.compile(
    rf"{_OPENING}(?:"
    rf"(?P<day>\d\d?)(?:er|st|nd|rd|th|e|\.)?[\s-]+(?:of\s+|de\s+)?(?P<month>{_NAME})\.?,?[\s-]+(?P<year>\d{{4}})"
    rf"|(?P<month2>{_NAME})\.?\s+(?P<day2>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})"
    r"|(?P<day3>\d\d?)\.\s?(?P<month3>\d\d?)\.\s?(?P<year3>\d{4})"
    r"|(?P<day5>\d\d?)/(?P<month5>\d\d?)/(?P<year5>\d{4})"
    r"|(?P<year4>\d{4})-(?P<month4>\d\d?)-(?P<day4>\d\d?)"
    r")(?!\d)",
    re.I,
)


def parse_moment(value: object, zone: tzinfo) -> datetime | None:
    """An aware moment from a header's value; what names no zone is in `zone`, a day alone is its midnight there.

    Reads ISO 8601 (also with a space, slashes or an offset set apart), RFC 2822, and French, English, Dutch or German
    words ("23 novembre 2026 à 7 h 30"); None for anything else. Of an hour that comes twice it is the first one; one
    that the clocks leave out is told by the offset before, and so comes an hour later on the clock.
    """
    if isinstance(value, datetime):
        return _aware(value, zone)
    if isinstance(value, date):
        return _aware(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - the zone is added at once
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    found = _parse_iso(value.strip()) or _parse_words(value.strip()) or _parse_mail(value)
    return _aware(found, zone) if found else None


def is_clock_word(value: object) -> bool:
    """Whether a value leaves the date to a file's times, as Eleventy's "Last Modified" does."""
    return isinstance(value, str) and value.strip().lower() in _CLOCK_WORDS


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
    with suppress(ValueError):
        return datetime.fromisoformat(text)
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


def _parse_words(text: str) -> datetime | None:
    found = _WORDED.match(text)
    if found is None:
        return None
    parts = {name.rstrip("2345"): part for name, part in found.groupdict().items() if part}
    day, month = int(parts["day"]), _NUMBERS.get(parts["month"].lower()) or int(parts["month"])
    if found["day5"] and day != month:
        if max(day, month) <= 12:
            return None  # 05/12 is another day on either side of the Channel
        day, month = max(day, month), min(day, month)
    on = make_day(int(parts["year"]), month, day)
    clock = parse_clock(text[found.end() :])
    return datetime.combine(on, clock) if on and clock is not None else None


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
