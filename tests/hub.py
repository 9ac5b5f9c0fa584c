"""A real WebSub hub and a real subscriber on free loopback ports, as the W3C's recommendation has them.

with Hub() as hub, Subscriber() as subscriber:
    subscriber.subscribe(hub.url, topic, secret="…")     # the hub asks back whether that is meant
    …                                                    # it is told, fetches the topic and hands it on
    subscriber.wait()[0].content
"""

import hashlib
import hmac
import queue
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

_FORM = "application/x-www-form-urlencoded"
_LINK = re.compile(r'<([^>]*)>; rel="([a-z]+)"')
_PATIENCE = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Message
    content: bytes

    @property
    def query(self) -> dict[str, str]:
        """What its address asks."""
        return _parse(urlsplit(self.path).query)

    @property
    def form(self) -> dict[str, str]:
        """What its form says."""
        return _parse(self.content.decode())


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, or a document that was fetched."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def links(self) -> dict[str, list[str]]:
        """The addresses of its Link header, by their relation."""
        found: dict[str, list[str]] = {}
        for url, relation in _LINK.findall(self.headers.get("link", "")):
            found.setdefault(relation, []).append(url)
        return found


def _parse(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


def fetch(
    url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None, is_head: bool = False
) -> Reply:
    """Ask for an address, by POST where there is something to say."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    reading = "HEAD" if is_head else "GET"
    with closing(HTTPConnection(parts.netloc, timeout=_PATIENCE)) as connection:
        connection.request(reading if content is None else "POST", target, content, dict(headers or {}))
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()})


class Listener:
    """An HTTP server in threads of its own; it can be stopped and started again at the same address."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}/"

    def answer(self, asked: Asked) -> Reply | None:
        """What it says; None where it hangs up."""
        raise NotImplementedError

    def start(self) -> None:
        """Listen."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._build_handler())
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Be away."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def _build_handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, self.headers, content)
                with listener._lock:
                    listener.asked.append(asked)
                reply = listener.answer(asked)
                if reply is None:
                    return
                self.send_response(reply.status)
                for name, value in {**reply.headers, "Content-Length": str(len(reply.content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.content)

            do_GET = do_POST = do  # noqa: N815

            def log_message(self, *_: Any) -> None:
                return

        return Handler

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Hub(Listener):
    """A hub; `status` and `said` are its answer to publishers, `is_hanging` says that they get none.

    Each document that it is told of it fetches, and hands it on to whoever has subscribed.
    """

    def __init__(self, *, is_fetching: bool = True) -> None:
        super().__init__()
        self.status, self.said, self.is_hanging = 200, "", False
        self.heard = threading.Event()
        self.fetched: list[tuple[str, Reply]] = []
        self._is_fetching = is_fetching
        self._secrets: dict[tuple[str, str], str] = {}
        self._tags: dict[str, str] = {}
        self._let_go = threading.Event()

    @property
    def told(self) -> list[str]:
        """The documents that it was told of, in order."""
        with self._lock:
            return [one.form.get("hub.topic", "") for one in self.asked if one.form.get("hub.mode") == "publish"]

    def has_subscriber(self, topic: str) -> bool:
        """Whether a document has a subscriber who has said that it is meant."""
        return topic in {wanted for wanted, _ in list(self._secrets)}

    def answer(self, asked: Asked) -> Reply | None:
        """As a subscriber or a publisher is answered."""
        form = asked.form
        if form.get("hub.mode") == "subscribe":
            self._in_thread(self._verify, form)
            return Reply(202)
        topic = form.get("hub.topic", "")
        if form.get("hub.mode") != "publish" or not topic or form.get("hub.url") != topic:
            return Reply(400, b"hub.mode, hub.topic and hub.url are needed", {"Content-Type": "text/plain"})
        self.heard.set()
        if self.is_hanging:
            self._let_go.wait(_PATIENCE)
            return None
        if self.status == 200 and self._is_fetching:
            self._in_thread(self._hand_on, topic)
        return Reply(self.status, self.said.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def stop(self) -> None:
        """Be away; whoever waits for an answer gets none."""
        self._let_go.set()
        super().stop()

    def _in_thread(self, act: Callable[..., None], *arguments: Any) -> None:
        def work() -> None:
            with suppress(OSError, HTTPException):  # a test that ends takes the others away
                act(*arguments)

        threading.Thread(target=work, daemon=True).start()

    def _verify(self, form: dict[str, str]) -> None:
        """Ask a subscriber whether the subscription is meant (section 5.3)."""
        challenge, callback, topic = secrets.token_urlsafe(), form["hub.callback"], form["hub.topic"]
        query = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": challenge, "hub.lease_seconds": "600"}
        if fetch(f"{callback}?{urlencode(query)}").content.decode() == challenge:
            self._secrets[topic, callback] = form.get("hub.secret", "")

    def _hand_on(self, topic: str) -> None:
        """Fetch a document, and send it to its subscribers where it has changed (section 7)."""
        tag = self._tags.get(topic)
        document = fetch(topic, headers={"If-None-Match": tag} if tag else {})
        with self._lock:
            self.fetched.append((topic, document))
        if document.status != 200:
            return
        self._tags[topic] = document.headers["etag"]
        for (wanted, callback), secret in list(self._secrets.items()):
            if wanted == topic:
                fetch(callback, content=document.content, headers=self._describe(topic, document, secret=secret))

    def _describe(self, topic: str, document: Reply, *, secret: str) -> dict[str, str]:
        headers = {
            "Content-Type": document.headers["content-type"],
            "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"',
        }
        if secret:
            headers["X-Hub-Signature"] = f"sha256={_sign(secret, document.content)}"
        return headers


class Subscriber(Listener):
    """A reader that is sent what it has subscribed to."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[str, str] = {}
        self._got: queue.Queue[Reply] = queue.Queue()
        self._verified = threading.Event()

    def subscribe(self, hub: str, topic: str, *, secret: str = "") -> None:
        """Subscribe, and wait until the hub has asked back."""
        self._wanted[topic] = secret
        form = {"hub.mode": "subscribe", "hub.callback": self.url, "hub.topic": topic, "hub.secret": secret}
        assert fetch(hub, content=urlencode(form).encode(), headers={"Content-Type": _FORM}).status == 202
        assert self._verified.wait(_PATIENCE)

    def wait(self) -> Reply:
        """What came next; only what was signed with our secret counts."""
        return self._got.get(timeout=_PATIENCE)

    def answer(self, asked: Asked) -> Reply | None:
        """As the hub is answered."""
        if asked.method == "GET":
            if asked.query["hub.topic"] not in self._wanted:
                return Reply(404)
            self._verified.set()
            return Reply(200, asked.query["hub.challenge"].encode())
        document = Reply(200, asked.content, {name.lower(): value for name, value in asked.headers.items()})
        secret = self._wanted[document.links["self"][0]]
        if document.headers.get("x-hub-signature") == f"sha256={_sign(secret, asked.content)}":
            self._got.put(document)
        return Reply(204)


def _sign(secret: str, content: bytes) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
