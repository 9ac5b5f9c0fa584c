"""HTTP as uvicorn speaks it, with a short way for what the shelf has: no task, no messages, one write."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from publisher.web.shelf import ShelfFirst

_UNUSUAL = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
_COPIED = 1 << 18  # bytes up to which copying a body behind its headers is cheaper than a second write


class ShelfProtocol(HttpToolsProtocol):
    """Answers a plain request for a file where its headers end; all others go uvicorn's way, to the same answers.

    Plain is: HTTP/1.1 on a connection that stays, no body, nothing unanswered before. No file asks for the query.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._shelf = self.config.app if isinstance(self.config.app, ShelfFirst) else None
        self._has_answered = False
        self._idle_since = 0.0

    def data_received(self, data: bytes) -> None:
        """What a reader says; one timer serves many answers in a row, for it is moved only when it goes off."""
        timer, self.timeout_keep_alive_task = self.timeout_keep_alive_task, None
        super().data_received(data)
        if self._has_answered:
            self._idle_since = self.loop.time()
            self.timeout_keep_alive_task = timer or self._set_timer(self.timeout_keep_alive)
        elif timer:
            timer.cancel()

    def timeout_keep_alive_handler(self) -> None:
        """The timer goes off: close a connection that has been idle for long enough."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self._set_timer(left)
        else:
            super().timeout_keep_alive_handler()

    def _set_timer(self, seconds: float) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def on_message_begin(self) -> None:
        """A new request: what a task would need is made only where there will be one."""
        self.url, self.headers, self._has_answered = b"", [], False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Answer, or have the request become a task."""
        self._has_answered = self._shelf is not None and self._is_plain() and self._answer(self._shelf)
        if not self._has_answered:
            self._tell_again()
            super().on_headers_complete()

    def _tell_again(self) -> None:
        url, headers = self.url, self.headers
        super().on_message_begin()
        super().on_url(url)
        for name, value in headers:
            super().on_header(name, value)

    def on_message_complete(self) -> None:
        """The end of a request; there is nobody to tell where it has been answered."""
        if not self._has_answered:
            super().on_message_complete()

    def _is_plain(self) -> bool:
        parser, cycle = self.parser, self.cycle
        return (
            parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and self.url.startswith(b"/")
            and _UNUSUAL.isdisjoint([name for name, _ in self.headers])
        )

    def _answer(self, shelf: ShelfFirst) -> bool:
        try:
            path = self.url.partition(b"?")[0].decode("ascii")
        except UnicodeDecodeError:
            return False
        answer = shelf.answer(self.parser.get_method().decode("ascii"), path, self.headers)
        if answer is None:
            return False
        head = [answer.form.raw, *(b"%b: %b\r\n" % field for field in self.server_state.default_headers), b"\r\n"]
        if len(answer.body) <= _COPIED:
            self.transport.write(b"".join([*head, answer.body]))
        else:
            self.transport.write(b"".join(head))
            self.transport.write(answer.body)
        self.server_state.total_requests += 1
        return True
