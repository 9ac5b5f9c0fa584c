"""What the benchmarks measure with: a far relay, the rate of a sending's middle, readers who poll, ledgers of many."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.benchmarks.clicks import pick
from tests.benchmarks.far_relay import Session
from tests.benchmarks.ledgers import iter_articles
from tests.benchmarks.processes import Sample
from tests.benchmarks.progress import Progress, find_steady
from tests.polling import Poll, Wish, list_problems, polling

DELAY = 0.05
STEADY = Progress(moments=tuple(float(moment) for moment in range(11)), totals=tuple(range(0, 1_100, 100)))
SLOW_START = Progress(moments=(0.0, 50.0, 51.0, 52.0, 53.0), totals=(10, 100, 500, 900, 1_000))

FEED = b"<feed/>"
DIGEST = hashlib.sha256(FEED).hexdigest()
ANSWERS = {
    "/good.atom": (200, DIGEST[:24], FEED, len(FEED)),
    "/torn.atom": (200, DIGEST[:24], b"<feed>", 6),
    "/short.atom": (200, DIGEST[:24], FEED, 100),
    "/named.atom": (200, "another", FEED, len(FEED)),
    "/busy.atom": (503, "", b"", 0),
}

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """A conversation with a far relay that has said hello."""
    server = await asyncio.get_running_loop().create_server(lambda: Session(DELAY), "127.0.0.1")
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    assert (await reader.readline()).startswith(b"220 ")
    yield reader, writer
    writer.close()
    server.close()


async def test_commands_sent_together_cost_one_trip(talk: Talk) -> None:
    reader, writer = talk
    began = asyncio.get_running_loop().time()
    writer.write(b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n")
    answers = await reader.read(1_000)
    assert [line[:3] for line in answers.splitlines()] == [b"250", b"250", b"354"]
    assert asyncio.get_running_loop().time() - began >= DELAY


async def test_next_envelope_rides_behind_content(talk: Talk) -> None:
    reader, writer = talk
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
    writer.write(envelope + b"Subject: x\r\n\r\nx\r\n.\r\n" + envelope + b".\r\nQUIT\r\n")
    answers = await reader.read(-1)
    assert [line[:3] for line in answers.splitlines()] == [b"250", b"250", b"354", b"250"] * 2 + [b"221"]


async def test_data_needs_a_recipient(talk: Talk) -> None:
    reader, writer = talk
    writer.write(b"MAIL FROM:<a@example.org>\r\nDATA\r\n")
    assert (await reader.read(1_000)).splitlines()[-1].startswith(b"554 ")


@pytest.mark.parametrize(("progress", "rate"), [(STEADY, 100), (SLOW_START, 400)])
def test_rate_is_the_middle_s(progress: Progress, rate: float) -> None:
    assert progress.rate() == rate


def test_growing_memory_shows() -> None:
    samples = tuple(Sample(at=float(at), cpu=0.5 * at, resident=100.0 + at) for at in range(11))
    found = find_steady(samples, STEADY)
    assert (found.early, found.late, found.cpu) == (101.5, 109, 4)


def test_percentile_is_one_of_the_values() -> None:
    assert [pick(range(1, 101), share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]


class Site(BaseHTTPRequestHandler):
    """A site whose feeds are good and bad."""

    def do_GET(self) -> None:
        """One answer, after which it closes."""
        status, tag, body, length = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("ETag", f'"{tag}"')
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where that site answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def poll_once(port: int, path: str) -> Poll:
    """A reader's first poll."""
    with polling(port, [Wish(path=path)], every=0.01) as (reader,):
        while not reader.polls:
            threading.Event().wait(0.005)
    return reader.polls[0]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/torn.atom", "XMLSyntaxError"),
        ("/short.atom", "IncompleteRead"),
        ("/named.atom", "the ETag is that of other bytes"),
        ("/busy.atom", "answered by 503"),
    ],
)
def test_reader_tells_a_bad_answer(port: int, path: str, problem: str) -> None:
    poll = poll_once(port, path)
    assert poll.problem.startswith(problem)
    assert list_problems([poll], {path: {DIGEST}}) == [f"{path}: {poll.problem}"]


def test_bytes_of_no_build_are_told(port: int) -> None:
    poll = poll_once(port, "/good.atom")
    assert list_problems([poll], {"/good.atom": {DIGEST}}) == []
    assert list_problems([poll], {"/good.atom": {"x"}}) == ["/good.atom: bytes of no build"]


def test_newest_are_alike_in_each_ledger() -> None:
    many, few = list(iter_articles(500)), list(iter_articles(100))
    assert many[-100:] == few
