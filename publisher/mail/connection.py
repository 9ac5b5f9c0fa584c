"""One connection to a relay: spoken over by our own reader, which knows every step, and pipelined where it may be.

A message is handed over in two acts. `open_envelope` names sender and recipient and asks to send; `send_content` sends
the message, with the envelope of the one that follows right behind it, so that a message costs one round trip
(RFC 2920). Where the relay does not offer PIPELINING each command waits for its answer.
"""

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import aiosmtplib

from publisher import failpoint
from publisher.mail.answer import SERVICE_CLOSING, Answer, End, Reply, Step
from publisher.mail.replies import Expected, LostError, Replies, Wait

_START_INPUT = 354
_BLOCK = 65_536
_DOT = b".\r\n"
_HOPED_FOR = [250, 250, _START_INPUT]
_STEPS = (Step.MAIL, Step.RCPT, Step.DATA)
_ENVELOPE_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f<>]+@[!-;=?-~]+")
_NO_UTF8 = Reply(0, "not sent: the relay does not take addresses beyond ASCII (RFC 6531)")
_NO_ADDRESS = Reply(0, "not sent: the address can't stand in an SMTP command")


class Envelope(NamedTuple):
    """Who writes and who is written to, as they stand on the wire, and how many bytes the message has."""

    sender: str
    recipient: str
    size: int


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


class Connection:
    """An open session: one message at a time, and it is always known how far that came."""

    def __init__(self, client: aiosmtplib.SMTP, *, timeouts: Timeouts) -> None:
        if client.transport is None or client.transport.is_closing():
            raise LostError("the relay closed the connection")
        self._transport = cast(asyncio.Transport, client.transport)
        self._timeouts = timeouts
        self._waits = (
            Wait(timeouts.mail, "MAIL"),
            Wait(timeouts.rcpt, "RCPT"),
            Wait(timeouts.data, "DATA"),
        )
        self._dot = Wait(timeouts.dot, "the message")
        self._takes_utf8 = client.supports_extension("smtputf8")
        self._takes_size = client.supports_extension("size")
        self._most = _find_most(client.esmtp_extensions.get("size", ""))
        self._is_pipelined = client.supports_extension("pipelining")
        self._replies = Replies(self._transport)
        self._transport.set_protocol(self._replies)
        self._offered: tuple[Envelope, Expected] | None = None
        self._waits_for_content = False
        self.attempts = 0

    @property
    def is_open(self) -> bool:
        """Whether another message can be handed over."""
        return not self._replies.is_lost

    def has_answered(self, envelope: Envelope) -> bool:
        """Whether what the relay says to an envelope is there already, so that `open_envelope` will not wait."""
        return self._offered is not None and self._offered[0] is envelope and self._offered[1].is_done

    async def send(self, sender: str, recipient: str, *, message: bytes) -> Answer:
        """Hand one message over: CRLF throughout, without the final dot. Never raises for what the relay does."""
        refusal = await self.open_envelope(Envelope(sender, recipient, len(message)))
        return refusal or await self.send_content(message.replace(b"\r\n.", b"\r\n.."))

    async def open_envelope(self, envelope: Envelope) -> Answer | None:
        """Name the two sides and ask to send; None once the relay waits for the content, else how it ended.

        Never raises for what the relay does.
        """
        self.attempts += 1
        obstacle = self._find_obstacle(envelope)
        if obstacle:
            return obstacle
        replies: Sequence[Reply] = ()
        lost = ""
        try:
            replies = await self._ask_envelope(envelope)
        except LostError as error:
            replies, lost = error.replies, str(error)
        refusal = _find_refusal(replies)
        if refusal is None and not lost:
            self._waits_for_content = True
            failpoint.reach("enveloped")
            return None
        if refusal and refusal.reply.code >= 400:
            await self._leave_envelope(refusal.reply, replies)
            return refusal
        if refusal:
            lost = f"an answer to {refusal.step.upper()} that is none: {refusal.reply.code} {refusal.reply.text}"
        step = refusal.step if refusal else _STEPS[len(replies) % len(_STEPS)]
        return self._give_up(lost, End.UNSENT, step=step)

    def _find_obstacle(self, envelope: Envelope) -> Answer | None:
        """What keeps a message from being offered here at all."""
        if not _ENVELOPE_ADDRESS.fullmatch(envelope.recipient):
            return Answer(end=End.UNADDRESSABLE, step=Step.RCPT, reply=_NO_ADDRESS)
        if not self._takes_utf8 and not envelope.recipient.isascii():
            return Answer(end=End.UNADDRESSABLE, step=Step.RCPT, reply=_NO_UTF8)
        if self._most and envelope.size > self._most:
            words = f"5.3.4 not sent: {envelope.size} bytes are more than the relay takes ({self._most})"
            return Answer(end=End.ANSWERED, step=Step.MAIL, reply=Reply(552, words))
        return None

    async def _ask_envelope(self, envelope: Envelope) -> Sequence[Reply]:
        offered, self._offered = self._offered, None
        if offered and offered[0] is envelope:
            return await offered[1]
        commands = self._build_commands(envelope)
        if self._is_pipelined:
            expected = self._replies.expect(*self._waits)
            self._transport.write(b"".join(commands))
            return await expected
        return await self._ask_one_by_one(commands)

    async def _ask_one_by_one(self, commands: Sequence[bytes]) -> list[Reply]:
        replies: list[Reply] = []
        for command, wait in zip(commands, self._waits, strict=True):
            try:
                replies += await self._ask(command, wait)
            except LostError as error:
                raise LostError(str(error), tuple(replies)) from error
            if _find_refusal(replies):
                break
        return replies

    def _build_commands(self, envelope: Envelope) -> tuple[bytes, bytes, bytes]:
        options = f" SIZE={envelope.size}" if self._takes_size else ""
        if not envelope.recipient.isascii():
            options += " BODY=8BITMIME SMTPUTF8"
        mail = f"MAIL FROM:<{envelope.sender}>{options}\r\n"
        return mail.encode(), f"RCPT TO:<{envelope.recipient}>\r\n".encode(), b"DATA\r\n"

    async def send_content(self, message: bytes, *, following: Envelope | None = None) -> Answer:
        """Send the message that the open envelope is for, and offer the envelope that follows, which must be next.

        It is ready for DATA: no line begins with a dot that is not doubled (a stencil's has none that begins with one).
        """
        self._waits_for_content = False
        try:
            ending = self._replies.expect(self._dot)
        except LostError as error:  # before the first byte of it
            return self._give_up(str(error), End.UNSENT, step=Step.DATA)
        try:
            offer = self._offer(following) if following else b""
            await self._write(b"".join((message, _DOT, offer)))
            failpoint.reach("written")
            (reply,) = await ending
            failpoint.reach("answered")
            if not reply.is_positive and reply.code < 400:
                raise LostError(f"an answer to the message that is none: {reply.code} {reply.text}")
        except LostError as error:
            return self._give_up(str(error), End.UNANSWERED, step=Step.CONTENT)
        if reply.code == SERVICE_CLOSING:
            self.abort()
        return Answer(end=End.ANSWERED, step=Step.CONTENT, reply=reply)

    def _offer(self, envelope: Envelope) -> bytes:
        """The commands that may go out behind a message."""
        if not self._is_pipelined or self._find_obstacle(envelope):
            return b""
        self._offered = envelope, self._replies.expect(*self._waits)
        return b"".join(self._build_commands(envelope))

    async def _write(self, content: bytes) -> None:
        for start in range(0, len(content), _BLOCK):
            if start:
                failpoint.reach("half")
                await asyncio.sleep(0)  # a long message takes turns with the other lanes
                self._replies.check()  # uvloop takes nothing more for a connection that went meanwhile
            self._transport.write(content[start : start + _BLOCK] if len(content) > _BLOCK else content)
            await self._replies.drain(seconds=self._timeouts.block, what="the message")

    async def _ask(self, command: bytes, wait: Wait) -> list[Reply]:
        expected = self._replies.expect(wait)
        self._transport.write(command)
        return await expected

    def _give_up(self, reason: str, end: End, *, step: Step) -> Answer:
        self.abort()
        return Answer(end=end, step=step, reply=Reply(0, reason))

    async def _leave_envelope(self, refusal: Reply, replies: Sequence[Reply]) -> None:
        """Go back to where the next message may begin; the connection ends where that can't be done."""
        if refusal.code == SERVICE_CLOSING or not self.is_open:
            return self.abort()
        try:
            if len(replies) == len(_STEPS) and replies[-1].code == _START_INPUT:
                # It waits for content though it has no recipient: it gets none (RFC 2920 3.1).
                await self._ask(_DOT, self._dot)
            (reply,) = await self._ask(b"RSET\r\n", Wait(self._timeouts.mail, "RSET"))
        except LostError:
            return self.abort()
        return None if reply.is_positive else self.abort()

    def abort(self) -> None:
        """Drop the connection at once; what is under way ends with what is then known."""
        self._transport.abort()

    async def close(self) -> None:
        """Take leave with QUIT where the relay still listens for one, and close in any case."""
        if self._offered or self._waits_for_content:  # what it heard now would be a message to it
            self.abort()
        with contextlib.suppress(LostError):
            await self._ask(b"QUIT\r\n", Wait(self._timeouts.quit, "QUIT"))
        self._transport.close()
        try:
            async with asyncio.timeout(self._timeouts.quit):
                await self._replies.closed.wait()
        except TimeoutError:
            self.abort()


def _find_most(size: str) -> int:
    """The bytes that a relay's SIZE announces (RFC 1870); 0 where it sets no limit."""
    return int(size) if size.isascii() and size.isdigit() else 0


def _find_refusal(replies: Sequence[Reply]) -> Answer | None:
    """The first answer to an envelope that is not the hoped-for one."""
    if [reply.code for reply in replies] == _HOPED_FOR:
        return None
    for step, reply in zip(_STEPS, replies, strict=False):
        if not (reply.code == _START_INPUT if step is Step.DATA else reply.is_positive):
            return Answer(end=End.ANSWERED, step=step, reply=reply)
    return None
