"""One session of the torture's relay: speaks SMTP, and holds the client to it."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from tests.torture.acts import PLAIN, Act, End, Form, Step

if TYPE_CHECKING:
    from tests.torture.relay import TortureRelay

_PATH = re.compile(rb"(?:FROM|TO):<([^>]*)>", re.IGNORECASE)
_HEADER = rb"^%b:[ \t]*(.*?)\r$"
_SLOW = 0.1
_GO_ON = "354 go on"
GARBLED_TLS = "220 2.0.0 go on, but no TLS follows"
_NO_TLS = b"\x15\x03\x01 no handshake \xff\xfe"


class Session(asyncio.Protocol):
    """Reads commands as they come, many at once; replies to what came in one packet go out in one."""

    def __init__(self, relay: "TortureRelay", *, seat: int) -> None:
        self._relay, self._seat = relay, seat
        self._transport: asyncio.Transport
        self._loop = asyncio.get_running_loop()
        self._unread = bytearray()
        self._out: list[bytes] = []
        self._is_held = self._is_over = False
        self._sender: str | None = None
        self._recipient = ""
        self._content: bytearray | None = None
        self._is_content_new = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._relay.sessions.add(self)
        self._reach(Step.CONNECT, "220 torture ESMTP")
        self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over = True
        self._relay.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._work()

    def cut(self) -> None:
        """End the session without a word."""
        self._is_over = True
        self._transport.abort()

    def _work(self) -> None:
        while self._unread and not (self._is_held or self._is_over):
            if not (self._read_content() if self._content is not None else self._read_command()):
                break
        self._flush()

    def _flush(self) -> None:
        if self._out and not self._is_over:
            self._transport.write(b"".join(self._out))
        self._out.clear()

    # Commands.

    def _read_command(self) -> bool:
        line, mark, rest = self._unread.partition(b"\n")
        if not mark:
            return False
        self._unread = rest
        verb = bytes(line[:4]).upper()
        if not self._relay.offer.pipelining and rest:
            self._relay.note_wrong(f"spoke before it was its turn, after {verb.decode('ascii', 'replace')}")
        if verb in (b"EHLO", b"DATA", b"STAR") and rest:
            self._relay.note_wrong(f"more came behind {verb.decode()}, which ends a group")
        act = {
            b"EHLO": self._hello,
            b"HELO": self._hello,
            b"STAR": self._start_tls,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._data,
            b"RSET": self._reset,
            b"QUIT": self._quit,
        }.get(verb)
        if act is None:
            self._out.append(b"500 5.5.2 what?\r\n")
        else:
            act(bytes(line))
        return True

    def _hello(self, _line: bytes) -> None:
        offer = self._relay.offer
        words = {
            "PIPELINING": offer.pipelining,
            "SIZE 20000000": offer.size,
            "8BITMIME": offer.eight_bit,
            "SMTPUTF8": offer.utf8,
            "STARTTLS": offer.tls is not None and self._transport.get_extra_info("ssl_object") is None,
        }
        lines = ["torture", *(word for word, is_offered in words.items() if is_offered), "ENHANCEDSTATUSCODES"]
        text = "\r\n".join(f"250-{one}" for one in lines[:-1])
        self._forget()
        self._reach(Step.HELLO, f"{text}\r\n250 {lines[-1]}")

    def _start_tls(self, _line: bytes) -> None:
        self._reach(Step.TLS, "220 2.0.0 go on", then=self._shake_hands)

    def _shake_hands(self, reply: str) -> None:
        if reply.startswith("220"):
            self._is_held = True
            self._flush()
            if reply == GARBLED_TLS:
                self._loop.call_later(_SLOW, self._transport.write, _NO_TLS)
                self._loop.call_later(2 * _SLOW, self.cut)
                return
            self._task = self._loop.create_task(self._encrypt())

    async def _encrypt(self) -> None:
        assert self._relay.offer.tls
        try:
            changed = await self._loop.start_tls(self._transport, self, self._relay.offer.tls, server_side=True)
        except OSError:
            self.cut()
        else:
            assert changed is not None
            self._transport, self._is_held = changed, False
            self._work()

    def _mail(self, line: bytes) -> None:
        def begin(reply: str) -> None:
            if reply.startswith("2"):
                self._sender = _find_path(line)

        if self._sender is not None:
            self._relay.note_wrong("MAIL in the middle of an envelope")
        self._forget()
        self._reach(Step.MAIL, "250 2.1.0 ok", then=begin)

    def _rcpt(self, line: bytes) -> None:
        recipient = _find_path(line)

        def add(reply: str) -> None:
            if reply.startswith("2"):
                self._recipient = recipient

        usual = "250 2.1.5 ok" if self._sender is not None else "503 5.5.1 MAIL first"
        self._reach(Step.RCPT, usual, then=add, recipient=recipient)

    def _data(self, _line: bytes) -> None:
        def begin(reply: str) -> None:
            if reply.startswith("354"):
                self._content, self._is_content_new = bytearray(), True

        has_one = bool(self._recipient) or (self._sender is not None and not self._relay.offer.is_strict)
        self._reach(Step.DATA, _GO_ON if has_one else "503 5.5.1 nobody to mail", then=begin)

    def _reset(self, _line: bytes) -> None:
        self._forget()
        self._reach(Step.RESET, "250 2.0.0 ok")

    def _quit(self, _line: bytes) -> None:
        self._out.append(b"221 2.0.0 bye\r\n")
        self._flush()
        self._is_over = True
        self._transport.close()

    def _forget(self) -> None:
        self._sender, self._recipient = None, ""

    # Content.

    def _read_content(self) -> bool:
        if self._is_content_new:
            self._is_content_new = False
            self._reach(Step.CONTENT, "")
            return True
        content = self._content
        assert content is not None
        seen = max(len(content) - 4, 0)
        content += self._unread
        self._unread = bytearray()
        end = 3 if content.startswith(b".\r\n") else content.find(b"\r\n.\r\n", seen) + 5
        if end < 5 and not content.startswith(b".\r\n"):
            return False
        self._unread = content[end:]
        self._content = None
        if not self._relay.offer.pipelining and self._unread:
            self._relay.note_wrong("spoke before its content was answered")
        self._take(bytes(content[: end - 3]))
        return True

    def _take(self, message: bytes) -> None:
        recipient = self._recipient
        if not recipient:
            if message:
                self._relay.note_wrong("content for nobody")
            self._forget()
            self._out.append(b"554 5.5.1 no valid recipients\r\n")
            return
        found = _check(message, recipient)
        if found.startswith("!"):
            self._relay.note_wrong(f"{recipient}: {found[1:]}")
        self._reach(Step.DOT, "250 2.0.0 taken", message_id=found, then=lambda _: self._be_later())

    def _be_later(self) -> None:
        self._forget()
        self._reach(Step.LATER, "")

    # Acts.

    def _reach(
        self,
        step: Step,
        usual: str,
        *,
        then: Callable[[str], None] | None = None,
        recipient: str = "",
        message_id: str = "",
    ) -> None:
        """Answer a step by the relay's rules; `then` learns the reply."""
        whose = recipient or self._recipient
        act = self._relay.visit(step, recipient=whose, seat=self._seat)
        reply = act.reply or usual

        def finish() -> None:
            if step is Step.DOT:
                self._decide(act, reply, recipient=whose, message_id=message_id)
            self._answer(act, reply)
            if then and not self._is_over:
                then(reply)

        if act.before is not _unset:
            self._flush()
            act.before()
        if act.delay:
            self._hold(act.delay, finish)
        else:
            finish()

    def _hold(self, seconds: float, then: Callable[[], None]) -> None:
        self._flush()
        self._is_held = True

        def go_on() -> None:
            if not self._is_over:
                self._is_held = False
                then()
                self._work()

        self._loop.call_later(seconds, go_on)

    def _decide(self, act: Act, reply: str, *, recipient: str, message_id: str) -> None:
        is_positive = reply.startswith("2")
        if act.is_taken if act.is_taken is not None else is_positive and act.end is End.NONE:
            self._relay.take(recipient, message_id, seat=self._seat)
        elif is_positive and act.end is End.NONE:
            self._relay.lied_to.add(recipient)

    def _answer(self, act: Act, reply: str) -> None:
        if act.end is End.HANG:
            self._flush()
            self._is_held = True
            return
        data = act.raw or (f"{reply}\r\n".encode() if reply and act.end is not End.CUT else b"")
        self._put(data, act.form)
        if act.end is End.CUT or reply.startswith("421"):
            self._flush()
            self._is_over = True
            self._transport.close()
        if act.after is not _unset:  # whoever is told must find the reply on its way
            self._flush()
            act.after()

    def _put(self, data: bytes, form: Form) -> None:
        self._out.append(data)
        if form is Form.TWICE:
            self._out.append(data)
        elif form in (Form.SPLIT, Form.SLOW):
            self._out.pop()
            self._flush()
            self._drip(data, seconds=_SLOW if form is Form.SLOW else 0)

    def _drip(self, data: bytes, *, seconds: float) -> None:
        """Send byte by byte, and go on with what was read meanwhile."""
        self._is_held = True

        def drop(position: int) -> None:
            if self._is_over:
                return
            self._transport.write(data[position : position + 1])
            if position + 1 < len(data):
                self._loop.call_later(seconds, drop, position + 1)
            else:
                self._is_held = False
                self._work()

        drop(0)


_unset = PLAIN.after


def _find_path(line: bytes) -> str:
    found = _PATH.search(line)
    return found[1].decode("utf-8", "replace") if found else ""


def _find_header(head: bytes, name: bytes) -> str:
    found = re.search(_HEADER % name, head, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else ""


def _check(message: bytes, recipient: str) -> str:
    """The Message-ID of a message that is whole and for that recipient; else what is wrong, behind a mark."""
    head = message.partition(b"\r\n\r\n")[0] + b"\r\n"
    if _find_header(head, b"To") != recipient:
        return f"!a message to {_find_header(head, b'To') or 'nobody'}"
    if not message.rstrip().endswith(b"--"):
        return "!a message without its end"
    return _find_header(head, b"Message-ID") or "!a message without a Message-ID"
