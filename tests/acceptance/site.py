"""A site for acceptance tests: a home with articles and readers, a browser, a process, conditions to wait for."""

import http.client
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import lxml.html
from starlette.testclient import TestClient

from publisher.app import App
from publisher.clock import now
from publisher.domain.subscriber import Reason
from publisher.domain.token import Purpose
from publisher.jobs.subscribing import ask
from publisher.subscriptions import Request, find_by_unsubscribe_token, suppress, unsubscribe
from publisher.web import build_web
from publisher.web.state import State
from tests.homes import HTTPS, HomeFolder, look, make_home, subscribe

ALICE, BOB, CAROL, DAVE = (f"{name}@example.net" for name in ("alice", "bob", "carol", "dave"))
BRIDGE = "/articles/2026/11/bridge"
FEEDS = tuple(f"/feeds/main.{form}" for form in ("rss", "atom", "json"))
FILES = ("/", "/feeds", "/feeds.opml", "/style.css", BRIDGE, *FEEDS)
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
SEED = "---\ntitle: {title}\ndate: {date}\n{more}---\n\n{text}\n"
_STEP = 0.02

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Site:
    """An open home and a browser on this machine that follows no redirect."""

    app: App
    browser: TestClient

    def get_subscriber(self, email: str) -> int:
        """Somebody's key."""
        with self.app.ledger.read() as tx:
            subscriber = tx.subscribers.find(email)
        assert subscriber
        return subscriber.key

    def get_status(self, email: str) -> str:
        """Where somebody stands with the daily newsletter."""
        with self.app.ledger.read() as tx:
            subscription = tx.subscribers.find_subscription(self.get_subscriber(email), "daily")
        assert subscription
        return subscription.status.value

    def confirm_path(self, email: str) -> str:
        """The address in somebody's confirmation mail."""
        return f"/confirm/{self.app.keys.sign(Purpose.CONFIRM, self.get_subscriber(email), int(now().timestamp()))}"

    def preferences_path(self, email: str) -> str:
        """The address of somebody's preferences."""
        return f"/preferences/{self.app.keys.sign(Purpose.PREFERENCES, self.get_subscriber(email))}"

    def unsubscribe_path(self, email: str) -> str:
        """The address that ends somebody's daily newsletter."""
        with self.app.ledger.read() as tx:
            subscription = tx.subscribers.find_subscription(self.get_subscriber(email), "daily")
        assert subscription
        return f"/unsubscribe/{self.app.keys.sign(Purpose.UNSUBSCRIBE, subscription.key)}"

    def token_paths(self, email: str) -> list[str]:
        """Every address that is somebody's own."""
        return [self.confirm_path(email), self.preferences_path(email), self.unsubscribe_path(email)]


def write_article(home: HomeFolder, path: str, title: str, *, more: str = "", text: str = "", day: str = "20") -> None:
    """Put an article of November 2026 into the folder; `more` is further front matter."""
    body = text or "The mayor cut the ribbon, and everybody crossed. " * 8
    home.write_seed(path, SEED.format(title=title, date=f"2026-11-{day}", more=more, text=body))


def browse(app: App, *, ip: str = "127.0.0.1", has_errors: bool = False, **options: Any) -> TestClient:
    """A browser at the site's own address, as seen from `ip`; `has_errors` shows answers of 500."""
    return TestClient(
        build_web(State(app)),
        base_url=app.publication.url,
        client=(ip, 50_000),
        follow_redirects=False,
        raise_server_exceptions=not has_errors,
        **options,
    )


@cache
def _make_pattern(url: str) -> TemporaryDirectory[str]:
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="site-", ignore_cleanup_errors=True)
    home = make_home(Path(folder.name) / "home", url=url)
    write_article(home, "town/bridge.md", "Bridge", more="tags: [traffic]\n", text="![The bridge](bridge.png)\n\nOpen.")
    (home.path / "seeds" / "town" / "bridge.png").write_bytes(PIXEL)
    write_article(home, "sport/run.md", "The run", day="19", more="aliases: [/old/run.html, /2016/run/]\n")
    with home.opened() as app:
        look(app, now() - timedelta(hours=1))  # so that its lease is over for the copies
        _put_people(app)
    return folder


def _put_people(app: App) -> None:
    """Alice is confirmed, bob pending, carol left, dave is suppressed."""
    moment = now() - timedelta(days=2)
    subscribe(app, [ALICE, CAROL, DAVE], now=moment)
    ask(app, Request(email=BOB, newsletters=("daily",), source="sign-up form"), now=moment)
    path = Site(app, browse(app)).unsubscribe_path(CAROL)
    with app.ledger.write() as tx:
        subscription = find_by_unsubscribe_token(tx, path.rpartition("/")[2], keys=app.keys)
        assert subscription
        unsubscribe(tx, path.rpartition("/")[2], keys=app.keys, source="test", ip="", now=moment)
        suppress(tx, DAVE, keys=app.keys, reason=Reason.COMPLAINT, source="test", now=moment)


def copy_home(path: Path, *, url: str = HTTPS, more: str = "") -> HomeFolder:
    """A home with two articles, a picture and the cast; `more` is added to its settings."""
    shutil.copytree(Path(_make_pattern(url).name) / "home", path, dirs_exist_ok=True)
    with (path / "config" / "publisher.toml").open("a", encoding="utf-8") as settings:
        settings.write(more)
    return HomeFolder(path)


@contextmanager
def open_site(home: HomeFolder) -> Iterator[Site]:
    """The site of a home, in this process."""
    with home.opened() as app:
        yield Site(app, browse(app))


def dump(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the ledger, by table."""
    assert app.ledger.path
    with closing(sqlite3.connect(app.ledger.path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def parse(page: str) -> Any:
    """A page as a tree."""
    return lxml.html.document_fromstring(page)


def wait_for(condition: Callable[[], T | None], *, seconds: float = 10) -> T:
    """What a condition gives as soon as it is true; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited too long"
        pause(_STEP)
    return found


def pause(seconds: float) -> None:
    """Let other processes work for a moment, where that moment is what is tested."""
    threading.Event().wait(seconds)


def find_free_port() -> int:
    """A port on this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True, slots=True)
class Running:
    """A `publisher run` as a process of its own."""

    home: HomeFolder
    port: int
    process: subprocess.Popen[bytes]

    @property
    def out(self) -> str:
        """What it has printed so far."""
        return (self.home.path / "out.txt").read_text(encoding="utf-8")

    @property
    def problems(self) -> str:
        """What it has written to standard error so far."""
        return (self.home.path / "err.txt").read_text(encoding="utf-8")

    def fetch(self, path: str, *, form: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
        """(status, text) of an address, with a form by POST; (0, "") where nobody answers."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            try:
                connection.request("POST" if form else "GET", path, form, kind | (headers or {}))
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except (OSError, http.client.HTTPException):
                return 0, ""

    def read(self, path: str) -> str:
        """The text of an address."""
        return self.fetch(path)[1]

    def has(self, path: str) -> bool:
        """Whether an address answers with a file."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("HEAD", path)
            return connection.getresponse().status == http.HTTPStatus.OK

    def is_ready(self) -> bool:
        """Whether it serves; fails when it has ended instead."""
        assert self.process.poll() is None, self.problems
        return self.fetch("/healthz")[0] == 200

    def wait_until_ready(self) -> None:
        """Wait until it serves."""
        wait_for(self.is_ready, seconds=30)

    def change_settings(self, old: str, new: str) -> None:
        """Put other words into the settings file."""
        replace_in(self.home.path / "config" / "publisher.toml", old, new)


def replace_in(path: Path, old: str, new: str) -> None:
    """Put other words into a file that has them."""
    text = path.read_text(encoding="utf-8")
    assert re.search(re.escape(old), text)
    path.write_text(text.replace(old, new), encoding="utf-8")


def make_local_home(path: Path, *, quiet: str = "0.05", more: str = "") -> tuple[HomeFolder, int]:
    """A home for a process on this machine, and the port that it will serve."""
    port = find_free_port()
    home = make_home(path, url=f"http://127.0.0.1:{port}", port=port, more=more)
    replace_in(home.path / "config" / "publisher.toml", "quiet = 0.05", f"quiet = {quiet}")
    return home, port


@contextmanager
def running(home: HomeFolder, port: int, *arguments: str, folder: Path | None = None) -> Iterator[Running]:
    """`publisher run` until the block ends, started in a folder."""
    with (home.path / "out.txt").open("wb") as out, (home.path / "err.txt").open("wb") as err:
        process = subprocess.Popen(home.command("run", *arguments), stdout=out, stderr=err, cwd=folder)
    try:
        yield Running(home, port, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
