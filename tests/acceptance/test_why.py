"""`why ADDRESS ISSUE` after a real conversation with a relay of many moods: a story for each state, in words."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from publisher.clock import now
from publisher.domain.subscriber import Status
from publisher.subscriptions import Request, add_confirmed
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

SENT, DEFERRED, REFUSED, DOUBTFUL, LEFT, SUPPRESSED, LATER = (
    f"{name}@example.net" for name in ("alice", "bob", "carol", "dan", "eve", "frank", "grace")
)
SPORTY = "harriet@example.net"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        server.reply("rcpt", "450 4.2.1 greylisted", recipient=DEFERRED)
        server.reply("rcpt", "550 5.1.1 no such user", recipient=REFUSED)
        server.drop("dot", recipient=DOUBTFUL)
        server.reply("rcpt", "451 4.3.0 later", recipient=LATER, times=1)
        yield server


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """A paper whose issue has met everything at the relay."""
    folder = make_home(tmp_path / "home", relay_port=recorder.port, connections=1)
    folder.write_seed("town/bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with folder.opened() as app:
        look(app, now())
        subscribe(app, [SENT, DEFERRED, REFUSED, DOUBTFUL, LEFT, SUPPRESSED, LATER], now=now())
        with app.ledger.write() as tx:
            wish = Request(email=SPORTY, newsletters=("daily",), source="a test", sections=("sport",))
            add_confirmed(tx, wish, keys=app.keys, consent_at=now(), now=now())
    call_well(folder, "subscribers", "suppress", SUPPRESSED, "--source", "she asked by phone")
    recorder.reply("rcpt", "450 4.2.1 greylisted", recipient=LEFT)
    assert call(folder, "send", "daily").code == 3
    return folder


def get_issue(home: HomeFolder) -> str:
    return str(call_well(home, "issues", "list", "--json").json[0]["id"])


def tell(home: HomeFolder, email: str) -> str:
    """The words about the issue, for people and for scripts the same."""
    issue = get_issue(home)
    (row,) = call_well(home, "why", email, issue, "--json").json["deliveries"]
    out = call_well(home, "why", email, issue).out
    assert f"{issue}: {row['words']}" in out
    return str(row["words"])


def leave(home: HomeFolder, email: str) -> None:
    with home.opened() as app, app.ledger.write() as tx:
        subscriber = tx.subscribers.find(email)
        assert subscriber
        tx.subscribers.set_subscription(subscriber.key, "daily", status=Status.UNSUBSCRIBED, now=now())


def test_each_reader_has_a_story(home: HomeFolder) -> None:
    leave(home, LEFT)
    issue = get_issue(home)
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        call(home, "send", "daily")
    stories = {
        SENT: r"sent: main accepted it: 250 2\.0\.0 accepted",
        LATER: r"sent: main accepted it at attempt 2: 250 2\.0\.0 accepted",
        DEFERRED: r"queued: deferred 2 times: main said 450 4\.2\.1 greylisted; the next attempt is due at 20\S+Z; "
        r"its time is over at 20\S+Z",
        REFUSED: r"failed: refused for good: main said 550 5\.1\.1 no such user",
        DOUBTFUL: r"doubtful: its text had begun to go out, and no answer came.*: whether the relay took it only "
        rf"its log may know, by <d\d+\.\w+@example\.org>; publisher issues resolve {issue} --resend \| --assume-sent",
        LEFT: r"skipped: she had left before her message began",
        SPORTY: r"skipped: none of the sections that she chose is in it",
        SUPPRESSED: r"suppressed: this address is not mailed any more: operator of 20\S+Z \(she asked by phone\)",
    }
    told = {email: tell(home, email) for email in stories}
    assert {email for email, story in stories.items() if not re.fullmatch(story, told[email])} == set(), told
    assert "suppressed 20" in call_well(home, "why", REFUSED).out


def test_waiting_reader_is_told_of_the_pause(home: HomeFolder) -> None:
    call_well(home, "issues", "pause", get_issue(home), "--reason", "a wrong name in it")
    assert "; its issue is paused: a wrong name in it; its time is over at" in tell(home, DEFERRED)


def test_cancelled_reader_has_a_story(home: HomeFolder) -> None:
    call_well(home, "issues", "cancel", get_issue(home))
    assert tell(home, DEFERRED) == "cancelled: its issue was cancelled before her message began"


def test_expired_reader_has_a_story(home: HomeFolder) -> None:
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        call(home, "send", "daily")
    story = r"expired: not accepted by 20\S+Z, and not tried any more: main said 450 4\.2\.1 greylisted"
    assert re.fullmatch(story, tell(home, DEFERRED))
