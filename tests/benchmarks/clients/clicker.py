"""Readers who leave by one click (RFC 8058): `python -m … PORT SECONDS FILE`, a POST each so many seconds.

FILE has a token a line. It ends with them, or when nobody holds the other end of its standard input any more, and then
prints a JSON line: for each POST when it was due, the seconds from then to its whole answer, and the answer's status.
A POST goes out when it is due, whether or not those before it have been answered, over a connection of its own.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

_BODY = b"List-Unsubscribe=One-Click"
_REQUEST = (
    b"POST /unsubscribe/%b HTTP/1.1\r\nHost: gazette.example.org\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%b"
)
Click = tuple[float, float, int]


async def click_on(port: int, *, tokens: Sequence[str], every: float) -> list[Click]:
    """POST one token after the other until standard input ends."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    began, clicks = time.time(), list[asyncio.Task[Click]]()
    for number, token in enumerate(tokens):
        due = began + number * every
        await asyncio.sleep(max(due - time.time(), 0))
        if ended.is_set():
            break
        clicks.append(asyncio.create_task(_click(port, token, due)))
    return await asyncio.gather(*clicks)


async def _click(port: int, token: str, due: float) -> Click:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_REQUEST % (token.encode(), len(_BODY), _BODY))
    answer = await reader.read(-1)
    seconds = time.time() - due
    writer.close()
    return due, seconds, int(answer.split(b" ", 2)[1])


if __name__ == "__main__":
    lines = Path(sys.argv[3]).read_text().split()
    json.dump(uvloop.run(click_on(int(sys.argv[1]), tokens=lines, every=float(sys.argv[2]))), sys.stdout)
