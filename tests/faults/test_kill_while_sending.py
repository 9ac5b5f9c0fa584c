"""X01: kill -9 while an issue goes out. Nobody is lost, and nobody is mailed twice but for the messages on the wire."""

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.clock import now
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorded, Recorder

PEOPLE = 1_000
CONNECTIONS = 4


class Trap:
    """Kills a process from the relay's side, at the moment when a certain message has been accepted."""

    def __init__(self) -> None:
        self.pid = 0
        self.at = 0
        self.sprung = threading.Event()
        self._count = 0

    def __call__(self, _: Recorded) -> None:
        self._count += 1
        if self._count == self.at and self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.sprung.set()


@pytest.fixture
def trap() -> Trap:
    return Trap()


@pytest.fixture
def recorder(trap: Trap) -> Iterator[Recorder]:
    with Recorder(on_accept=trap) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    folder = make_home(tmp_path / "home", relay_port=recorder.port, connections=CONNECTIONS)
    folder.write_seed("bridge.md", "# The bridge opens\n\nAfter two years, the bridge opens on Monday.\n")
    return folder


def fill(home: HomeFolder, people: int) -> list[str]:
    emails = [f"reader{number}@example.net" for number in range(people)]
    with home.opened() as app:
        look(app, datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
        subscribe(app, emails, now=now())
    return emails


def send_and_kill(home: HomeFolder, trap: Trap, *, at: int) -> None:
    process = home.start("send", "daily")
    trap.at, trap.pid = at, process.pid
    assert trap.sprung.wait(60)
    assert process.wait(10) == -signal.SIGKILL
    assert process.stdout
    process.stdout.close()


def get_counts(home: HomeFolder) -> dict[str, int]:
    (issue,) = json.loads(home.run("issues", "list", "--json").stdout)
    counts: dict[str, int] = issue["deliveries"]
    assert sum(counts.values()) == issue["eligible"]
    return counts


def list_doubtful(home: HomeFolder) -> set[str]:
    (issue,) = json.loads(home.run("issues", "list", "--json").stdout)
    shown = json.loads(home.run("issues", "show", issue["id"], "--json").stdout)
    return {row["email"] for row in shown["attention"] if row["status"] == "doubtful"}


def test_killed_sender_loses_nobody(home: HomeFolder, recorder: Recorder, trap: Trap) -> None:
    emails = fill(home, PEOPLE)
    send_and_kill(home, trap, at=350)

    again = home.run("send", "daily")
    assert again.returncode == 3, again.stdout + again.stderr
    doubtful = list_doubtful(home)
    assert 1 <= len(doubtful) <= CONNECTIONS
    assert set(recorder.recipients) | doubtful == set(emails)
    assert not [email for email, times in Counter(recorder.recipients).items() if times > 1]

    (issue,) = json.loads(home.run("issues", "list", "--json").stdout)
    assert home.run("issues", "resolve", issue["id"], "--resend").returncode == 0
    assert home.run("send", "daily").returncode == 0
    times = Counter(recorder.recipients)
    assert set(times) == set(emails)
    assert {email for email, count in times.items() if count > 1} <= doubtful
    assert max(times.values()) <= 2
    assert get_counts(home)["sent"] == PEOPLE


def test_second_copy_has_the_same_id(home: HomeFolder, recorder: Recorder, trap: Trap) -> None:
    fill(home, 40)
    send_and_kill(home, trap, at=20)
    home.run("send", "daily")
    (issue,) = json.loads(home.run("issues", "list", "--json").stdout)
    home.run("issues", "resolve", issue["id"], "--resend")
    home.run("send", "daily")
    ids: dict[str, set[bytes]] = {}
    for message in recorder.messages:
        head = message.content.partition(b"\r\n\r\n")[0].split(b"\r\n")
        ids.setdefault(message.recipient, set()).update(line for line in head if line.startswith(b"Message-ID:"))
    assert max(Counter(recorder.recipients).values()) == 2
    assert all(len(own) == 1 for own in ids.values())
    assert len({next(iter(own)) for own in ids.values()}) == 40


def test_assume_sent_mails_nobody_again(home: HomeFolder, recorder: Recorder, trap: Trap) -> None:
    fill(home, 40)
    send_and_kill(home, trap, at=20)
    home.run("send", "daily")
    accepted = len(recorder.messages)
    (issue,) = json.loads(home.run("issues", "list", "--json").stdout)
    assert home.run("issues", "resolve", issue["id"], "--assume-sent").returncode == 0
    home.run("send", "daily")
    assert len(recorder.messages) == accepted
    assert get_counts(home)["sent"] == 40


def test_sigterm_leaves_nothing_in_doubt(home: HomeFolder, recorder: Recorder) -> None:
    fill(home, 400)
    home.run("send", "daily", "--dry-run")
    started = threading.Event()
    recorder._on_accept = lambda _: started.set()
    with home.opened() as app:
        from publisher.jobs import issuing

        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        assert issuing.freeze(app, coming, now=now())
    process = home.start("worker")
    assert started.wait(60)
    process.terminate()
    assert process.wait(30) == 0
    assert process.stdout
    process.stdout.close()
    counts = get_counts(home)
    assert counts["doubtful"] == counts["claimed"] == counts["sending"] == 0
    assert counts["sent"] == len(recorder.messages)
    assert counts["sent"] + counts["queued"] == 400
