"""WebSub (F13): each hub is told what readers get now, as long as it takes, and nobody waits for it."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.app import App
from publisher.clock import now
from publisher.domain.push import Push
from publisher.jobs.hubs import keep_pushing, push_due
from publisher.jobs.publishing import publish
from publisher.jobs.pushing import list_links, note_pushes
from tests.acceptance.site import Running, browse, make_local_home, running, wait_for
from tests.commands import call
from tests.conftest import on_postgresql, on_sqlite
from tests.factories import MINUTE, NOW
from tests.homes import DATABASE, HTTPS, HomeFolder, look, make_home
from tests.hub import Hub, Subscriber, fetch
from tests.postgres import Databases

FEEDS = tuple(f"/feeds/main.{form}" for form in ("atom", "json", "rss"))
TOPICS = [f"{HTTPS}{path}" for path in FEEDS]
ARTICLE = "# The bridge opens\n\nOn Monday.\n"
HERE = "http://127.0.0.1:8000"
FAR_HUB = "https://hub.example.org/"
SECRET = "between us"


def set_hubs(monkeypatch: pytest.MonkeyPatch, *hubs: str, is_private_allowed: bool = True) -> None:
    """Let the feed have those hubs from the next start on."""
    monkeypatch.setenv("PUBLISHER_FEEDS__MAIN__HUBS", json.dumps(hubs))
    monkeypatch.setenv("PUBLISHER_WEB__PRIVATE_HUBS", str(is_private_allowed).lower())


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The feed's hub; it fetches nothing, for nobody serves the site."""
    with Hub(is_fetching=False) as started:
        set_hubs(monkeypatch, started.url)
        yield started


@pytest.fixture
def home(tmp_path: Path, ledger_url: str, hub: Hub) -> HomeFolder:
    """A paper with a hub and one article, on either database."""
    folder = make_home(tmp_path / "home", more=DATABASE.format(url=ledger_url))
    folder.write_seed("bridge.md", ARTICLE)
    return folder


@dataclass
class Paper:
    """An open home, and the moment."""

    home: HomeFolder
    app: App
    now: datetime = NOW

    async def push(self, *, after: timedelta = timedelta(0), seconds: float = 10) -> None:
        """Tell the hubs what is due, so much later."""
        self.now += after
        await push_due(self.app, now=lambda: self.now, seconds=seconds)

    def change(self, text: str = "On Tuesday.") -> None:
        """Let the article say something else."""
        self.home.write_seed("bridge.md", f"# The bridge opens\n\n{text}\n")
        self.now += MINUTE
        look(self.app, self.now)

    def list_pushes(self) -> list[Push]:
        """What stands in the ledger."""
        with self.app.ledger.read() as tx:
            return tx.pushes.list_all()


@contextmanager
def opened(home: HomeFolder) -> Iterator[Paper]:
    """A paper that has looked at its folder."""
    with home.opened() as app:
        look(app, NOW)
        yield Paper(home, app)


@pytest.fixture
def paper(home: HomeFolder) -> Iterator[Paper]:
    with opened(home) as one:
        yield one


# What a hub is told.


async def test_f13_hub_is_told_of_each_format(paper: Paper, hub: Hub) -> None:
    await paper.push()
    said = [{"hub.mode": "publish", "hub.url": topic, "hub.topic": topic} for topic in TOPICS]
    assert [asked.form for asked in hub.asked] == said
    assert {asked.headers["Content-Type"] for asked in hub.asked} == {"application/x-www-form-urlencoded"}


async def test_told_hub_is_told_nothing_twice(paper: Paper, hub: Hub) -> None:
    await paper.push()
    publish(paper.app, now=paper.now, is_full=True)
    await paper.push()
    assert hub.told == TOPICS


async def test_f13_correction_is_told(paper: Paper, hub: Hub) -> None:
    await paper.push()
    paper.change()
    await paper.push()
    assert hub.told == 2 * TOPICS


def test_noted_bytes_are_noted_once(paper: Paper) -> None:
    before = paper.list_pushes()
    note_pushes(paper.app, now=paper.now + MINUTE)
    assert paper.list_pushes() == before


async def test_two_processes_tell_once(paper: Paper, hub: Hub) -> None:
    with paper.home.opened() as other:
        await asyncio.gather(paper.push(), push_due(other, now=lambda: paper.now))
    assert sorted(hub.told) == TOPICS


async def test_hub_that_is_left_out_is_forgotten(paper: Paper, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    set_hubs(monkeypatch, FAR_HUB)
    with opened(paper.home) as later:
        assert {push.hub for push in later.list_pushes()} == {FAR_HUB}


def test_f13_links_name_hubs_and_document(paper: Paper, hub: Hub) -> None:
    links = {path: f'<{hub.url}>; rel="hub", <{HTTPS}{path}>; rel="self"' for path in FEEDS}
    assert list_links(paper.app) == links


# A hub that does not listen.


async def test_f13_absent_hub_is_told_when_it_is_back(paper: Paper, hub: Hub) -> None:
    hub.stop()
    await paper.push()
    await paper.push(after=1.2 * MINUTE)
    assert {(push.attempts, push.problem) for push in paper.list_pushes()} == {(2, "127.0.0.1: Connection refused")}
    hub.start()
    await paper.push(after=1.2 * MINUTE)
    assert hub.told == []
    await paper.push(after=1.2 * MINUTE)
    assert sorted(hub.told) == TOPICS
    assert {(push.attempts, push.problem, push.failing_since) for push in paper.list_pushes()} == {(0, "", None)}


async def test_f13_refused_document_keeps_back_no_other(paper: Paper, hub: Hub) -> None:
    hub.status, hub.said = 500, "come back later"
    await paper.push()
    assert hub.told == TOPICS
    hub.status = 200
    await paper.push(after=1.2 * MINUTE)
    assert sorted(hub.told) == sorted(2 * TOPICS)


async def test_silent_hub_is_asked_once_a_round(paper: Paper, hub: Hub) -> None:
    hub.is_hanging = True
    await paper.push(seconds=0.2)
    assert hub.told == TOPICS[:1]
    assert [push.attempts for push in paper.list_pushes()] == [1, 1, 1]


async def test_silent_hub_keeps_back_no_other(home: HomeFolder, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.is_hanging = True
    with Hub(is_fetching=False) as good:
        set_hubs(monkeypatch, hub.url, good.url)
        with opened(home) as paper:
            pushing = asyncio.create_task(paper.push())
            await asyncio.to_thread(wait_for, lambda: good.told == TOPICS and hub.told)
            assert not pushing.done()
            hub.stop()
            await pushing


async def test_news_are_told_without_a_pause(paper: Paper, hub: Hub) -> None:
    hub.status = 503
    for _ in range(5):
        await paper.push(after=timedelta(hours=2))
    hub.status = 200
    paper.change()
    await paper.push()
    assert {push.is_waiting for push in paper.list_pushes()} == {False}


@on_sqlite
def test_doctor_says_what_a_hub_answers(paper: Paper, hub: Hub) -> None:
    hub.status, hub.said = 400, "no such topic"
    asyncio.run(paper.push())
    finding = find_hub(paper.home)
    assert not finding["ok"]
    assert "3 documents since 23 November 2026, 06:00 UTC: 127.0.0.1: HTTP 400: no such topic" in finding["text"]


@on_sqlite
def test_doctor_is_content_with_a_told_hub(paper: Paper, hub: Hub) -> None:
    assert "3 documents to tell it of, once `publisher run` is up" in find_hub(paper.home)["text"]
    asyncio.run(paper.push())
    assert find_hub(paper.home) == {
        "what": f"hub {hub.url}",
        "ok": True,
        "text": "told last on 23 November 2026, 06:00 UTC",
    }


def find_hub(home: HomeFolder) -> dict[str, Any]:
    """What doctor finds at the hub."""
    (finding,) = [one for one in call(home, "doctor", "--json").json if one["what"].startswith("hub ")]
    found: dict[str, Any] = finding
    return found


async def test_metrics_count_what_waits(tmp_path: Path, hub: Hub) -> None:
    hub.status = 500
    with opened(make_home(tmp_path / "home", url=HERE)) as paper:
        await paper.push()
        page = browse(paper.app).get("/metrics").text
    assert f'publisher_hub_waiting{{hub="{hub.url}"}} 3.0' in page
    assert f'publisher_hub_up{{hub="{hub.url}"}} 0.0' in page


@on_postgresql
async def test_ledger_that_was_away_ends_no_telling(
    paper: Paper, hub: Hub, databases: Databases, ledger_url: str
) -> None:
    stop = asyncio.Event()
    telling = asyncio.create_task(keep_pushing(paper.app, stop, wake=asyncio.Event()))
    await asyncio.to_thread(wait_for, lambda: hub.told == TOPICS)
    databases.cut_off(ledger_url)
    with paper.home.opened() as other:
        Paper(paper.home, other).change()
    await asyncio.to_thread(wait_for, lambda: hub.told == 2 * TOPICS)
    stop.set()
    await telling


# Addresses that are nobody's business.


@on_sqlite
async def test_s08_inner_hub_is_refused(home: HomeFolder, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    set_hubs(monkeypatch, hub.url, is_private_allowed=False)
    with opened(home) as paper:
        await paper.push()
        assert hub.asked == []
        problem = "127.0.0.1: 127.0.0.1 is no public address; web.private_hubs = true lets it be told all the same"
        assert {push.problem for push in paper.list_pushes()} == {problem}


def test_inner_site_tells_no_hub_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_hubs(monkeypatch, FAR_HUB, is_private_allowed=False)
    home = make_home(tmp_path / "home", url=HERE)
    with opened(home) as paper:
        assert paper.list_pushes() == []
    assert "no hub can fetch a feed there" in find_hub(home)["text"]


# A process that runs.


@pytest.fixture
def fetching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that fetches what it is told of."""
    monkeypatch.setenv("FAILPOINT_HASTE", "20")  # pauses of three seconds, half a second for an answer
    with Hub() as started:
        set_hubs(monkeypatch, started.url)
        yield started


@pytest.fixture
def local(tmp_path: Path, fetching: Hub) -> tuple[HomeFolder, int]:
    """A home with a hub and one article, and its port."""
    home, port = make_local_home(tmp_path / "home")
    home.write_seed("bridge.md", ARTICLE)
    return home, port


@pytest.fixture
def up(local: tuple[HomeFolder, int], fetching: Hub) -> Iterator[Running]:
    """A process that has told its hub of the first article."""
    with running(*local) as process:
        process.wait_until_ready()
        wait_for(
            lambda: {topic for topic, document in fetching.fetched if b"bridge" in document.content} == topics(process)
        )
        yield process


def topics(process: Running) -> set[str]:
    return {f"http://127.0.0.1:{process.port}{path}" for path in FEEDS}


def test_f13_subscriber_is_sent_what_is_new(up: Running, fetching: Hub) -> None:
    topic = f"http://127.0.0.1:{up.port}/feeds/main.atom"
    found = fetch(topic).links
    with Subscriber() as subscriber:
        subscriber.subscribe(found["hub"][0], found["self"][0], secret=SECRET)
        wait_for(lambda: fetching.has_subscriber(topic))
        up.home.write_seed("tram.md", "# The tram runs\n\nEvery hour.\n")
        document = subscriber.wait()
    assert b"The tram runs" in document.content
    assert document.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert document.content == fetch(topic).content
    assert document.links == {"hub": [fetching.url], "self": [topic]}


def test_f13_every_answer_links_to_hub_and_itself(up: Running, fetching: Hub) -> None:
    for topic in topics(up):
        whole = fetch(topic)
        answers = [whole, fetch(topic, is_head=True), fetch(topic, headers={"If-None-Match": whole.headers["etag"]})]
        answers.append(fetch(topic, headers={"Accept-Encoding": "gzip"}))
        answers.append(fetch(f"{topic}?utm_source=x"))
        assert [one.status for one in answers] == [200, 200, 304, 200, 200]
        assert [one.links for one in answers] == 5 * [{"hub": [fetching.url], "self": [topic]}]


def test_silent_hub_holds_up_nobody(up: Running, fetching: Hub) -> None:
    fetching.heard.clear()
    fetching.is_hanging = True
    up.home.write_seed("tram.md", "# The tram runs\n\nEvery hour.\n")
    assert fetching.heard.wait(10)
    up.home.write_seed("market.md", "# The market moves\n\nTo the north.\n")
    wait_for(lambda: "The market moves" in up.read("/feeds/main.atom"))
    started = time.monotonic()
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(10) == 0
    assert time.monotonic() - started < 5


def test_f13_killed_process_is_followed(up: Running, fetching: Hub) -> None:
    fetching.heard.clear()
    fetching.is_hanging = True
    up.home.write_seed("tram.md", "# The tram runs\n\nEvery hour.\n")
    assert fetching.heard.wait(10)
    up.process.kill()
    up.process.wait()
    fetching.is_hanging = False
    before = len(fetching.fetched)
    with running(up.home, up.port):
        wait_for(lambda: {topic for topic, _ in fetching.fetched[before:]} == topics(up), seconds=30)
    assert all(b"The tram runs" in document.content for _, document in fetching.fetched[before:])


def test_f13_lost_row_is_mended_at_start(local: tuple[HomeFolder, int], fetching: Hub) -> None:
    home, port = local
    with home.opened() as app:
        look(app, now())
        with app.ledger.write() as tx:  # as it would stand there, had this process died before it noted the bytes
            for push in tx.pushes.list_all():
                tx.pushes.note(push.hub, push.topic, digest="former", now=now())
                tx.pushes.record(replace(push, digest="former"), now=now())
    with running(home, port) as process:
        wait_for(lambda: {topic for topic, _ in fetching.fetched} == topics(process), seconds=30)


def test_what_another_process_publishes_is_told(local: tuple[HomeFolder, int], fetching: Hub) -> None:
    home, port = local
    with running(home, port, "--only", "web") as process:
        process.wait_until_ready()
        assert call(home, "ingest").code == 0
        wait_for(lambda: {topic for topic, doc in fetching.fetched if b"bridge" in doc.content} == topics(process))
