"""Cron lines as people write them: crontab(5) with names, ranges that wrap, steps, lists and @daily."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (  # (lowest, highest, names from the lowest on)
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_RANGE = re.compile(r"(\w+)-(\w+)(?:/(\d+))?")
_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 (cron lines are read on naive wall time)


def read_cron(line: str) -> str:
    """The same schedule in the plain form that cronsim takes. Raises ValueError with the reason for a bad line."""
    text = _ALIASES.get(line.strip().lower(), line)
    fields = text.split()
    if len(fields) != len(_FIELDS):  # cronsim would take a sixth one for seconds
        raise ValueError(_explain("wrong number of fields"))
    text = " ".join(_unwrap(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True))
    try:
        next(CronSim(text, _ANY_DAY))
    except (CronSimError, StopIteration) as problem:
        raise ValueError(_explain(str(problem).lower() or "it never comes")) from problem
    return text


def _explain(reason: str) -> str:
    return (
        f"it is no cron line ({reason}): five fields as in '0 7 * * mon-fri', or @daily and the like, or 'on publish'"
    )


def _unwrap(field: str, lowest: int, highest: int, names: tuple[str, ...]) -> str:
    """Write a range that runs over the end (fri-mon, 22-2) as the list of what it holds."""

    has_second_sunday = names is _DAYS  # 7 is Sunday too

    def spell_out(found: re.Match[str]) -> str:
        first, last = (_number(word, lowest, names) for word in (found[1], found[2]))
        step = int(found[3] or 1)
        if first is None or last is None or first <= last or first > highest + has_second_sunday or not step:
            return found[0]
        span = [*range(first, highest + 1), *range(lowest, last + 1)]
        return ",".join(str(value) for value in span[::step])

    return ",".join(_RANGE.sub(spell_out, part) if _RANGE.fullmatch(part) else part for part in field.split(","))


def _number(word: str, lowest: int, names: tuple[str, ...]) -> int | None:
    if word.isdigit():
        return int(word)
    return names.index(word.lower()) + lowest if word.lower() in names else None


def check_schedule(line: str) -> str:
    """A schedule that can be used, as given. Raises ValueError with the reason for one that can't."""
    if line != "on publish":
        read_cron(line)
    return line


def check_zone(name: str) -> str:
    """A time zone's name, as given. Raises ValueError for one that the zone data does not have."""
    if name != "UTC" and name not in available_timezones():
        raise ValueError("it must be the name of a time zone, such as Europe/Brussels or UTC")
    ZoneInfo(name)
    return name
