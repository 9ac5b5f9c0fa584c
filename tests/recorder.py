"""A recording SMTP server for tests: a real conversation on a free loopback port, with faults on demand.

    with Recorder() as recorder:
        recorder.reply("rcpt", "550 5.1.1 unknown", recipient="bob@example.net")
        ...
        recorder.messages[0].content

Steps: `connect`, `mail`, `rcpt`, `data` (the command), `content` (a part of it has come: only for a drop, a hang
or a 421), `dot` (all of it has come).
As a program it writes one JSON line for each accepted message, for tests that kill the sender:

    python tests/recorder.py --port-file FILE --record FILE [--delay SECONDS]
"""

import argparse
import asyncio
import json
import signal
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_ENDS = {signal.SIGTERM, signal.SIGINT}

Step = Literal["connect", "mail", "rcpt", "data", "content", "dot"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message that was accepted: its envelope, and the content as it was before dot-stuffing."""

    sender: str
    recipient: str
    content: bytes
    options: tuple[str, ...] = ()
    hello: str = ""
    is_encrypted: bool = False


@dataclass(slots=True)
class _Fault:
    step: Step
    act: Literal["reply", "drop", "hang"]
    text: str = ""
    recipient: str = ""
    left: int | None = None


class _Server(SMTP):
    """aiosmtpd's session, with a say before each step."""

    def __init__(self, recorder: "Recorder", **options: Any) -> None:
        super().__init__(recorder, loop=asyncio.get_running_loop(), hostname="recorder", **options)
        self.recorder = recorder
        self.recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:
            self.recorder.note_opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.recorder.note_closed(self)
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        if isinstance(status, str) and status.startswith("220 ") and self.session and not self.session.host_name:
            status = await self.ask("connect") or status
        await super().push(status)

    async def ask(self, step: Step) -> str | None:
        """The reply that a fault puts in the place of our own; does not return for a drop or a hang."""
        fault = self.recorder.find_fault(step, self.recipient)
        if fault is None:
            return None
        if fault.act == "hang":
            await asyncio.Event().wait()
        if fault.act == "drop" or fault.text.startswith("421"):
            if fault.text:
                await super().push(fault.text)
            self.transport.close()  # type: ignore[union-attr]
            raise asyncio.CancelledError
        return fault.text

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        text = await self.ask("data")
        if text:
            await self.push(text)
            return
        if self.recorder.peek_fault("content", self.recipient):
            await self.push("354 go on")
            await self._reader.read(100)
            await self.ask("content")
        await super().smtp_DATA(arg)


class Recorder:
    """The server, in a thread of its own; `messages` holds what it accepted, in order."""

    def __init__(
        self,
        *,
        pipelining: bool = False,
        smtputf8: bool = True,
        delay: float = 0,
        tls: ssl.SSLContext | None = None,
        is_implicit: bool = False,
        credentials: tuple[str, str] | None = None,
        on_accept: Callable[[Recorded], None] | None = None,
    ) -> None:
        self.messages: list[Recorded] = []
        self.logins: list[str] = []
        self.opened = 0
        self.most_open = 0
        self.port = 0
        self.delay = delay
        self._pipelining, self._credentials, self._on_accept = pipelining, credentials, on_accept
        self._tls, self._is_implicit = tls, is_implicit
        self._smtputf8 = smtputf8
        self._faults: list[_Fault] = []
        self._sessions: set[_Server] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    # What a test asks for.

    def reply(self, step: Step, text: str, *, recipient: str = "", times: int | None = None) -> None:
        """Answer a step with `text`, for one recipient or all, `times` or for ever; a 421 also closes."""
        self._faults.append(_Fault(step, "reply", text, recipient, times))

    def drop(self, step: Step, *, recipient: str = "", times: int | None = None) -> None:
        """Close the connection at a step without a word. At `dot` the message has been accepted and recorded."""
        self._faults.append(_Fault(step, "drop", "", recipient, times))

    def hang(self, step: Step, *, recipient: str = "", times: int | None = None) -> None:
        """Never answer a step."""
        self._faults.append(_Fault(step, "hang", "", recipient, times))

    def recover(self) -> None:
        """Forget every fault."""
        self._faults.clear()

    @property
    def recipients(self) -> list[str]:
        """Who was accepted, in order, once for each message."""
        return [message.recipient for message in self.messages]

    # aiosmtpd's hooks.

    async def handle_EHLO(  # noqa: N802
        self, server: _Server, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self._pipelining else responses

    async def handle_MAIL(  # noqa: N802
        self, server: _Server, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        server.recipient = ""
        text = await server.ask("mail")
        if text:
            return text
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: _Server, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        server.recipient = address
        text = await server.ask("rcpt")
        if text:
            return text
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delay:
            await asyncio.sleep(self.delay)
        fault = self.peek_fault("dot", server.recipient)
        if fault is None or fault.act == "drop":
            self._record(session, envelope)
        return await server.ask("dot") or "250 2.0.0 accepted"

    def _record(self, session: Session, envelope: Envelope) -> None:
        for recipient in envelope.rcpt_tos:
            message = Recorded(
                sender=envelope.mail_from or "",
                recipient=recipient,
                content=envelope.original_content or b"",
                options=tuple(envelope.mail_options),
                hello=session.host_name or "",
                is_encrypted=session.ssl is not None or self._is_implicit,
            )
            self.messages.append(message)
            if self._on_accept:
                self._on_accept(message)

    def find_fault(self, step: Step, recipient: str) -> _Fault | None:
        """The fault that strikes now, used up by one."""
        fault = self.peek_fault(step, recipient)
        if fault and fault.left is not None:
            fault.left -= 1
        return fault

    def peek_fault(self, step: Step, recipient: str) -> _Fault | None:
        """The fault that would strike now."""
        for fault in self._faults:
            if fault.step == step and fault.left != 0 and fault.recipient in ("", recipient):
                return fault
        return None

    def note_opened(self, session: _Server) -> None:
        self.opened += 1
        self._sessions.add(session)
        self.most_open = max(self.most_open, len(self._sessions))

    def note_closed(self, session: _Server) -> None:
        self._sessions.discard(session)

    def _check_login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        if given == self._credentials:
            self.logins.append(given[0])
        return AuthResult(success=given == self._credentials, handled=False)

    # The thread.

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _build_session(self) -> _Server:
        return _Server(
            self,
            enable_SMTPUTF8=self._smtputf8,
            tls_context=None if self._is_implicit else self._tls,
            authenticator=self._check_login if self._credentials else None,
            # aiosmtpd knows no TLS that was there before its session, and warns.
            auth_required=bool(self._credentials) and not self._is_implicit,
            auth_require_tls=not self._is_implicit,
        )

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        context = self._tls if self._is_implicit else None
        listening = self._loop.create_server(self._build_session, "127.0.0.1", 0, ssl=context)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._close(server))
        self._loop.close()

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for session in tuple(self._sessions):
            if session.transport:
                session.transport.abort()  # type: ignore[attr-defined]
        await server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def main() -> None:
    """Serve until SIGTERM, writing a JSON line for each accepted message: sender, recipient, message_id, size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0)
    options = parser.parse_args()
    # Blocked before the server's thread starts, so that the signal waits to be fetched.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    with options.record.open("a", buffering=1) as record:

        def write(message: Recorded) -> None:
            line = {"sender": message.sender, "recipient": message.recipient, "size": len(message.content)}
            record.write(json.dumps(line | {"message_id": _message_id(message.content)}) + "\n")

        with Recorder(delay=options.delay, on_accept=write) as recorder:
            options.port_file.write_text(str(recorder.port))
            signal.sigwait(_ENDS)


def _message_id(content: bytes) -> str:
    head = content.partition(b"\r\n\r\n")[0].lower()
    return next((line[11:].strip().decode() for line in head.split(b"\r\n") if line.startswith(b"message-id:")), "")


if __name__ == "__main__":
    main()
