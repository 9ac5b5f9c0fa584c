"""The short way for files: over a real connection, the same answers as through the whole application."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
import uvicorn

from publisher.domain import address
from publisher.web import build_web
from publisher.web.protocol import ShelfProtocol
from publisher.web.state import State
from tests.acceptance.site import BRIDGE, FILES, Site, copy_home, open_site, pause, wait_for

FEED = "/feeds/main.atom"
LARGE = "/feeds/large.json"
IDLE = 1  # seconds after which a connection is closed
CLOSE = "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
STAY = "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Served:
    """A site, and the port on which a real server offers it."""

    site: Site
    port: int

    def exchange(self, *requests: str) -> bytes:
        """All that comes back for requests that are sent at once, the last of which closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall("".join(requests).encode())
            parts = []
            while part := connection.recv(1 << 20):
                parts.append(part)
        return b"".join(parts)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with open_site(copy_home(tmp_path_factory.mktemp("home"))) as site, socket.create_server(("127.0.0.1", 0)) as door:
        site.app.shelf.put({LARGE: b"[" + b"1," * 400_000 + b"1]"})
        config = uvicorn.Config(
            build_web(State(site.app)),
            http=ShelfProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=IDLE,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        wait_for(lambda: server.started)
        yield Served(site, door.getsockname()[1])
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [*FILES, LARGE, f"{FEED}?a=b", "/feeds/main%2Eatom", "/nothing", "/subscribe"])
@pytest.mark.parametrize(
    "headers", [{"accept-encoding": "gzip"}, {"accept-encoding": "identity"}, {"if-none-match": '"x", *'}]
)
def test_answer_is_the_same_either_way(served: Served, method: str, path: str, headers: dict[str, str]) -> None:
    whole = served.site.browser.build_request(method, path, headers={"accept-encoding": ""} | headers)
    expected = served.site.browser.send(whole, stream=True)
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as connection:
        connection.request(method, path, headers={"accept-encoding": ""} | headers)
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status == expected.status_code
    own = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}
    assert own == dict(expected.headers)
    assert body == b"".join(expected.iter_raw())


def test_escaped_escape_is_another_file(served: Served) -> None:
    plain, odd = address.image("ab", "a b.png"), address.image("ab", "a%20b.png")
    served.site.app.shelf.put({plain: b"plain!", odd: b"odd!"})
    got = served.exchange(*(STAY.format(path=path) for path in (plain, odd)), CLOSE.format(path=odd))
    assert re.findall(rb"\w+!", got) == [b"plain!", b"odd!", b"odd!"]


def test_query_goes_the_short_way(served: Served) -> None:
    got = served.exchange(STAY.format(path=f"{FEED}?utm_source=x&%zz"), CLOSE.format(path="/feeds/main%2Eatom?"))
    assert got.count(b"</feed>") == 2


def test_answers_keep_their_order(served: Served) -> None:
    paths = (FEED, "/healthz", "/", "/nothing", "/style.css", "/readyz", BRIDGE)
    got = served.exchange(*(STAY.format(path=path) for path in paths), CLOSE.format(path=FEED))
    kinds = [line.split(b": ")[1].partition(b";")[0] for line in got.split(b"\r\n") if line.startswith(b"content-type")]
    assert [kind.decode().rpartition("/")[2] for kind in kinds] == [
        *("atom+xml", "plain", "html", "html", "css", "json", "html"),
        "atom+xml",
    ]


def test_reader_who_asks_too_fast_gets_all(served: Served) -> None:
    got = served.exchange(*[STAY.format(path=LARGE)] * 30, CLOSE.format(path=LARGE))
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 31
    assert got.count(b"1]") == 31


def test_body_of_a_get_is_passed_over(served: Served) -> None:
    odd = STAY.format(path=FEED).replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello")
    got = served.exchange(STAY.format(path=FEED), odd, CLOSE.format(path=FEED))
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 3


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_last_answer_closes(served: Served, version: str) -> None:
    got = served.exchange(CLOSE.format(path=FEED).replace("1.1", version))
    assert got.count(b"</feed>") == 1


@pytest.mark.parametrize("path", [FEED, "/healthz"])
def test_idle_connection_is_closed(served: Served, path: str) -> None:
    got = served.exchange(STAY.format(path=FEED), STAY.format(path=path))
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 2


def test_busy_connection_stays_open(served: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as connection:
        connection.connect()
        connection.auto_open = 0  # so that it would say if it were closed
        for _ in range(8):
            connection.request("GET", FEED)
            assert connection.getresponse().read()
            pause(IDLE / 4)


def test_every_answer_has_its_date(served: Served) -> None:
    got = served.exchange(STAY.format(path=FEED), CLOSE.format(path="/healthz"))
    assert got.lower().count(b"\r\ndate: ") == 2


def test_other_methods_are_refused(served: Served) -> None:
    got = served.exchange(STAY.format(path=FEED).replace("GET", "DELETE"), CLOSE.format(path=FEED))
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"405", b"200"]


@pytest.mark.parametrize("path", ["//etc/passwd", "/../config/publisher.toml", "/.stamp.json", "/feeds/../feeds"])
def test_strange_paths_lead_nowhere(served: Served, path: str) -> None:
    assert served.exchange(CLOSE.format(path=path)).startswith(b"HTTP/1.1 404 ")
