"""Readers who poll feeds while these are built anew many times a second, and what they got."""

import gzip
import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from lxml import etree

from publisher.app import App
from publisher.clock import now
from publisher.domain.article import Article
from publisher.domain.feed import Choice
from publisher.domain.feed_path import parse_feed_path
from publisher.feeds import build
from publisher.jobs.feeding import build_feed
from publisher.jobs.offering import find_feed
from publisher.jobs.publishing import publish

_TIMEOUT = 10.0
_OPENERS: Mapping[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress}
_VERSION = "version {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader asks for again and again; with `has_tag` she says which bytes she has (If-None-Match)."""

    path: str
    coding: str = ""
    has_tag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One answer: the seconds from when it was due to its last byte, and the digest of what it held.

    `problem` says what was wrong with it; a 304 holds nothing.
    """

    path: str
    seconds: float
    status: int = 0
    digest: str = ""
    problem: str = ""


@dataclass(slots=True)
class Reader:
    """One who asks each `every` seconds for what she wishes, over a connection that stays."""

    port: int
    wish: Wish
    every: float
    polls: list[Poll] = field(default_factory=list)
    _sound: set[str] = field(default_factory=set)
    _tag: str = ""

    def read_until(self, ended: threading.Event) -> None:
        """Poll until then."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT)
        due = time.monotonic()
        while not ended.wait(max(due - time.monotonic(), 0)):
            try:
                self.polls.append(self._poll(connection, due))
            except (OSError, http.client.HTTPException, ValueError, SyntaxError) as problem:
                why = f"{type(problem).__name__}: {problem}"
                self.polls.append(Poll(path=self.wish.path, seconds=time.monotonic() - due, problem=why))
                connection.close()
            due += self.every
        connection.close()

    def _poll(self, connection: http.client.HTTPConnection, due: float) -> Poll:
        headers = {"Accept-Encoding": self.wish.coding or "identity"}
        if self.wish.has_tag and self._tag:
            headers["If-None-Match"] = self._tag
        connection.request("GET", self.wish.path, headers=headers)
        answer = connection.getresponse()
        body, seconds = answer.read(), time.monotonic() - due
        self._tag = answer.getheader("ETag", "")
        poll = Poll(path=self.wish.path, seconds=seconds, status=answer.status)
        if answer.status != http.HTTPStatus.OK:
            is_known = answer.status == http.HTTPStatus.NOT_MODIFIED and "If-None-Match" in headers and not body
            return replace(poll, problem="" if is_known else f"answered by {answer.status}")
        text = _OPENERS[answer.getheader("Content-Encoding", "")](body)
        digest = hashlib.sha256(text).hexdigest()
        self._check(text, digest)
        is_named = self._tag.strip('"').partition("-")[0] == digest[:24]
        return replace(poll, digest=digest, problem="" if is_named else "the ETag is that of other bytes")

    def _check(self, text: bytes, digest: str) -> None:
        """Raises an error where the bytes are no whole document."""
        if digest not in self._sound:
            _parse(self.wish.path, text)
            self._sound.add(digest)


def _parse(path: str, text: bytes) -> None:
    if PurePosixPath(path).suffix == ".json":
        json.loads(text)
    else:
        etree.fromstring(text)


@contextmanager
def polling(port: int, wishes: Sequence[Wish], *, every: float) -> Iterator[list[Reader]]:
    """A reader for each wish, until the block ends; then each has all of her polls."""
    readers, ended = [Reader(port=port, wish=wish, every=every) for wish in wishes], threading.Event()
    threads = [threading.Thread(target=reader.read_until, args=(ended,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        ended.set()
        for thread in threads:
            thread.join()


class Rebuilding:
    """Changes the newest article and publishes, again and again; remembers each build's bytes by their digest."""

    def __init__(self, app: App, paths: Sequence[str]) -> None:
        self._app, self._paths, self.builds = app, paths, 0
        self.digests: dict[str, set[str]] = {path: set() for path in paths}
        with app.ledger.read() as tx:
            (self._article,) = tx.streams.list_newest(Choice(), limit=1, now=now())
        self._note(now())

    def rebuild(self) -> None:
        """Make one more build, all of whose bytes differ from those of the one before."""
        moment, self.builds = now(), self.builds + 1
        self._article = _rewrite(self._article, self.builds, at=moment)
        with self._app.ledger.write() as tx:
            tx.articles.change(self._article, seed_digest=f"digest {self.builds}")
        publish(self._app, now=moment)
        self._note(moment)

    def rebuild_until(self, is_enough: Callable[[], bool], *, every: float) -> None:
        """Make one each `every` seconds, or as fast as they can be made, until it is enough."""
        pause, due = threading.Event(), time.monotonic()
        while not is_enough():
            pause.wait(max(due - time.monotonic(), 0))
            self.rebuild()
            due = max(due + every, time.monotonic())

    def _note(self, moment: datetime) -> None:
        for path in self._paths:
            served = self._app.shelf.find(path)
            body = served.body if served else _build(self._app, path, now=moment)
            self.digests[path].add(hashlib.sha256(body).hexdigest())


def _build(app: App, path: str, *, now: datetime) -> bytes:
    """A feed that no file holds, made past what is kept of such feeds for a tenth of a second."""
    place = parse_feed_path(path)
    assert place
    with app.ledger.read() as tx:
        feed = find_feed(app, tx, place.name, now=now)
        assert feed
        return build(build_feed(app, tx, feed, now=now), place.form)


def _rewrite(article: Article, number: int, *, at: datetime) -> Article:
    words = _VERSION.format(number)
    return replace(article, title=f"The bridge, {words}", html=f"<p>{words}</p>" * 50, updated_at=at)


def list_seen(polls: Sequence[Poll]) -> dict[str, set[str]]:
    """The digests of all that was got, by path."""
    return {path: {poll.digest for poll in polls if poll.path == path} - {""} for path in {poll.path for poll in polls}}


def list_problems(polls: Sequence[Poll], digests: Mapping[str, set[str]]) -> list[str]:
    """What was wrong: no good answer, a torn body, bytes that no build had made."""
    strange = [f"{poll.path}: bytes of no build" for poll in polls if poll.digest not in {"", *digests[poll.path]}]
    return [f"{poll.path}: {poll.problem}" for poll in polls if poll.problem] + strange
