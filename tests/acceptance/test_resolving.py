"""Rows in doubt: what the relay's log says of them, and what the operator says of the rest."""

import gzip
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from publisher.clock import now
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, subscribe
from tests.recorder import Recorder

ALICE, BOB, CAROL = (f"{name}@example.net" for name in ("alice", "bob", "carol"))
HEAD = "Nov 23 07:00:01 mx postfix/"


@pytest.fixture
def home(waiting_home: HomeFolder, recorder: Recorder) -> HomeFolder:
    """A paper whose relay took the mails of alice and bob without a word, and carol's with one."""
    with waiting_home.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB, CAROL], now=now())
    recorder.drop("dot", recipient=ALICE, times=1)
    recorder.drop("dot", recipient=BOB, times=1)
    assert call(waiting_home, "send", "daily").code == 3
    return waiting_home


def show(home: HomeFolder) -> dict[str, Any]:
    (issue,) = call_well(home, "issues", "list", "--json").json
    return dict(call_well(home, "issues", "show", issue["id"], "--json").json)


def name_of(home: HomeFolder, email: str) -> str:
    return str(next(row["message_id"] for row in show(home)["attention"] if row["email"] == email))


def log_of(home: HomeFolder) -> str:
    """What Postfix logs: alice's message was queued, bob's broke off before its end."""
    return (
        f"{HEAD}smtpd[9]: 4F1A01: client=app[192.0.2.7]\n"
        f"{HEAD}cleanup[11]: 4F1A01: message-id={name_of(home, ALICE)}\n"
        f"{HEAD}qmgr[12]: 4F1A01: from=<gazette@example.org>, size=20480, nrcpt=1 (queue active)\n"
        f"{HEAD}cleanup[11]: 4F1A02: message-id={name_of(home, BOB)}\n"
        f"{HEAD}smtpd[9]: lost connection after DATA (6144 bytes) from app[192.0.2.7]\n"
    )


@pytest.fixture
def log(home: HomeFolder, tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text(log_of(home))
    return path


def test_named_message_id_is_the_one_that_was_sent(home: HomeFolder, recorder: Recorder) -> None:
    for email in (ALICE, BOB):
        (content,) = (one.content for one in recorder.messages if one.recipient == email)
        assert f"Message-ID: {name_of(home, email)}\r\n".encode() in content


def test_log_settles_what_it_shows(home: HomeFolder, log: Path) -> None:
    issue = show(home)["id"]
    ran = call(home, "issues", "resolve", issue, "--from-log", str(log))
    assert ran.code == 3
    first, second = ran.out.splitlines()
    assert first == f"{issue}: 1 sent, by the relay's log, 1 still in doubt"
    assert second.startswith("  doubtful  ")
    assert second.endswith(BOB)
    assert "the relay's log says that it took it" in call_well(home, "why", ALICE).out


def test_rest_is_resent(home: HomeFolder, recorder: Recorder, log: Path) -> None:
    out = call_well(home, "issues", "resolve", show(home)["id"], "--from-log", str(log), "--resend").out
    assert "1 sent, by the relay's log, 1 queued again (they may get it twice)" in out
    call_well(home, "send", "daily")
    assert Counter(recorder.recipients) == {ALICE: 1, BOB: 2, CAROL: 1}


def test_rest_is_assumed_sent(home: HomeFolder, recorder: Recorder, log: Path) -> None:
    out = call_well(home, "issues", "resolve", show(home)["id"], "--from-log", str(log), "--assume-sent").out
    assert "1 sent, by the relay's log, 1 taken for sent" in out
    assert show(home)["status"] == "sent"
    assert len(recorder.messages) == 3


def test_packed_log_is_read(home: HomeFolder, log: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mail.log.1.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert (
        "1 sent, by the relay's log" in call(home, "issues", "resolve", show(home)["id"], "--from-log", str(packed)).out
    )


def test_standard_input_is_read(home: HomeFolder, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(log.read_bytes()))))
    assert "1 sent, by the relay's log" in call(home, "issues", "resolve", show(home)["id"], "--from-log", "-").out


def test_rotated_logs_are_read_in_order(home: HomeFolder, log: Path, tmp_path: Path) -> None:
    lines = log.read_text().splitlines(keepends=True)
    older = tmp_path / "mail.log.1"
    older.write_text("".join(lines[:2]))
    log.write_text("".join(lines[2:]))
    options = ("--from-log", str(older), "--from-log", str(log))
    assert "1 sent, by the relay's log" in call(home, "issues", "resolve", show(home)["id"], *options).out


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"Nov 23 07:00:01 mx kernel: hello\n", "this is no log of Postfix"),
        (b"", "this is no log of Postfix"),
        (gzip.compress(b"Nov 23" * 5000, mtime=0)[:-9], "its gzip is damaged or cut off"),
    ],
)
def test_wrong_file_changes_nothing(home: HomeFolder, tmp_path: Path, content: bytes, complaint: str) -> None:
    wrong = tmp_path / "wrong.log"
    wrong.write_bytes(content)
    ran = call(home, "issues", "resolve", show(home)["id"], "--from-log", str(wrong), "--resend")
    assert ran.code == 2
    assert f"{wrong}: {complaint}" in ran.problem
    assert show(home)["deliveries"]["doubtful"] == 2


def test_missing_log_is_one_line(home: HomeFolder) -> None:
    ran = call(home, "issues", "resolve", show(home)["id"], "--from-log", "/nowhere.log")
    assert ran.code == 2
    assert "/nowhere.log: it can't be read" in ran.problem


def test_notices_are_resolved_by_the_log_too(home: HomeFolder, recorder: Recorder, tmp_path: Path) -> None:
    recorder.drop("dot", recipient="dan@example.net", times=1)
    call_well(home, "subscribers", "add", "dan@example.net")
    call(home, "send", "daily")
    (notice,) = call_well(home, "why", "dan@example.net", "--json").json["notices"]
    assert notice["status"] == "doubtful"
    log = tmp_path / "mail.log"
    log.write_text(f"{HEAD}cleanup[11]: 4F1A01: message-id={notice['message_id']}\n{HEAD}qmgr[12]: 4F1A01: removed\n")
    assert "1 sent, by the relay's log" in call_well(home, "issues", "resolve", "notices", "--from-log", str(log)).out


def test_cancelled_issue_is_not_mailed_again(home: HomeFolder) -> None:
    issue = show(home)["id"]
    call_well(home, "issues", "cancel", issue)
    ran = call(home, "issues", "resolve", issue, "--resend")
    assert ran.code == 1
    assert "is cancelled" in ran.problem
    assert show(home)["deliveries"]["doubtful"] == 2
