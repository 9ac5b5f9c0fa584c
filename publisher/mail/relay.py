"""One connection to a relay: opened by aiosmtplib, then spoken over by our own reader, which knows every step."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import aiosmtplib

from publisher import failpoint
from publisher.errors import SendError, UsageError
from publisher.mail.answer import SERVICE_CLOSING, Answer, End, Reply, Step
from publisher.mail.replies import LostError, Replies

_START_INPUT = 354
_BLOCK = 65_536
_ENVELOPE_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f<>]+@[!-;=?-~]+")
_NO_UTF8 = Reply(0, "not sent: the relay does not take addresses beyond ASCII (RFC 6531)")
_NO_ADDRESS = Reply(0, "not sent: the address can't stand in an SMTP command")


class Tls(StrEnum):
    """How a connection is encrypted; the certificate is always checked."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """An SMTP server that takes our mail; `hello` is the name that we give there (empty: the message domain).

    Raises UsageError for a password that would cross the network in clear.
    """

    name: str
    host: str
    port: int
    tls: Tls
    username: str = ""
    password: str = field(default="", repr=False)
    connections: int = 3
    hello: str = ""

    def __post_init__(self) -> None:
        if self.username and self.tls is Tls.NONE:
            raise UsageError(f'relay {self.name}: a password needs tls = "starttls" or "implicit"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for each reply (RFC 5321 4.5.3.2), for a block of content to go out, and for a last QUIT."""

    greeting: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    quit: float = 5


async def open_connection(relay: Relay, *, hello: str = "", timeouts: Timeouts | None = None) -> "Connection":
    """A connection that is ready for mail: encrypted and logged in as the relay's settings say.

    Raises SendError with the relay's code, or 0 where it said nothing.
    """
    limits = timeouts or failpoint.hasten(Timeouts())
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.username or None,
        password=relay.password or None,
        local_hostname=relay.hello or hello or "localhost",
        timeout=limits.greeting,
        use_tls=relay.tls is Tls.IMPLICIT,
        start_tls=relay.tls is Tls.STARTTLS,
    )
    try:
        await client.connect()
        await _say_hello(client)
        return Connection(client, timeouts=limits)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise _translate(error, relay) from error
    except asyncio.CancelledError:
        client.close()
        raise


async def _say_hello(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _translate(error: Exception, relay: Relay) -> SendError:
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
    words = getattr(error, "message", "") or str(error) or type(error).__name__
    message = f"relay {relay.name} ({relay.host}:{relay.port}): {words}"
    return SendError(code, message, recipient="", is_permanent=500 <= code < 600)


class Connection:
    """An open session; `send` hands one message over at a time and always says how far that came."""

    def __init__(self, client: aiosmtplib.SMTP, *, timeouts: Timeouts) -> None:
        if client.transport is None or client.transport.is_closing():
            raise LostError("the relay closed the connection")
        self._transport = cast(asyncio.Transport, client.transport)
        self._timeouts = timeouts
        self._takes_utf8 = client.supports_extension("smtputf8")
        self._takes_size = client.supports_extension("size")
        self._replies = Replies(self._transport)
        self._transport.set_protocol(self._replies)
        self.attempts = 0

    @property
    def is_open(self) -> bool:
        """Whether another message can be handed over."""
        return not self._replies.is_lost

    async def send(self, sender: str, recipient: str, *, message: bytes) -> Answer:
        """Hand one message over: CRLF throughout, without the final dot. Never raises for what the relay does."""
        self.attempts += 1
        if not _ENVELOPE_ADDRESS.fullmatch(recipient):
            return Answer(end=End.UNADDRESSABLE, step=Step.RCPT, reply=_NO_ADDRESS)
        if not recipient.isascii() and not self._takes_utf8:
            return Answer(end=End.UNADDRESSABLE, step=Step.RCPT, reply=_NO_UTF8)
        options = self._build_options(recipient, size=len(message))
        waits = self._timeouts
        envelope = (
            (Step.MAIL, f"MAIL FROM:<{sender}>{options}\r\n".encode(), waits.mail),
            (Step.RCPT, f"RCPT TO:<{recipient}>\r\n".encode(), waits.rcpt),
            (Step.DATA, b"DATA\r\n", waits.data),
        )
        for step, command, seconds in envelope:
            refusal = await self._step(step, command, seconds=seconds)
            if refusal:
                return refusal
        return await self._send_content(message)

    def _build_options(self, recipient: str, *, size: int) -> str:
        options = f" SIZE={size}" if self._takes_size else ""
        return options if recipient.isascii() else f"{options} BODY=8BITMIME SMTPUTF8"

    async def _step(self, step: Step, command: bytes, *, seconds: float) -> Answer | None:
        """Say one command of the envelope; the end of the attempt, or None where the next command may follow."""
        try:
            reply = await self._ask(command, seconds=seconds, what=step.upper())
            if step is Step.DATA:
                failpoint.reach("enveloped")
            if reply.code == _START_INPUT if step is Step.DATA else reply.is_positive:
                return None
            if reply.code < 400:
                raise LostError(f"an answer to {step.upper()} that is none: {reply.code} {reply.text}")
        except LostError as error:
            return self._give_up(error, End.UNSENT, step=step)
        await self._leave_envelope(reply)
        return Answer(end=End.ANSWERED, step=step, reply=reply)

    async def _send_content(self, message: bytes) -> Answer:
        try:
            waiting = self._replies.expect()
            await self._write(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            failpoint.reach("written")
            reply = await self._replies.wait(waiting, seconds=self._timeouts.dot, what="the message")
            failpoint.reach("answered")
            if not reply.is_positive and reply.code < 400:
                raise LostError(f"an answer to the message that is none: {reply.code} {reply.text}")
        except LostError as error:
            return self._give_up(error, End.UNANSWERED, step=Step.CONTENT)
        if reply.code == SERVICE_CLOSING:
            self.abort()
        return Answer(end=End.ANSWERED, step=Step.CONTENT, reply=reply)

    async def _write(self, content: bytes) -> None:
        for start in range(0, len(content), _BLOCK):
            if start:
                failpoint.reach("half")
                await asyncio.sleep(0)  # a long message takes turns with the other lanes
            self._transport.write(content[start : start + _BLOCK])
            await self._replies.drain(seconds=self._timeouts.block, what="the message")

    async def _ask(self, command: bytes, *, seconds: float, what: str) -> Reply:
        waiting = self._replies.expect()
        self._transport.write(command)
        return await self._replies.wait(waiting, seconds=seconds, what=what)

    def _give_up(self, error: LostError, end: End, *, step: Step) -> Answer:
        self.abort()
        return Answer(end=end, step=step, reply=Reply(0, str(error)))

    async def _leave_envelope(self, refusal: Reply) -> None:
        if refusal.code == SERVICE_CLOSING:
            return self.abort()
        try:
            reply = await self._ask(b"RSET\r\n", seconds=self._timeouts.mail, what="RSET")
        except LostError:
            return self.abort()
        return None if reply.is_positive else self.abort()

    def abort(self) -> None:
        """Drop the connection at once; a `send` that is under way ends with what is then known."""
        self._transport.abort()

    async def close(self) -> None:
        """Take leave with QUIT where the relay still listens, and close in any case."""
        with contextlib.suppress(LostError):
            await self._ask(b"QUIT\r\n", seconds=self._timeouts.quit, what="QUIT")
        self._transport.close()
        try:
            async with asyncio.timeout(self._timeouts.quit):
                await self._replies.closed.wait()
        except TimeoutError:
            self.abort()
