"""The watch over replies: late is late, and what has come is not."""

import asyncio

from publisher.mail.replies import Watch


def _start() -> tuple[Watch, asyncio.Future[str]]:
    loop = asyncio.get_running_loop()
    late: asyncio.Future[str] = loop.create_future()
    return Watch(loop, on_late=late.set_result), late


async def test_late_answer_is_told_by_its_reason() -> None:
    watch, late = _start()
    watch.start(0.01, "no answer")
    assert await late == "no answer"


async def test_shorter_wait_is_late_first() -> None:
    watch, late = _start()
    watch.start(60, "long")
    watch.start(0.01, "short")
    assert await late == "short"


async def test_longer_wait_begins_anew() -> None:
    watch, late = _start()
    watch.start(0.01, "first")
    watch.start(0.05, "second")
    assert await late == "second"


async def test_answer_in_time_is_never_late() -> None:
    (rested, never), (watch, late) = _start(), _start()
    rested.start(0.01, "came")
    rested.rest()
    watch.start(0.03, "later")
    await late
    assert not never.done()


async def test_closed_watch_says_nothing() -> None:
    (closed, never), (watch, late) = _start(), _start()
    closed.start(0.01, "gone")
    closed.close()
    watch.start(0.03, "later")
    await late
    assert not never.done()
