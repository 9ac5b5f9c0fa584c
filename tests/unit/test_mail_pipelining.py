"""PIPELINING (RFC 2920): commands go out together, and each answer is still the answer to its own command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from publisher.mail import Connection, End, Envelope, Relay, Step, Timeouts, Tls, open_connection

FROM = "gazette@example.org"
MESSAGE = b"Subject: Hello\r\n\r\nBonjour\r\n"
WAITS = Timeouts(greeting=15, mail=15, rcpt=15, data=15, block=15, dot=15, quit=1)
ENVELOPE = b"250 ok\r\n250 ok\r\n354 go on\r\n"


@dataclass
class Script:
    """A server that offers PIPELINING; after each text that it waits for it says what belongs to it."""

    steps: list[tuple[bytes, bytes]]
    heard: bytearray = field(default_factory=bytearray)
    is_dribbling: bool = False
    port: int = 0
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            self.has_ended.set()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 scripted\r\n")
        await reader.readline()
        writer.write(b"250-scripted\r\n250-SIZE 100000\r\n250 PIPELINING\r\n")
        for awaited, reply in self.steps:
            self.heard += await reader.readuntil(awaited)
            for part in [reply[i : i + 1] for i in range(len(reply))] if self.is_dribbling else [reply]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
        with suppress(ConnectionError):  # we may drop it, and that is what a test looks at
            self.heard += await reader.read()
        writer.close()


@asynccontextmanager
async def _talking(script: Script) -> AsyncIterator[Connection]:
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    async with server:
        script.port = server.sockets[0].getsockname()[1]
        relay = Relay(name="main", host="127.0.0.1", port=script.port, tls=Tls.NONE)
        connection = await open_connection(relay, hello="gazette.example", timeouts=WAITS)
        try:
            yield connection
        finally:
            connection.abort()
            await connection.close()
            await asyncio.wait_for(script.has_ended.wait(), 15)  # else it may not have heard all yet


def _envelope(name: str) -> Envelope:
    return Envelope(FROM, f"{name}@example.net", len(MESSAGE))


async def test_envelope_goes_out_at_once() -> None:
    script = Script([(b"DATA\r\n", ENVELOPE), (b"\r\n.\r\n", b"250 taken\r\n")])
    async with _talking(script) as connection:
        answer = await connection.send(FROM, "alice@example.net", message=MESSAGE)
    assert answer.is_accepted
    assert script.heard.startswith(
        b"MAIL FROM:<gazette@example.org> SIZE=27\r\nRCPT TO:<alice@example.net>\r\nDATA\r\nSubject"
    )


async def test_next_envelope_goes_behind_content() -> None:
    # The server says nothing to the first message before it has the second one's DATA.
    script = Script(
        [(b"DATA\r\n", ENVELOPE), (b".\r\n", b""), (b"DATA\r\n", b"250 first\r\n" + ENVELOPE), (b".\r\n", b"250 2\r\n")]
    )
    alice, bob = _envelope("alice"), _envelope("bob")
    async with _talking(script) as connection:
        assert await connection.open_envelope(alice) is None
        first = await connection.send_content(MESSAGE, following=bob)
        assert connection.has_answered(bob)
        assert await connection.open_envelope(bob) is None
        second = await connection.send_content(MESSAGE)
    assert [first.reply.text, second.reply.text] == ["first", "2"]


@pytest.mark.parametrize("is_dribbling", [False, True])
@pytest.mark.parametrize(
    ("replies", "step", "code"),
    [
        (b"550 5.7.1 no\r\n503 bad\r\n503 bad\r\n", Step.MAIL, 550),
        (b"250 ok\r\n550 5.1.1 no\r\n503 bad\r\n", Step.RCPT, 550),
        (b"250 ok\r\n450-4.2.0 wait\r\n450 4.2.0 a while\r\n554 no recipients\r\n", Step.RCPT, 450),
        (b"250 ok\r\n250 ok\r\n451 4.3.0 later\r\n", Step.DATA, 451),
    ],
)
async def test_refusal_is_the_right_command_s(replies: bytes, step: Step, code: int, is_dribbling: bool) -> None:
    steps = [
        (b"DATA\r\n", replies),
        (b"RSET\r\n", b"250 ok\r\n"),
        (b"DATA\r\n", ENVELOPE),
        (b"\r\n.\r\n", b"250 ok\r\n"),
    ]
    script = Script(steps, is_dribbling=is_dribbling)
    async with _talking(script) as connection:
        refused = await connection.send(FROM, "alice@example.net", message=MESSAGE)
        again = await connection.send(FROM, "bob@example.net", message=MESSAGE)
    assert (refused.end, refused.step, refused.reply.code) == (End.ANSWERED, step, code)
    assert again.is_accepted


async def test_no_recipient_gets_only_the_dot() -> None:
    steps = [
        (b"DATA\r\n", b"250 ok\r\n550 5.1.1 no\r\n354 go on\r\n"),
        (b".\r\n", b"554 no valid recipients\r\n"),
        (b"RSET\r\n", b"250 ok\r\n"),
    ]
    script = Script(steps)
    async with _talking(script) as connection:
        answer = await connection.send(FROM, "alice@example.net", message=MESSAGE)
        assert connection.is_open
    assert (answer.step, answer.reply.code) == (Step.RCPT, 550)
    assert script.heard.endswith(b"DATA\r\n.\r\nRSET\r\n")


async def test_withdrawn_row_sends_no_empty_mail() -> None:
    script = Script([(b"DATA\r\n", ENVELOPE), (b"DATA\r\n", b"250 ok\r\n" + ENVELOPE)])
    alice, bob = _envelope("alice"), _envelope("bob")
    async with _talking(script) as connection:
        await connection.open_envelope(alice)
        assert (await connection.send_content(MESSAGE, following=bob)).is_accepted
        await connection.close()
        assert not connection.is_open
    assert script.heard.endswith(b"RCPT TO:<bob@example.net>\r\nDATA\r\n")


async def test_leave_is_not_taken_amid_a_message() -> None:
    script = Script([(b"DATA\r\n", ENVELOPE)])
    async with _talking(script) as connection:
        assert await connection.open_envelope(_envelope("alice")) is None
        await connection.close()
    assert script.heard.endswith(b"DATA\r\n")


async def test_loss_at_content_leaves_the_next_unsent() -> None:
    script = Script([(b"DATA\r\n", ENVELOPE), (b".\r\n", b"421 4.3.2 closing\r\n")])
    alice, bob = _envelope("alice"), _envelope("bob")
    async with _talking(script) as connection:
        await connection.open_envelope(alice)
        answer = await connection.send_content(MESSAGE, following=bob)
        assert not connection.is_open
        following = await connection.open_envelope(bob)
    assert (answer.step, answer.reply.code) == (Step.CONTENT, 421)
    assert following
    assert following.end is End.UNSENT


@pytest.mark.parametrize(
    ("replies", "step"),
    [
        (b"250 ok\r\n250 ok\r\n250 ok\r\n", Step.DATA),
        (b"354 go\r\n250 ok\r\n354 go\r\n", Step.MAIL),
        (b"250 a\r\n250 b\r\n354 c\r\n354 d\r\n", Step.DATA),
    ],
)
async def test_answers_that_do_not_fit_end_it(replies: bytes, step: Step) -> None:
    script = Script([(b"DATA\r\n", replies)])
    async with _talking(script) as connection:
        answer = await connection.send(FROM, "alice@example.net", message=MESSAGE)
        assert not connection.is_open
    assert (answer.end, answer.step) == (End.UNSENT, step)


async def test_closed_before_content_is_unsent() -> None:
    script = Script([(b"DATA\r\n", ENVELOPE + b"421 4.3.2 no time\r\n")])
    async with _talking(script) as connection:
        answer = await connection.send(FROM, "alice@example.net", message=MESSAGE)
    assert answer.end is End.UNSENT
    assert "no time" in answer.reply.text


async def test_m18_size_is_honoured() -> None:
    script = Script([])
    async with _talking(script) as connection:
        answer = await connection.send(FROM, "alice@example.net", message=MESSAGE + b"x" * 100_000)
        assert connection.is_open
    assert (answer.step, answer.reply.code, answer.reply.enhanced) == (Step.MAIL, 552, "5.3.4")
    assert script.heard == b""
