"""A relay in another town: it takes every message, and each answer comes a round trip after what it answers.

    python -m tests.benchmarks.far_relay PORT SECONDS

The delay is a network's: it lies on the answers, each counts from when its command came, and those to commands that
came together come back together and in order. So commands that are sent at once cost one round trip, and any number of
connections wait beside each other. It thinks for no time, offers PIPELINING, and keeps nothing.
"""

import asyncio
import sys
from collections import deque
from typing import cast

import uvloop

_END = b"\r\n.\r\n"
_HELLO = b"250-far.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"


class Session(asyncio.Protocol):
    """One connection; what it answers waits in `_answers` until the round trip is over."""

    def __init__(self, delay: float) -> None:
        self._delay, self._loop = delay, asyncio.get_running_loop()
        self._answers: deque[tuple[float, bytes]] = deque()
        self._buffer = bytearray()
        self._recipients = 0
        self._is_content = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own are of no class of asyncio's
        self._answer(b"220 far.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        seen = len(self._buffer)
        self._buffer += data
        answers = b""
        while (answer := self._read_content(seen) if self._is_content else self._read_command()) is not None:
            answers += answer
            seen = 0
        if answers:
            self._answer(answers)

    def _read_command(self) -> bytes | None:
        """The answer to the next command; None when there is no whole one."""
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        verb = bytes(self._buffer[:4]).upper()
        del self._buffer[: end + 2]
        return self._obey(verb)

    def _obey(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return _HELLO
        if verb in (b"RSET", b"MAIL"):
            self._recipients = 0
        elif verb == b"RCPT":
            self._recipients += 1
        elif verb == b"DATA" and not self._recipients:
            return b"554 5.5.1 no valid recipients\r\n"
        elif verb == b"DATA":
            self._is_content = True
            self._buffer[:0] = b"\r\n"  # so that a lone dot ends a content of nothing
            return b"354 go on\r\n"
        elif verb == b"QUIT":
            return b"221 2.0.0 bye\r\n"
        return b"250 2.0.0 ok\r\n"

    def _read_content(self, seen: int) -> bytes | None:
        """The answer to the dot; None when it has not come. What was `seen` before is not searched again."""
        found = self._buffer.find(_END, max(seen - len(_END), 0))
        if found < 0:
            return None
        del self._buffer[: found + len(_END)]
        self._is_content, self._recipients = False, 0
        return b"250 2.0.0 taken\r\n"

    def _answer(self, answers: bytes) -> None:
        due = self._loop.time() + self._delay
        self._answers.append((due, answers))
        if len(self._answers) == 1:
            self._loop.call_at(due, self._send_due)

    def _send_due(self) -> None:
        while self._answers and self._answers[0][0] <= self._loop.time():
            self._write(self._answers.popleft()[1])
        if self._answers:
            self._loop.call_at(self._answers[0][0], self._send_due)

    def _write(self, answers: bytes) -> None:
        self._transport.write(answers)
        if answers.endswith(b"221 2.0.0 bye\r\n"):
            self._transport.close()


async def serve(port: int, *, delay: float) -> None:
    """Serve on loopback until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(delay), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), delay=float(sys.argv[2])))
