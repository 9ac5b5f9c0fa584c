"""The only place that reads the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LEAP = timedelta(hours=1)
_COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps, where there is one


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def count() -> timedelta:
    """The time since the machine started, its sleep included; nobody can set it."""
    return timedelta(seconds=time.clock_gettime(_COUNTER))


class Steady:
    """A clock that does not follow when the machine's own leaps ahead by more than an hour.

    What it takes for right is the time at its making, and every smaller step since; a step back is never a leap.
    """

    def __init__(self, *, wall: Callable[[], datetime] = now, counter: Callable[[], timedelta] = count) -> None:
        self._wall, self._counter = wall, counter
        self._start = wall() - counter()

    def now(self) -> datetime:
        """The present instant as it would be without the leap."""
        return self._look()[0]

    def find_leap(self) -> timedelta:
        """How far the machine's clock has leapt ahead; nothing where it is to be believed."""
        return self._look()[1]

    def _look(self) -> tuple[datetime, timedelta]:
        moment, counted = self._wall(), self._counter()
        ahead = moment - counted - self._start
        if ahead > LEAP:
            return self._start + counted, ahead
        self._start += max(ahead, timedelta(0))  # a clock that was set back may be set right again
        return moment, timedelta(0)
