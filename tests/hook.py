"""A real HTTP server on a free loopback port that keeps what it is asked, and answers as a test wants.

with Hook() as hook:
    post_to(hook.url)
    hook.asked[0].news["text"]
"""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

SECRET = "T0KEN-of-the-hook"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    kind: str
    content: bytes

    @property
    def news(self) -> Any:
        """Its content as JSON."""
        return json.loads(self.content)


class Hook:
    """The server, in threads of its own; `status` is what it answers, `is_hanging` that it never does."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.status = 200
        self.location = ""
        self.is_hanging = False
        self.heard = threading.Event()
        self._let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._build_handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """Where it is asked, with a secret in the path and in the query."""
        return f"http://127.0.0.1:{self._server.server_port}/{SECRET}?key={SECRET}"

    @property
    def states(self) -> list[tuple[str, str]]:
        """(what, state) of each of the news, in order."""
        return [(one.news["what"], one.news["state"]) for one in self.asked if one.method == "POST"]

    @property
    def beats(self) -> int:
        """How often it was asked by GET."""
        return sum(one.method == "GET" for one in self.asked)

    def _build_handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                hook.asked.append(Asked(self.command, self.path, self.headers.get("Content-Type") or "", content))
                hook.heard.set()
                if hook.is_hanging:
                    hook._let_go.wait(30)
                    return
                self.send_response(hook.status)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
