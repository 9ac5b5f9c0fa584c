"""Reads a relay's replies in order from a connection that aiosmtplib has opened."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable

from publisher.mail.answer import Reply

_LONGEST_LINE = 8192
_MOST_LINES = 200
_LONGEST_TEXT = 500
_REPLY_LINE = re.compile(rb"[2-5]\d\d(?:[ -]|$)")


class LostError(ConnectionError):
    """The connection is gone, or what came over it was no SMTP."""


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


class Replies(asyncio.Protocol):
    """A reply for each `expect()`, in order; one that nobody asked for, or that is none, closes the connection.

    Several may be expected at once, so that commands can be sent without waiting (RFC 2920).
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._expected: deque[asyncio.Future[Reply]] = deque()
        self._rest = b""
        self._lines: list[bytes] = []
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

    def expect(self) -> asyncio.Future[Reply]:
        """The next reply that nobody waits for yet. Raises LostError on a dead connection."""
        if self.is_lost:
            raise LostError(self._lost or "the connection is closed")
        waiting = self._loop.create_future()
        self._expected.append(waiting)
        return waiting

    async def wait(self, waiting: asyncio.Future[Reply], *, seconds: float, what: str) -> Reply:
        """An expected reply; after `seconds` the connection is closed, for `what` had no answer in time.

        Raises LostError.
        """
        if not waiting.done():
            self._watch.start(seconds, f"no answer to {what} in time")
        return await waiting

    async def drain(self, *, seconds: float, what: str) -> None:
        """Wait until the transport takes more. Raises LostError where it does not in time, or the connection went."""
        if not self._may_write.is_set():
            self._watch.start(seconds, f"no room for {what} in time")
            await self._may_write.wait()
            self._watch.rest()
        if self._lost:
            raise LostError(self._lost)

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
        if not _REPLY_LINE.match(line) or len(self._lines) > _MOST_LINES:
            return self._break(f"no SMTP reply: {_decode(line[:80])!r}")
        self._lines.append(line)
        if line[3:4] != b"-":
            self._deliver(_parse(self._lines))
            self._lines = []
        return None

    def _deliver(self, reply: Reply) -> None:
        if not self._expected:
            return self._break(f"the relay closed the session: {reply.code} {reply.text}")
        waiting = self._expected.popleft()
        self._watch.rest()
        if not waiting.done():
            waiting.set_result(reply)
        return None

    def _break(self, reason: str) -> None:
        self._fail(reason)
        self._transport.abort()

    def _fail(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._watch.close()
        for waiting in self._expected:
            if not waiting.done():
                waiting.set_exception(LostError(self._lost))
        self._expected.clear()
        self._may_write.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"connection lost: {exc}" if exc else "the relay closed the connection")
        self.closed.set()


def _parse(lines: list[bytes]) -> Reply:
    text = " ".join(_decode(line[4:]).strip() for line in lines)
    return Reply(int(lines[-1][:3]), text[:_LONGEST_TEXT])


def _decode(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
