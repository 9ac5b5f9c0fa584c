"""Reads a relay's replies in order from a connection that aiosmtplib has opened."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Any, NamedTuple

from publisher.mail.answer import Reply

_LONGEST_LINE = 8192
_MOST_LINES = 200
_LONGEST_TEXT = 500
_REPLY_LINE = re.compile(rb"[2-5]\d\d(?:[ -]|$)")


class LostError(ConnectionError):
    """The connection is gone, or what came over it was no SMTP; `replies` are those that came before."""

    def __init__(self, reason: str, replies: tuple[Reply, ...] = ()) -> None:
        super().__init__(reason)
        self.replies = replies


class Wait(NamedTuple):
    """How many seconds a reply may take, and what it answers."""

    seconds: float
    what: str


class Watch:
    """Says when what is waited for is late. One timer serves thousands of waits: it is moved only when it goes off."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, on_late: Callable[[str], None]) -> None:
        self._loop, self._on_late = loop, on_late
        self._late_at, self._reason = math.inf, ""
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float, reason: str) -> None:
        """Wait for the next thing, which is late after `seconds`."""
        self._late_at, self._reason = self._loop.time() + seconds, reason
        if self._timer is None or self._late_at < self._timer.when():
            self._set_timer()

    def rest(self) -> None:
        """It has come: nothing can be late now."""
        self._late_at = math.inf

    def close(self) -> None:
        """Watch no more."""
        self.rest()
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._late_at, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() >= self._late_at:
            self._on_late(self._reason)
        elif self._late_at < math.inf:
            self._set_timer()


class Expected:
    """The replies to commands that went out together: awaiting it gives them all, or raises LostError."""

    __slots__ = ("_future", "lost", "replies", "waits")

    def __init__(self, loop: asyncio.AbstractEventLoop, waits: tuple[Wait, ...]) -> None:
        self.waits = waits
        self.replies: list[Reply] = []
        self.lost = ""
        self._future: asyncio.Future[None] = loop.create_future()

    @property
    def is_done(self) -> bool:
        """Whether nothing more is waited for."""
        return self._future.done()

    def finish(self) -> None:
        """Wake whoever waits; one who does so only later is told at once."""
        if not self._future.done():
            self._future.set_result(None)

    def __await__(self) -> Generator[Any, None, list[Reply]]:
        yield from self._future.__await__()
        if self.lost:
            raise LostError(self.lost, tuple(self.replies))
        return self.replies


class Replies(asyncio.Protocol):
    """Gives each `expect()` its replies, in order; one that nobody asked for, or that is none, ends the connection.

    Several may be expected at once, so that commands can be sent without waiting (RFC 2920).
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._expected: deque[Expected] = deque()
        self._rest = b""
        self._lines: list[str] = []
        self._lost: str = ""
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(self._loop, on_late=self._break)
        self.closed = asyncio.Event()

    @property
    def is_lost(self) -> bool:
        """Whether no further reply can come."""
        return bool(self._lost) or self._transport.is_closing()

    def expect(self, *waits: Wait) -> Expected:
        """The next replies that nobody waits for yet, each with its time, which begins when it is the next to come.

        One that is late closes the connection. Raises LostError on a dead connection.
        """
        self.check()
        expected = Expected(self._loop, waits)
        self._expected.append(expected)
        if len(self._expected) == 1:
            self._watch_next()
        return expected

    def _watch_next(self) -> None:
        if not self._expected:
            return self._watch.rest()
        first = self._expected[0]
        wait = first.waits[len(first.replies)]
        return self._watch.start(wait.seconds, f"no answer to {wait.what} in time")

    async def drain(self, *, seconds: float, what: str) -> None:
        """Wait until the transport takes more. Raises LostError where it does not in time, or the connection went."""
        if not self._may_write.is_set():
            # Not the watch's: an answer that comes before its time would end that, though nothing is read any more.
            try:
                async with asyncio.timeout(seconds):
                    await self._may_write.wait()
            except TimeoutError:
                self._break(f"no room for {what} in time")
            else:
                self._watch_next()  # the wait for the answer begins with the last of what is asked
        self.check()

    def check(self) -> None:
        """Raise LostError on a dead connection."""
        if self.is_lost:
            raise LostError(self._lost or "the connection is closed")

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            return self._break("a reply without an end")
        for line in lines:
            self._take(line.removesuffix(b"\r"))
        return None

    def _take(self, line: bytes) -> None:
        if self._lost:
            return None
        reply = _parse(line)
        if reply is None or len(self._lines) > _MOST_LINES:
            return self._break(f"no SMTP reply: {_decode(line[:80])!r}")
        if line[3:4] == b"-":
            return self._lines.append(reply.text)
        if self._lines:
            reply = Reply(reply.code, " ".join([*self._lines, reply.text])[:_LONGEST_TEXT])
            self._lines.clear()
        return self._deliver(reply)

    def _deliver(self, reply: Reply) -> None:
        if not self._expected:
            return self._break(f"the relay closed the session: {reply.code} {reply.text}")
        first = self._expected[0]
        first.replies.append(reply)
        if len(first.replies) == len(first.waits):
            self._expected.popleft()
            first.finish()
        return self._watch_next()

    def _break(self, reason: str) -> None:
        self._fail(reason)
        self._transport.abort()

    def _fail(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._watch.close()
        for expected in self._expected:
            expected.lost = self._lost
            expected.finish()
        self._expected.clear()
        self._may_write.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"connection lost: {exc}" if exc else "the relay closed the connection")
        self.closed.set()


@lru_cache(maxsize=64)  # most of what a relay says it says each time
def _parse(line: bytes) -> Reply | None:
    """One line of a reply, None for what is none."""
    if not _REPLY_LINE.match(line):
        return None
    return Reply(int(line[:3]), _decode(line[4:]).strip()[:_LONGEST_TEXT])


def _decode(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
