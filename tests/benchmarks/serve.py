"""Answers a second for a feed of about 60 KB, beside nginx with one worker on the same bytes; wrk asks both.

A 304 for a reader who has the feed, and a 200 for one who has not, plain and in gzip. Ours is `publisher run` with all
its parts; nginx has `gzip_static`, ETags and a cache of open files, and neither writes a line for an answer. One answer
of each is looked at first: its status, its coding and its bytes. wrk takes one of two cores from both alike.
"""

import gzip
import http.client
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from publisher.clock import now
from tests.benchmarks import processes, tools
from tests.benchmarks.figure import Aim, Figure, Options, Sense, take_turns
from tests.homes import HomeFolder, look, make_home

FEED = "/feeds/main.atom"
SECONDS, FEW_SECONDS, THREADS, CONNECTIONS = 5, 2, 2, 32
_TEXT = "After two years of work, the bridge number {} opens on Monday, and everybody may cross it at last. "
_NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ application/atom+xml atom; }}
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=100 inactive=60s;
  gzip_static on;
  gzip_vary on;
  etag on;
  add_header Cache-Control "public, max-age=60";
  add_header X-Content-Type-Options nosniff;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""
_SCRIPT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "us": %d, "bytes": %d, "bad": %d}\\n', summary.requests, summary.duration,
    summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, with what wrk should see of each."""

    status: int
    etag: str
    coding: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What all readers ask for, and the share of nginx's answers that ours should reach."""

    what: str
    status: int
    coding: str
    aim: float


LOADS = (
    Load(what="304", status=304, coding="gzip", aim=0.35),
    Load(what="200", status=200, coding="", aim=0.5),
    Load(what="200 in gzip", status=200, coding="gzip", aim=0.45),
)


def ask(port: int, headers: dict[str, str]) -> Answer:
    """One answer of a server for the feed."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", FEED, headers=headers)
        answer = connection.getresponse()
        etag, coding = answer.getheader("ETag", ""), answer.getheader("Content-Encoding", "")
        return Answer(status=answer.status, etag=etag, coding=coding, body=answer.read())


def make_paper(folder: Path, *, port: int) -> HomeFolder:
    """A home on this machine whose feed has about 60 KB."""
    home = make_home(folder / "home", url=f"http://127.0.0.1:{port}", port=port)
    for number in range(26):
        home.write_seed(f"bridge-{number}.md", f"# The bridge {number} opens\n\n" + _TEXT.format(number) * 20)
    with home.opened() as app:
        look(app, now())
    return home


@contextmanager
def serving_ours(home: HomeFolder, *, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`publisher run`."""
    with processes.serving(home.command("run"), port=port, log=home.path / "run.log") as process:
        yield process


@contextmanager
def serving_nginx(folder: Path, *, port: int, feed: bytes, packed: bytes) -> Iterator[None]:
    """nginx with one worker on the same bytes."""
    place = folder / f"www{FEED}"
    place.parent.mkdir(parents=True)
    place.write_bytes(feed)
    place.with_name(f"{place.name}.gz").write_bytes(packed)
    for path in (place, place.with_name(f"{place.name}.gz")):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    folder.chmod(0o755)  # its worker is another user
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    command = [tools.find("nginx", package="nginx-light"), "-c", str(config), "-p", str(folder)]
    with processes.serving(command, port=port, log=folder / "nginx.log"):
        yield


class Wrk:
    """wrk, and the script by which it tells what it saw."""

    def __init__(self, folder: Path, *, seconds: int) -> None:
        self._program, self._seconds = tools.find("wrk", package="wrk"), seconds
        self._script = folder / "report.lua"
        self._script.write_text(_SCRIPT)

    def load(self, port: int, headers: dict[str, str], *, expected: int) -> float:
        """Answers a second, each of which must have been good and no longer than one with a body of `expected`."""
        command = [self._program, "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{self._seconds}s"]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        command += ["-s", str(self._script), f"http://127.0.0.1:{port}{FEED}"]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        seen = json.loads(printed.splitlines()[-1])
        assert seen["bad"] == 0, printed
        assert 0 <= seen["bytes"] / seen["requests"] - expected < 1200, printed
        return float(seen["requests"] / seen["us"] * 1e6)


def measure(options: Options) -> Iterator[Figure]:
    """Ours beside nginx, for a 304 and for a 200, plain and in gzip."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        wrk = Wrk(folder, seconds=FEW_SECONDS if options.is_quick else SECONDS)
        ours, theirs = processes.find_free_port(), processes.find_free_port()
        home = make_paper(folder, port=ours)
        stack.enter_context(serving_ours(home, port=ours))
        plain, packed = ask(ours, {"Accept-Encoding": "identity"}), ask(ours, {"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.body) == plain.body
        stack.enter_context(serving_nginx(folder, port=theirs, feed=plain.body, packed=packed.body))
        bodies = {"": plain.body, "gzip": packed.body}
        for load in LOADS:
            yield _compare(options, wrk, load, ports=(ours, theirs), body=bodies[load.coding])


def _compare(options: Options, wrk: Wrk, load: Load, *, ports: tuple[int, int], body: bytes) -> Figure:
    wishes = []
    for port in ports:
        headers = {"Accept-Encoding": load.coding or "identity"}
        if load.status == 304:
            headers["If-None-Match"] = ask(port, headers).etag
        answer = ask(port, headers)
        assert (answer.status, answer.body) == (load.status, b"" if load.status == 304 else body)
        assert load.status == 304 or answer.coding == load.coding
        wishes.append((port, headers, len(answer.body)))
    acts = [lambda wish=wish: wrk.load(wish[0], wish[1], expected=wish[2]) for wish in wishes]
    ours, reference = take_turns(options.rounds, *acts)
    return Figure(
        what=f"serve: {load.what} of a feed of 60 KB",
        unit="/s",
        ours=ours,
        reference=reference,
        beside="nginx, one worker",
        aim=Aim(sense=Sense.LEAST, bound=load.aim),
    )
