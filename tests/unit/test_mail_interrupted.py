"""A message too long for one write, and a relay that does not want all of it: the sender goes on in any case."""

import asyncio
import socket
import struct
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable

import uvloop

from publisher.mail import Answer, End, Relay, Timeouts, Tls, open_connection

ENVELOPE = b"250 ok\r\n250 ok\r\n354 go on\r\n"
LONG = b"Subject: Hello\r\n\r\n" + b"a line of text\r\n" * 800_000  # more than the buffers of both sides hold
WAITS = Timeouts(greeting=15, mail=15, rcpt=15, data=15, block=0.5, dot=15, quit=0.1)
RESET = struct.pack("ii", 1, 0)


def _send_long(interrupt: Callable[[Reader, Writer, asyncio.Event], Awaitable[None]]) -> Answer:
    """Send it to a relay that behaves up to the content, over the loop that the sender has."""
    has_ended, gone = asyncio.Event(), asyncio.Event()

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"220 scripted\r\n")
        await reader.readline()
        writer.write(b"250-scripted\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        writer.write(ENVELOPE)
        await interrupt(reader, writer, has_ended)
        writer.transport.abort()
        gone.set()

    async def send() -> Answer:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        relay = Relay(name="main", host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls=Tls.NONE)
        connection = await open_connection(relay, timeouts=WAITS)
        async with server, asyncio.timeout(15):
            answer = await connection.send("gazette@example.org", "alice@example.net", message=LONG)
            await connection.close()
            has_ended.set()
            await gone.wait()
        return answer

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(send())


async def _reset(reader: Reader, writer: Writer, _: asyncio.Event) -> None:
    await reader.read(1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


async def _answer_and_read_nothing(_: Reader, writer: Writer, has_ended: asyncio.Event) -> None:
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(0.2)  # by now the buffers are full, and the sender waits for room
    writer.write(b"552 5.3.4 too long\r\n")
    await has_ended.wait()


def test_x06_reset_amid_content_is_a_doubt() -> None:
    assert _send_long(_reset).end is End.UNANSWERED


def test_early_answer_does_not_end_the_watch() -> None:
    assert _send_long(_answer_and_read_nothing).reply.text == "no room for the message in time"
