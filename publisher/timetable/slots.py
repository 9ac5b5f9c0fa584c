"""Slots: the moments of a schedule, one for each nominal local wall time, right over both clock changes."""

from collections.abc import Container, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from publisher.domain.issue import Slot, slot_name
from publisher.timetable.cron import read_cron

_LONGEST_GAP = timedelta(hours=12)  # a day that a zone left out altogether (Apia, 30 December 2011) has no slots
_MARGIN = timedelta(hours=26)
_LOOK_BACK = (2, 9, 40, 370)  # days

_read = lru_cache(maxsize=256)(read_cron)


def iter_slots(schedule: str, timezone: str, *, after: datetime) -> Iterator[Slot]:
    """The slots of a cron line that are due later than `after`, in order and without end.

    A wall time that the clocks leave out is due when they have gone on (02:30 at 03:30); one that comes
    twice is due the first time; no instant has two slots.
    """
    zone = ZoneInfo(timezone)
    last = after
    walls = CronSim(_read(schedule), (after.astimezone(zone) - _MARGIN).replace(tzinfo=None))
    for due_at, wall in _iter_instants(walls, zone):
        if due_at > last:
            last = due_at
            yield Slot(name=slot_name(wall), due_at=due_at)


def _iter_instants(walls: Iterator[datetime], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """(instant, wall time) by instant: what the clocks leave out waits, for it may be due after later wall times."""
    waiting: list[tuple[datetime, datetime]] = []
    for wall in walls:
        due_at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        shift = due_at.astimezone(zone).replace(tzinfo=None) - wall
        if shift < _LONGEST_GAP:
            heappush(waiting, (due_at, wall))
        while waiting and not shift and waiting[0][0] <= due_at:
            yield heappop(waiting)


def due_slots(schedule: str, timezone: str, *, seen_at: datetime, decided: Container[str], now: datetime) -> list[Slot]:
    """The slots that are due at `now` and not decided, oldest first; none at or before the schedule was first seen."""
    coming = takewhile(lambda slot: slot.due_at <= now, iter_slots(schedule, timezone, after=seen_at))
    return [slot for slot in coming if slot.name not in decided]


def find_period(schedule: str, timezone: str, *, at: datetime) -> timedelta:
    """How long the schedule waits between the slots around `at`, or between the first two after it."""
    for days in _LOOK_BACK:
        before: Slot | None = None
        slots = iter_slots(schedule, timezone, after=at - timedelta(days=days))
        for slot in slots:
            if slot.due_at > at:
                break
            before = slot
        if before:
            return slot.due_at - before.due_at
    return next(slots).due_at - slot.due_at
