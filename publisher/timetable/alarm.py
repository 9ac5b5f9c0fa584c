"""The alarm: APScheduler wakes us at slots and each minute. That is only a hint; `due_slots` decides."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from publisher.timetable.slots import iter_slots

Callback = Callable[[], Awaitable[None]]


class WallClock(BaseTrigger):  # type: ignore[misc]
    """Fires at the slots of a cron line on wall time."""

    def __init__(self, schedule: str, timezone: str) -> None:
        self._schedule, self._timezone = schedule, timezone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next slot's instant, as APScheduler asks for it."""
        return next(iter_slots(self._schedule, self._timezone, after=previous_fire_time or now)).due_at


class Alarm:
    """Calls back at every slot of the schedules that it was given, and each minute for what was slept through."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def add_schedule(self, name: str, *, schedule: str, timezone: str, callback: Callback) -> None:
        """Call back at each slot of a cron line."""
        self._add(name, WallClock(schedule, timezone), callback)

    def add_interval(self, name: str, *, seconds: float, callback: Callback) -> None:
        """Call back every so many seconds."""
        self._add(name, IntervalTrigger(seconds=seconds, timezone=UTC), callback)

    def _add(self, name: str, trigger: BaseTrigger, callback: Callback) -> None:
        self._scheduler.add_job(callback, trigger, id=name, coalesce=True, misfire_grace_time=None, max_instances=1)

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """End without waiting for callbacks under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
