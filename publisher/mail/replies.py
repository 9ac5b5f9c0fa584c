"""Reads a relay's replies in order from a connection that aiosmtplib has opened."""

import asyncio
import re
from collections import deque

from publisher.mail.answer import Reply

_LONGEST_LINE = 8192
_MOST_LINES = 200
_LONGEST_TEXT = 500
_REPLY_LINE = re.compile(rb"[2-5]\d\d(?:[ -]|$)")


class LostError(ConnectionError):
    """The connection is gone, or what came over it was no SMTP."""


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
        self.closed = asyncio.Event()

    @property
    def is_lost(self) -> bool:
        """Whether no further reply can come."""
        return bool(self._lost) or self._transport.is_closing()

    def expect(self) -> asyncio.Future[Reply]:
        """The next reply that nobody waits for yet. Raises LostError on a dead connection."""
        if self.is_lost:
            raise LostError(self._lost or "the connection is closed")
        waiting = asyncio.get_running_loop().create_future()
        self._expected.append(waiting)
        return waiting

    async def drain(self) -> None:
        """Wait until the transport takes more. Raises LostError where the connection has gone meanwhile."""
        await self._may_write.wait()
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
        if not waiting.done():
            waiting.set_result(reply)
        return None

    def _break(self, reason: str) -> None:
        self._fail(reason)
        self._transport.abort()

    def _fail(self, reason: str) -> None:
        self._lost = self._lost or reason
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
