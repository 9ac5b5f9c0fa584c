"""The built-in relay: a real SMTP server on a loopback port that delivers to nobody and files all mail in a Maildir."""

import asyncio
import logging
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from publisher import clock
from publisher.domain.delivery import BUILT_IN
from publisher.errors import BusyError
from publisher.mail.maildir import Maildir
from publisher.mail.relay import Relay, Tls

_HOST = "127.0.0.1"
_MOST_BYTES = 100 * 1024 * 1024


class _Filing:
    """aiosmtpd's handler: a message is on the disk before its 250."""

    def __init__(self, maildir: Maildir) -> None:
        self._maildir = maildir

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        try:
            key = await asyncio.to_thread(self._maildir.add, envelope.original_content or b"", now=clock.now())
        except OSError as error:
            return f"452 4.3.1 the mailbox can't be written: {error.strerror}"
        return f"250 2.0.0 filed as {key}"


class _Server(SMTP):
    def __init__(self, handler: _Filing, *, open_sessions: set["_Server"]) -> None:
        super().__init__(
            handler,
            data_size_limit=_MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Publisher's built-in relay",
            loop=asyncio.get_running_loop(),
        )
        self._open_sessions = open_sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open_sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_sessions.discard(self)
        super().connection_lost(error)


class BuiltInRelay:
    """`async with BuiltInRelay(path) as relay:` serves on a free port until the block ends."""

    def __init__(self, path: Path) -> None:
        self._maildir = Maildir(path)
        self._sessions: set[_Server] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        return address[1]

    @property
    def relay(self) -> Relay:
        """How the outbox reaches it."""
        return Relay(name=BUILT_IN, host=_HOST, port=self.port, tls=Tls.NONE, hello="localhost")

    async def __aenter__(self) -> Self:
        self._maildir.create()
        # aiosmtpd tells every address at info level, and our logs hold none.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        handler = _Filing(self._maildir)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: _Server(handler, open_sessions=self._sessions), _HOST, 0
            )
        except OSError as error:
            raise BusyError(f"the built-in relay finds no free port: {error}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for session in tuple(self._sessions):
            transport: Any = session.transport
            transport.close()
        await self._server.wait_closed()
