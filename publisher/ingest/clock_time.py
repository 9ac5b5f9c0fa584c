"""The time of day as it stands behind a date: "07:30", "à 7 h 30", "at 7:30 a.m.", "om 7.30 uur", "07:30 +01:00"."""

import re
from datetime import UTC, time, timedelta, timezone, tzinfo

_CLOCK = re.compile(
    r"[\s,]*(?:(?:à|a|at|um|om|@|-|–)\s+)?"
    r"(?P<hour>\d\d?)"
    r"(?:\s?(?P<mark>[h:.u])\s?(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"\s?(?P<unit>heures?|uhr|uur|h)?"
    r"\s?(?P<half>[ap])?(?(half)\.?m\.?)"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.I,
)


def parse_clock(text: str) -> time | None:
    """The time that a text names and nothing else, midnight where it is empty; None for any other text."""
    if not text.strip(" ,"):
        return time()
    found = _CLOCK.fullmatch(text.rstrip())
    if found is None or not (found["minute"] or found["unit"] or found["half"]):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0), tzinfo=_zone(found["zone"]))
    except ValueError:
        return None


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
