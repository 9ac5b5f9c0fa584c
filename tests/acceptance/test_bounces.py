"""Hard bounces at the relay's door: who is suppressed by a refusal, who is not, and what a broken relay takes back."""

from pathlib import Path
from typing import Any

import pytest

from publisher.clock import now
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

ALICE, BOB = "alice@example.net", "bob@example.net"
MANY = [f"reader{number}@place{number % 7}.example.net" for number in range(12)]
NOBODY = "550 5.1.1 no such user"


def open_home(tmp_path: Path, recorder: Recorder, *, people: list[str], more: str = "") -> HomeFolder:
    folder = make_home(tmp_path / "home", relay_port=recorder.port, more=more)
    folder.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with folder.opened() as app:
        look(app, now())
        subscribe(app, people, now=now())
    return folder


def explain(home: HomeFolder, email: str) -> dict[str, Any]:
    return dict(call_well(home, "why", email, "--json").json)


@pytest.mark.parametrize("code", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])
def test_reader_who_is_no_more_is_suppressed(tmp_path: Path, recorder: Recorder, code: str) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE, BOB])
    recorder.reply("rcpt", f"550 {code} no such user", recipient=BOB)
    call_well(home, "send", "daily")
    story = explain(home, BOB)
    assert story["deliveries"][0]["status"] == "failed"
    assert story["suppressed"]["reason"] == "bounce"
    assert story["suppressed"]["source"] == f"main said 550 {code} no such user"
    assert explain(home, ALICE)["suppressed"] is None


@pytest.mark.parametrize(
    ("step", "text"),
    [("rcpt", "552 5.2.2 mailbox full"), ("rcpt", "550 5.2.1 disabled"), ("rcpt", "550 no"), ("dot", "554 5.1.1 spam")],
)
def test_other_refusals_suppress_nobody(tmp_path: Path, recorder: Recorder, step: Any, text: str) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE, BOB])
    recorder.reply(step, text, recipient=BOB)
    call_well(home, "send", "daily")
    story = explain(home, BOB)
    assert (story["deliveries"][0]["status"], story["suppressed"]) == ("failed", None)


def test_settings_can_keep_the_address(tmp_path: Path, recorder: Recorder) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE, BOB], more='[bounces]\nhard = "keep"\n')
    recorder.reply("rcpt", NOBODY, recipient=BOB)
    call_well(home, "send", "daily")
    assert explain(home, BOB)["suppressed"] is None


def test_next_issue_leaves_the_suppressed_out(tmp_path: Path, recorder: Recorder) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE, BOB])
    recorder.reply("rcpt", NOBODY, recipient=BOB)
    call_well(home, "send", "daily")
    recorder.recover()
    home.write_seed("tram.md", "# The tram is late\n\nAgain.\n")
    call_well(home, "ingest")
    assert "1 sent, 1 suppressed" in call_well(home, "send", "daily").out


def test_broken_relay_suppresses_nobody(tmp_path: Path, recorder: Recorder) -> None:
    home = open_home(tmp_path, recorder, people=MANY)
    recorder.reply("rcpt", NOBODY)
    assert "paused" in call(home, "send", "daily").out
    with home.opened() as app, app.ledger.read() as tx:
        counts = tx.deliveries.count_by_status(tx.issues.list_all()[0].key)
    assert {status: number for status, number in counts.items() if number} == {"queued": len(MANY)}
    assert [email for email in MANY if explain(home, email)["suppressed"]] == []


def test_typo_at_sign_up_only_fails(tmp_path: Path, recorder: Recorder) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE])
    recorder.reply("rcpt", NOBODY, recipient=BOB)
    call_well(home, "subscribers", "add", BOB)
    call_well(home, "send", "daily")
    story = explain(home, BOB)
    assert (story["notices"][0]["status"], story["suppressed"]) == ("failed", None)


def test_operator_lifts_a_bounce_but_no_wish(tmp_path: Path, recorder: Recorder) -> None:
    home = open_home(tmp_path, recorder, people=[ALICE, BOB])
    recorder.reply("rcpt", NOBODY, recipient=BOB)
    call_well(home, "send", "daily")
    assert "lifted (bounce)" in call_well(home, "subscribers", "suppress", BOB, "--lift").out
    assert explain(home, BOB)["suppressed"] is None
    assert "not suppressed" in call_well(home, "subscribers", "suppress", BOB, "--lift").out
    call_well(home, "subscribers", "erase", BOB)
    ran = call(home, "subscribers", "suppress", BOB, "--lift")
    assert ran.code == 1
    assert "own wish" in ran.problem
