"""An issue made anew while a part of its readers has it: who gets which text, what the ledger and the site say."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.subscriber import Format
from publisher.subscriptions import Request, add_confirmed
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

ALICE, BOB, CAROL = (f"{name}@example.net" for name in ("alice", "bob", "carol"))
OPENS = "# The bridge opens\n\nAfter two years of work, it is the council that decides: on Monday.\n"
SHUT = "# The bridge stays shut\n\nAfter two years of work, it is the council that decides: not on Monday.\n"
LATER = "450 4.2.1 come again"


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """A paper with three readers; two articles are mailed to all but bob, whom the relay defers."""
    folder = make_home(tmp_path / "home", relay_port=recorder.port)
    folder.write_seed("sport/race.md", "# The race is run\n\nBy a tortoise.\n")
    folder.write_seed("town/bridge.md", OPENS)
    with folder.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB, CAROL], now=now())
    recorder.reply("rcpt", LATER, recipient=BOB)
    return folder


def send(home: HomeFolder) -> str:
    """Mail the issue to whoever can be reached; gives its id."""
    assert call(home, "send", "daily").code == 3
    return str(call_well(home, "issues", "list", "--json").json[0]["id"])


def send_the_rest(home: HomeFolder, recorder: Recorder, issue: str) -> None:
    recorder.recover()
    call_well(home, "issues", "resume", issue)
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        call_well(home, "send", "daily")


def correct(home: HomeFolder) -> None:
    home.write_seed("town/bridge.md", SHUT)
    call_well(home, "ingest")


def withdraw(home: HomeFolder, name: str) -> None:
    (home.path / "seeds" / name).unlink()
    call_well(home, "ingest")


def read_mail(recorder: Recorder, email: str) -> str:
    (content,) = (one.content for one in recorder.messages if one.recipient == email)
    mail = message_from_bytes(content, policy=policy.default)
    return f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]


def find_page(home: HomeFolder) -> Path:
    (page,) = (path for path in (home.path / "var" / "public" / "issues").rglob("*") if path.is_file())
    return page


def read_page(home: HomeFolder) -> str:
    return find_page(home).read_text("utf-8")


def show(home: HomeFolder, issue: str) -> dict[str, Any]:
    return dict(call_well(home, "issues", "show", issue, "--json").json)


def text_of(home: HomeFolder, email: str) -> int:
    (row,) = call_well(home, "why", email, "--json").json["deliveries"]
    return int(row["text"])


def test_rest_gets_the_corrected_text(home: HomeFolder, recorder: Recorder) -> None:
    issue = send(home)
    correct(home)
    out = call_well(home, "issues", "recompose", issue).out
    assert "2 have the earlier text; 1 will get the new one" in out
    assert f"it is paused: `publisher issues resume {issue}` goes on" in out
    send_the_rest(home, recorder, issue)
    assert "stays shut" in read_mail(recorder, BOB).partition("\n")[0]
    assert "not on Monday" in read_mail(recorder, BOB)
    assert "The bridge opens" in read_mail(recorder, ALICE)


def test_ledger_tells_who_has_which_text(home: HomeFolder, recorder: Recorder) -> None:
    issue = send(home)
    correct(home)
    call_well(home, "issues", "recompose", issue)
    assert show(home, issue)["texts"] == {"1": 2}
    send_the_rest(home, recorder, issue)
    assert show(home, issue)["texts"] == {"1": 2, "2": 1}
    assert (text_of(home, ALICE), text_of(home, BOB)) == (1, 2)


def test_recomposed_issue_sends_nothing_by_itself(home: HomeFolder, recorder: Recorder) -> None:
    issue = send(home)
    recorder.recover()
    call_well(home, "issues", "recompose", issue)
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert "paused" in call(home, "send", "daily").out
    assert sorted(recorder.recipients) == [ALICE, CAROL]


def test_web_page_shows_the_new_text(home: HomeFolder) -> None:
    issue = send(home)
    correct(home)
    assert "The bridge opens" in read_page(home)
    call_well(home, "issues", "recompose", issue)
    assert "The bridge stays shut" in read_page(home)
    assert "The bridge opens" not in read_page(home)


def test_page_of_a_killed_recomposing_is_caught_up(home: HomeFolder) -> None:
    issue = send(home)
    correct(home)
    before = {path: path.read_bytes() for path in (find_page(home), home.path / "var" / "public" / ".stamp.json")}
    call_well(home, "issues", "recompose", issue)
    for path, data in before.items():
        path.write_bytes(data)
    call_well(home, "feeds")
    assert "The bridge stays shut" in read_page(home)


def test_withdrawn_article_is_left_out(home: HomeFolder, recorder: Recorder) -> None:
    issue = send(home)
    withdraw(home, "town/bridge.md")
    assert show(home, issue)["status"] == "paused"
    assert "left out: The bridge opens" in call_well(home, "issues", "recompose", issue).out
    assert [article["title"] for article in show(home, issue)["articles"]] == ["The race is run"]
    send_the_rest(home, recorder, issue)
    assert "bridge" not in read_mail(recorder, BOB)
    assert "tortoise" in read_mail(recorder, BOB)


def test_article_that_somebody_has_is_mailed_in_no_other_issue(home: HomeFolder, recorder: Recorder) -> None:
    issue = send(home)
    withdraw(home, "town/bridge.md")
    call_well(home, "issues", "recompose", issue)
    home.write_seed("town/bridge.md", OPENS)
    call_well(home, "ingest")
    assert "nothing to show" in call_well(home, "preview", "daily").out
    call_well(home, "issues", "recompose", issue)
    assert len(show(home, issue)["articles"]) == 2  # it has come back to its own


def test_article_that_nobody_has_waits_for_another_issue(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", LATER)
    issue = send(home)
    withdraw(home, "town/bridge.md")
    call_well(home, "issues", "recompose", issue)
    home.write_seed("town/bridge.md", OPENS)
    call_well(home, "ingest")
    assert "The bridge opens" in call_well(home, "preview", "daily").out


def test_issue_without_any_article_can_only_be_cancelled(home: HomeFolder) -> None:
    issue = send(home)
    withdraw(home, "town/bridge.md")
    withdraw(home, "sport/race.md")
    ran = call(home, "issues", "recompose", issue)
    assert ran.code == 1
    assert f"`publisher issues cancel {issue}`" in ran.problem
    assert show(home, issue)["status"] == "paused"


def test_finished_issue_is_not_made_anew(home: HomeFolder, recorder: Recorder) -> None:
    recorder.recover()
    call_well(home, "send", "daily")
    (issue,) = call_well(home, "issues", "list", "--json").json
    ran = call(home, "issues", "recompose", issue["id"])
    assert ran.code == 1
    assert "is sent already" in ran.problem


def test_choice_that_is_left_empty_is_skipped(home: HomeFolder, recorder: Recorder) -> None:
    with home.opened() as app, app.ledger.write() as tx:
        wish = Request(email="dan@example.net", newsletters=("daily",), source="a test", sections=("sport",))
        add_confirmed(tx, wish, keys=app.keys, consent_at=now(), now=now())
    recorder.reply("rcpt", LATER, recipient="dan@example.net")
    issue = send(home)
    withdraw(home, "sport/race.md")
    assert "1 nothing: none of their sections is left" in call_well(home, "issues", "recompose", issue).out
    assert show(home, issue)["deliveries"][Status.SKIPPED] == 1
    assert "skipped: none of the sections" in call_well(home, "why", "dan@example.net").out


def test_each_format_gets_its_new_variant(home: HomeFolder, recorder: Recorder) -> None:
    with home.opened() as app, app.ledger.write() as tx:
        wish = Request(email="eve@example.net", newsletters=("daily",), source="a test", format=Format.TEXT)
        add_confirmed(tx, wish, keys=app.keys, consent_at=now(), now=now())
    recorder.reply("rcpt", LATER, recipient="eve@example.net")
    issue = send(home)
    correct(home)
    call_well(home, "issues", "recompose", issue)
    send_the_rest(home, recorder, issue)
    (content,) = (one.content for one in recorder.messages if one.recipient == "eve@example.net")
    mail = message_from_bytes(content, policy=policy.default)
    assert mail.get_content_type() == "text/plain"
    assert "not on Monday" in mail.get_content()


def test_doubtful_reader_who_is_mailed_again_gets_the_new_text(home: HomeFolder, recorder: Recorder) -> None:
    recorder.recover()
    recorder.drop("dot", recipient=BOB, times=1)
    issue = send(home)
    correct(home)
    assert "3 have the earlier text; 0 will" in call_well(home, "issues", "recompose", issue).out
    assert text_of(home, BOB) == 1
    call_well(home, "issues", "resolve", issue, "--resend")
    assert text_of(home, BOB) == 2
    call_well(home, "issues", "resume", issue)
    call_well(home, "send", "daily")
    texts = [one.content for one in recorder.messages if one.recipient == BOB]
    assert [b"not on Monday" in text for text in texts] == [False, True]
