"""A hook or a hub on the web, asked by the standard library.

Of a hook's address, which holds a token, only the host is named. Redirections are not followed: one could lead to
another kind of address, and a POST would lose its content.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from publisher import __version__
from publisher.domain.push import is_public
from publisher.errors import PublisherError

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
_HEARD: Final = 2048  # bytes of a refusal that are read
_SAID: Final = 200  # characters of it that are passed on

LookUp = Callable[[str, int], Sequence[str]]
FindPlaces = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, and of a refusal in plain text the first line."""

    status: int
    said: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300

    @property
    def is_elsewhere(self) -> bool:
        """Whether it sends us to another address."""
        return 300 <= self.status < 400

    def __str__(self) -> str:
        hint = "it sends us elsewhere; give that address instead" if self.is_elsewhere else self.said
        return f"HTTP {self.status}" + (f": {hint}" if hint else "")


def ask(url: str, *, content: bytes | None, seconds: float) -> None:
    """POST JSON to a hook, or GET it where there is no content. Raises PublisherError with the host and the reason."""
    answer = _open(request.build_opener(_Nowhere), url, content=content, media_type=JSON, seconds=seconds)
    if not answer.is_good:
        raise PublisherError(f"{urlsplit(url).hostname}: {Answer(answer.status)}")


def post(url: str, *, content: bytes, media_type: str, seconds: float, find_places: FindPlaces) -> Answer:
    """POST to one of the very addresses that `find_places` gives for its host and port; no proxy stands between.

    Raises PublisherError with the host and the reason where nobody answers.
    """
    opener = request.build_opener(_Nowhere, request.ProxyHandler({}), _Placing(find_places))
    return _open(opener, url, content=content, media_type=media_type, seconds=seconds)


def find_places(host: str, port: int, *, is_private_allowed: bool, look_up: LookUp | None = None) -> Sequence[str]:
    """The addresses of a host that may be asked. Raises PublisherError where it has none, or none in the internet."""
    found = (look_up or _look_up)(host, port)
    places = [place for place in found if is_private_allowed or is_public(place)]
    if not places:
        inner = ", ".join(found)
        raise PublisherError(f"{inner} is no public address; web.private_hubs = true lets it be told all the same")
    return places


def _look_up(host: str, port: int) -> Sequence[str]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def _open(
    opener: request.OpenerDirector, url: str, *, content: bytes | None, media_type: str, seconds: float
) -> Answer:
    headers = {"User-Agent": f"publisher/{__version__}"}
    if content is not None:
        headers["Content-Type"] = media_type
    asked = request.Request(url, data=content, headers=headers)  # noqa: S310 (the settings allow http and https only)
    try:
        with opener.open(asked, timeout=seconds) as answer:
            return Answer(answer.status)
    except HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, _hear(refusal))
    except (OSError, ValueError, HTTPException, PublisherError) as problem:  # ValueError: a host that can't be one
        raise PublisherError(f"{urlsplit(url).hostname}: {_explain(problem)}") from problem


class _Nowhere(request.HTTPRedirectHandler):
    """Follows no redirection."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Placed(HTTPConnection):
    """A connection to an address that was found before, and is not looked up again: it could be another by then."""

    find_places: FindPlaces

    def connect(self) -> None:
        problem: OSError | None = None
        places = self.find_places(self.host, self.port)
        for place in places:
            try:  # each has its share of the time: where IPv6 leads nowhere, IPv4 must have its turn
                self.sock = socket.create_connection((place, self.port), (self.timeout or 0) / len(places))
            except OSError as caught:
                problem = caught
            else:
                self.sock.settimeout(self.timeout)
                return
        raise problem or OSError("no address")


class _PlacedSafely(HTTPSConnection, _Placed):
    """The same by TLS: the certificate must be of the host's name."""


class _Placing(request.HTTPHandler, request.HTTPSHandler):
    """Opens such connections."""

    def __init__(self, find: FindPlaces) -> None:
        super().__init__()
        self._find = find

    def http_open(self, asked: request.Request) -> HTTPResponse:
        return self.do_open(partial(self._connect, _Placed), asked)

    def https_open(self, asked: request.Request) -> HTTPResponse:
        return self.do_open(partial(self._connect, _PlacedSafely), asked)

    def _connect(self, kind: type[_Placed], host: str, **options: Any) -> _Placed:
        connection = kind(host, **options)
        connection.find_places = self._find
        return connection


def _hear(refusal: HTTPError) -> str:
    """The first line of a refusal in plain text: some hubs say there what they miss."""
    if refusal.headers.get_content_type() != "text/plain":
        return ""
    try:
        text = refusal.read(_HEARD).decode(errors="replace")
    except (OSError, HTTPException):
        return ""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return "".join(letter for letter in " ".join(line.split()) if letter.isprintable())[:_SAID]


def _explain(problem: object) -> str:
    """What is wrong, in words that can't hold the address."""
    if isinstance(problem, URLError):
        return _explain(problem.reason)
    if isinstance(problem, PublisherError):
        return str(problem)
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    return (problem.strerror if isinstance(problem, OSError) else None) or type(problem).__name__
