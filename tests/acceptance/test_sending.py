"""Sending by hand through a relay that misbehaves: who gets what, what waits, and how `send` ends. Nobody is lost."""

import signal
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine

from publisher.app import App
from publisher.clock import now
from publisher.domain.issue import Issue
from publisher.domain.subscriber import Status
from publisher.jobs import issuing, pressing
from publisher.mail import Pace
from tests.commands import Ran, call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

NAMES = ("alice", "bob", "carol")
ALICE, BOB, CAROL = (f"{name}@example.net" for name in NAMES)
MANY = [f"reader{number}@place{number % 7}.example.net" for number in range(12)]
REFUSED = "554 5.7.1 relay access denied"


@pytest.fixture
def home(waiting_home: HomeFolder) -> HomeFolder:
    """A paper with three readers and one article that waits."""
    with waiting_home.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB, CAROL], now=now())
    return waiting_home


def list_issues(home: HomeFolder) -> list[dict[str, Any]]:
    """Every issue; its rows always sum up."""
    found: list[dict[str, Any]] = call_well(home, "issues", "list", "--json").json
    assert all(sum(issue["deliveries"].values()) == issue["eligible"] for issue in found)
    return found


def counts(home: HomeFolder) -> dict[str, int]:
    """How many rows of the only issue are in which state."""
    (issue,) = list_issues(home)
    return {state: number for state, number in issue["deliveries"].items() if number}


def compose(home: HomeFolder) -> str:
    """Freeze an issue of what waits, and send nothing yet; gives its id."""
    with home.opened() as app:
        return compose_in(app).id


def compose_in(app: App) -> Issue:
    newsletter = app.get_newsletter("daily")
    issue = pressing.compose(app, issuing.prepare_manual(app, newsletter, now=now()), now=now())
    assert isinstance(issue, Issue)
    return issue


def send_partly(home: HomeFolder) -> Ran:
    """A `send` that leaves something for later."""
    ran = call(home, "send", "daily")
    assert ran.code == 3, ran.out + ran.err
    assert "Traceback" not in ran.err
    return ran


def explain(home: HomeFolder, email: str) -> dict[str, Any]:
    (delivery,) = call_well(home, "why", email, "--json").json["deliveries"]
    return dict(delivery)


def test_everybody_gets_one_mail(home: HomeFolder, recorder: Recorder) -> None:
    assert "3 sent" in call_well(home, "send", "daily").out
    assert sorted(recorder.recipients) == [ALICE, BOB, CAROL]
    assert counts(home) == {"sent": 3}


def test_refused_for_now_goes_out_later(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", "450 4.2.1 come again", recipient=BOB, times=1)
    assert "open: 1 queued, 2 sent" in send_partly(home).out
    assert list_issues(home)[0]["deferred"] == 1
    assert "2 sent" in send_partly(home).out  # it is not due yet
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert "3 sent" in call_well(home, "send", "daily").out
    assert Counter(recorder.recipients) == Counter([ALICE, BOB, CAROL])


def test_unknown_reader_fails_alone(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", "550 5.1.1 no such user", recipient=BOB)
    assert "sent: 2 sent, 1 failed" in call_well(home, "send", "daily").out
    (issue,) = list_issues(home)
    (row,) = call_well(home, "issues", "show", issue["id"], "--json").json["attention"]
    assert (row["email"], row["status"], row["code"]) == (BOB, "failed", 550)
    assert "550 5.1.1 no such user" in call_well(home, "why", BOB).out


def test_refusing_relay_pauses_the_issue(home: HomeFolder, recorder: Recorder) -> None:
    with home.opened() as app:
        subscribe(app, MANY, now=now())
    recorder.reply("rcpt", REFUSED)
    ran = send_partly(home)
    assert "paused: 15 queued" in ran.out
    assert "relay access denied" in ran.out
    assert recorder.messages == []
    recorder.recover()
    (issue,) = list_issues(home)
    assert "paused" in send_partly(home).out
    call_well(home, "issues", "resume", issue["id"])
    assert "15 sent" in call_well(home, "send", "daily").out
    assert max(Counter(recorder.recipients).values()) == 1


def test_lost_connection_goes_out_later(home: HomeFolder, recorder: Recorder) -> None:
    recorder.drop("data", recipient=BOB, times=1)
    assert "1 queued, 2 sent" in send_partly(home).out
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert "3 sent" in call_well(home, "send", "daily").out


def test_lost_reply_is_in_doubt(home: HomeFolder, recorder: Recorder) -> None:
    recorder.drop("dot", recipient=BOB, times=1)
    assert "2 sent, 1 doubtful" in send_partly(home).out
    (issue,) = list_issues(home)
    assert f"doubtful  {explain(home, BOB)['at']}  {BOB}" in call_well(home, "issues", "show", issue["id"]).out
    call_well(home, "issues", "resolve", issue["id"], "--assume-sent")
    assert "no article is waiting" in call_well(home, "send", "daily").out
    assert Counter(recorder.recipients) == Counter([ALICE, BOB, CAROL])
    assert counts(home) == {"sent": 3}


def test_doubtful_row_can_be_sent_again(home: HomeFolder, recorder: Recorder) -> None:
    recorder.drop("dot", recipient=BOB, times=1)
    send_partly(home)
    (issue,) = list_issues(home)
    assert "1 queued again" in call_well(home, "issues", "resolve", issue["id"], "--resend").out
    call_well(home, "send", "daily")
    assert Counter(recorder.recipients) == {ALICE: 1, BOB: 2, CAROL: 1}
    first, second = (message_from_bytes(one.content) for one in recorder.messages if one.recipient == BOB)
    assert first["Message-ID"] == second["Message-ID"]


def test_dead_relay_loses_nothing(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("connect", "421 4.3.2 closed for today")
    with home.opened() as app:
        issue = compose_in(app)
        pace = Pace(look=0.01, retry_first=0.01)
        problem = pressing.deliver_issues(app, [issue], on_progress=lambda _done, _total: None, pace=pace)
    assert "closed for today" in problem
    assert counts(home) == {"queued": 3}
    assert list_issues(home)[0]["deferred"] == 0  # a failed connection costs no attempt
    recorder.recover()
    call_well(home, "send", "daily")
    assert sorted(recorder.recipients) == [ALICE, BOB, CAROL]


def test_suppressed_after_the_freeze_gets_nothing(home: HomeFolder, recorder: Recorder) -> None:
    compose(home)
    call_well(home, "subscribers", "suppress", BOB)
    call_well(home, "send", "daily")
    assert sorted(recorder.recipients) == [ALICE, CAROL]
    assert counts(home) == {"sent": 2, "suppressed": 1}


def test_erased_after_the_freeze_gets_nothing(home: HomeFolder, recorder: Recorder) -> None:
    compose(home)
    call_well(home, "subscribers", "erase", BOB)
    call_well(home, "send", "daily")
    assert sorted(recorder.recipients) == [ALICE, CAROL]
    assert counts(home) == {"sent": 2, "skipped": 1}


def test_one_who_left_after_the_freeze_gets_nothing(home: HomeFolder, recorder: Recorder) -> None:
    compose(home)
    with home.opened() as app, app.ledger.write() as tx:
        bob = tx.subscribers.find(BOB)
        assert bob
        tx.subscribers.set_subscription(bob.key, "daily", status=Status.UNSUBSCRIBED, now=now())
    call_well(home, "send", "daily")
    assert sorted(recorder.recipients) == [ALICE, CAROL]
    assert explain(home, BOB)["status"] == "skipped"


def test_suppressed_before_the_freeze_is_counted(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "subscribers", "suppress", BOB)
    call_well(home, "send", "daily")
    assert counts(home) == {"sent": 2, "suppressed": 1}
    assert sorted(recorder.recipients) == [ALICE, CAROL]


def test_paused_issue_waits(home: HomeFolder, recorder: Recorder) -> None:
    issue = compose(home)
    call_well(home, "issues", "pause", issue, "--reason", "the mayor called")
    assert f"{issue}: paused: 3 queued (the mayor called)" in send_partly(home).out
    assert recorder.messages == []
    call_well(home, "issues", "resume", issue)
    call_well(home, "send", "daily")
    assert len(recorder.messages) == 3


def test_cancelled_issue_reaches_nobody(home: HomeFolder, recorder: Recorder) -> None:
    issue = compose(home)
    page = home.path / "var" / "public" / "issues" / f"{issue}.html"
    assert page.exists()
    assert "3 will not get it" in call_well(home, "issues", "cancel", issue).out
    assert "no article is waiting" in call_well(home, "send", "daily").out
    assert (recorder.messages, counts(home)) == ([], {"cancelled": 3})
    assert not page.exists()
    assert call_well(home, "rebuild").out == "everything was right\n"


def test_half_sent_issue_keeps_its_page_when_cancelled(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", "450 4.2.1 come again", recipient=BOB)
    send_partly(home)
    (issue,) = list_issues(home)
    assert "1 will not get it" in call_well(home, "issues", "cancel", issue["id"]).out
    assert counts(home) == {"sent": 2, "cancelled": 1}
    assert call_well(home, "rebuild").out == "everything was right\n"
    assert (home.path / "var" / "public" / "issues" / f"{issue['id']}.html").exists()


def test_late_issue_expires(home: HomeFolder, recorder: Recorder) -> None:
    compose(home)
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert "sent: 3 expired" in call_well(home, "send", "daily").out
    assert (recorder.messages, counts(home)) == ([], {"expired": 3})


def test_test_mail_is_marked(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "send", "daily", "--test", "editor@example.net")
    (one,) = recorder.messages
    message = message_from_bytes(one.content, policy=policy.default)
    assert message["Subject"] == "[test] The morning — The bridge opens"
    assert message["To"] == one.recipient == "editor@example.net"
    assert list_issues(home) == []


def test_refused_test_mail_ends_with_one(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", REFUSED)
    ran = call(home, "send", "daily", "--test", "editor@example.net")
    assert ran.code == 1
    assert REFUSED in ran.problem


def test_test_mail_without_a_relay_ends_with_one(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", relay_port=9)
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    call_well(home, "ingest")
    ran = call(home, "send", "daily", "--test", "editor@example.net")
    assert ran.code == 1
    assert "127.0.0.1:9" in ran.problem


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_lets_the_wire_run_dry(tmp_path: Path, number: signal.Signals) -> None:
    started = threading.Event()
    with Recorder(delay=0.02, on_accept=lambda _: started.set()) as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
        with home.opened() as app:
            look(app, now())
            subscribe(app, [f"reader{number}@example.net" for number in range(400)], now=now())
        sender = home.start("send", "daily")
        assert started.wait(20)
        sender.send_signal(number)
        said = sender.communicate(timeout=20)[0]
    assert sender.returncode == 3, said
    assert counts(home) == {"sent": len(recorder.messages), "queued": 400 - len(recorder.messages)}


def test_two_senders_share_the_work(tmp_path: Path) -> None:
    people = [f"reader{number}@example.net" for number in range(300)]
    with Recorder(delay=0.02) as recorder:
        home = make_home(tmp_path / "home", relay_port=recorder.port)
        home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
        with home.opened() as app:
            look(app, now())
            subscribe(app, people, now=now())
            compose_in(app)
        senders = [home.start("send", "daily") for _ in range(2)]
        said = [sender.communicate(timeout=60)[0] for sender in senders]
    assert [sender.returncode for sender in senders] == [0, 0], said
    assert Counter(recorder.recipients) == Counter(people)
    assert recorder.most_open > 4  # more than one of them alone ever has
    assert counts(home) == {"sent": 300}
