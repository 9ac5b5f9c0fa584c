"""The alarm on a real loop: it wakes us, again and again, until it is stopped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from publisher.timetable.alarm import Alarm, WallClock

PATIENCE = 5  # seconds


@pytest.fixture
async def alarm() -> AsyncIterator[Alarm]:
    """An alarm that is stopped afterwards."""
    made = Alarm()
    yield made
    made.stop()


class Bell:
    """Counts its rings; somebody may wait for the n-th."""

    def __init__(self, *, rings: int) -> None:
        self.left = rings
        self.is_done = asyncio.Event()

    async def ring(self) -> None:
        """Ring once."""
        self.left -= 1
        if self.left <= 0:
            self.is_done.set()

    async def wait(self) -> bool:
        """Wait for the last ring."""
        async with asyncio.timeout(PATIENCE):
            return await self.is_done.wait()


async def test_interval_rings_again_and_again(alarm: Alarm) -> None:
    bell = Bell(rings=3)
    alarm.add_interval("look", seconds=0.02, callback=bell.ring)
    alarm.start()
    assert await bell.wait()


async def test_callbacks_ring_side_by_side(alarm: Alarm) -> None:
    bells = [Bell(rings=1), Bell(rings=1)]
    for number, bell in enumerate(bells):
        alarm.add_interval(f"look-{number}", seconds=0.02, callback=bell.ring)
    alarm.start()
    assert all([await bell.wait() for bell in bells])


async def test_failing_callback_rings_again(alarm: Alarm) -> None:
    bell = Bell(rings=2)

    async def fail() -> None:
        await bell.ring()
        raise RuntimeError("on purpose")

    alarm.add_interval("look", seconds=0.02, callback=fail)
    alarm.start()
    assert await bell.wait()


async def test_slow_callback_never_overlaps(alarm: Alarm) -> None:
    bell, running, most = Bell(rings=2), 0, 0

    async def be_slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        await bell.ring()

    alarm.add_interval("look", seconds=0.01, callback=be_slow)
    alarm.start()
    await bell.wait()
    assert most == 1


async def test_stopped_alarm_may_stop_again(alarm: Alarm) -> None:
    alarm.start()
    alarm.stop()
    alarm.stop()


async def test_schedule_is_taken_by_name(alarm: Alarm) -> None:
    bell = Bell(rings=1)
    alarm.add_schedule("daily", schedule="0 7 * * *", timezone="Europe/Brussels", callback=bell.ring)
    alarm.start()
    assert not bell.is_done.is_set()


def test_wall_clock_gives_coming_slot() -> None:
    clock = WallClock("30 2 * * *", "Europe/Berlin")
    coming = clock.get_next_fire_time(None, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert coming == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_wall_clock_goes_on_from_last() -> None:
    clock = WallClock("30 2 * * *", "Europe/Berlin")
    last = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock.get_next_fire_time(last, last + timedelta(hours=1)) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
