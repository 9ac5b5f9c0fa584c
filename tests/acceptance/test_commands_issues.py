"""`plan`, `preview`, `send`, `issues`: what they print, for people and for scripts, and how they end."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine

from publisher.jobs import issuing
from tests.commands import Ran, call, call_well
from tests.folders import public_files, put_seed
from tests.homes import HomeFolder, look, make_home, subscribe

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SLOT = "daily/2026-11-23T0700"
MANUAL = "daily/2026-11-22-manual-1"
STATES = {
    *("queued", "claimed", "sending", "sent", "failed", "expired", "doubtful", "suppressed", "skipped", "cancelled"),
}
ISSUE_KEYS = {"id", "newsletter", "slot", "status", "eligible", "deliveries", "deferred"}
ALICE = "alice@example.net"
WEEKLY = '[newsletters.weekly]\ntitle = "The week"\nschedule = "0 8 * * sat"\n'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[HomeFolder]:
    """A paper with one reader and one article, on a Sunday evening; its mail stays in the built-in mailbox."""
    folder = make_home(tmp_path / "home", url="http://127.0.0.1:8000", more=WEEKLY)
    put_seed(folder, "town/bridge.md", "# The bridge opens\n\nAfter two years, it opens on Monday.\n", at=SUNDAY)
    with time_machine.travel(SUNDAY, tick=True):
        with folder.opened() as app:
            look(app, SUNDAY)
            subscribe(app, [ALICE], now=SUNDAY)
        yield folder


def send(home: HomeFolder) -> Ran:
    return call_well(home, "send", "daily")


def test_plan_lists_slots_and_articles(home: HomeFolder) -> None:
    lines = call_well(home, "plan", "--json").json
    assert [line["slot"] for line in lines if line["newsletter"] == "daily"][:2] == [
        "2026-11-23T0700",
        "2026-11-24T0700",
    ]
    first = lines[0]
    assert (first["outcome"], first["recipients"], first["due_at"]) == ("issue", 1, "2026-11-23T06:00:00Z")
    assert [article["title"] for article in first["articles"]] == ["The bridge opens"]


def test_plan_of_later_days_knows_the_days_before(home: HomeFolder) -> None:
    lines = call_well(home, "plan", "--from", "2026-11-24", "--to", "2026-11-25", "--json").json
    assert [(line["slot"], line["outcome"]) for line in lines] == [("2026-11-24T0700", "empty")]


def test_plan_tells_people(home: HomeFolder) -> None:
    out = call_well(home, "plan", "--to", "2026-11-24").out
    assert SLOT in out
    assert "The bridge opens" in out


def test_plan_of_no_slot_says_so(home: HomeFolder) -> None:
    assert "no newsletter has a slot" in call_well(home, "plan", "--to", "2026-11-23T06:59").out


@pytest.mark.parametrize(
    ("span", "complaint"),
    [(("--from", "soon"), "'soon'"), (("--from", "2026-11-25", "--to", "2026-11-24"), "--to must be later")],
)
def test_wrong_span_ends_with_two(home: HomeFolder, span: tuple[str, ...], complaint: str) -> None:
    ran = call(home, "plan", *span)
    assert ran.code == 2
    assert complaint in ran.problem


def test_preview_shows_the_coming_issue(home: HomeFolder) -> None:
    out = call_well(home, "preview", "daily").out
    assert out.startswith("Subject: The morning — The bridge opens\n")
    assert "After two years, it opens on Monday." in out


def test_preview_files_are_one_message(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call_well(home, "preview", "daily", "--as", ALICE, "--out", str(out))
    assert {path.name for path in out.iterdir()} == {"message.eml", "message.html", "message.txt"}
    message = message_from_bytes((out / "message.eml").read_bytes(), policy=policy.default)
    assert message["To"] == ALICE
    assert message["Subject"] == "The morning — The bridge opens"
    assert all("on Monday" in (out / name).read_text() for name in ("message.html", "message.txt"))


@pytest.mark.parametrize(("options", "reader"), [(("--as", ALICE), ALICE), ((), "reader@example.org")])
def test_preview_names_its_reader(home: HomeFolder, tmp_path: Path, options: tuple[str, ...], reader: str) -> None:
    call_well(home, "preview", "daily", *options, "--out", str(tmp_path))
    assert all(f"{reader} " in (tmp_path / name).read_text() for name in ("message.html", "message.txt"))
    assert "xSLOT" not in (tmp_path / "message.html").read_text() + (tmp_path / "message.txt").read_text()


def test_preview_of_another_moment(home: HomeFolder) -> None:
    home.write_seed("fair.md", "---\ndate: 2026-11-25\n---\n# The fair comes\n\nOn Wednesday.\n")
    call_well(home, "ingest")
    assert "The fair comes" not in call_well(home, "preview", "daily").out
    assert "The fair comes" in call_well(home, "preview", "daily", "--at", "2026-11-25T07:00").out


def test_preview_of_nothing_says_so(home: HomeFolder) -> None:
    send(home)
    assert "nothing to show" in call_well(home, "preview", "daily").out


@pytest.mark.parametrize("command", ["preview nothing", "send nothing", "preview daily --as nobody@example.net"])
def test_unknown_name_ends_with_two(home: HomeFolder, command: str) -> None:
    ran = call(home, *command.split())
    assert ran.code == 2
    assert "nothing" in ran.problem or "nobody@example.net" in ran.problem


def test_unknown_newsletter_names_the_known(home: HomeFolder) -> None:
    assert "daily, weekly" in call(home, "send", "nothing").problem


def test_send_mails_what_is_unmailed(home: HomeFolder) -> None:
    lines = send(home).out.splitlines()
    assert lines == [f"{MANUAL}: The morning — The bridge opens", f"{MANUAL}: sent: 1 sent"]
    assert len(list((home.path / "var" / "mailbox" / "new").iterdir())) == 1


def test_second_send_says_that_nothing_waits(home: HomeFolder) -> None:
    send(home)
    assert send(home).out == "daily: nothing to send: no article is waiting\n"


def test_send_publishes_an_issue_whose_maker_was_killed(home: HomeFolder) -> None:
    with home.opened() as app:
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=SUNDAY)
        assert issuing.freeze(app, coming, now=SUNDAY)
    send(home)
    assert b"manual-1" in public_files(home)["feeds/issues/daily.atom"]


def test_send_to_nobody_says_so(home: HomeFolder) -> None:
    assert "nobody has confirmed" in call_well(home, "send", "weekly").out
    assert call_well(home, "issues", "list", "--json").json == []


def test_dry_run_changes_nothing(home: HomeFolder) -> None:
    out = call_well(home, "send", "daily", "--dry-run").out
    assert "The bridge opens" in out
    assert "nothing was sent" in out
    assert call_well(home, "issues", "list", "--json").json == []


def test_test_mail_marks_nothing(home: HomeFolder) -> None:
    assert "editor@example.net: 250 " in call_well(home, "send", "daily", "--test", "editor@example.net").out
    assert call_well(home, "issues", "list", "--json").json == []
    assert "1 sent" in send(home).out


def test_test_mail_to_no_address_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "send", "daily", "--test", "editor")
    assert ran.code == 2
    assert "'editor'" in ran.problem


def test_issues_list_has_the_promised_keys(home: HomeFolder) -> None:
    send(home)
    (issue,) = call_well(home, "issues", "list", "--json").json
    assert issue.keys() >= ISSUE_KEYS
    assert issue["deliveries"].keys() == STATES
    assert sum(issue["deliveries"].values()) == issue["eligible"] == 1
    assert (issue["id"], issue["newsletter"], issue["slot"]) == (MANUAL, "daily", "2026-11-22-manual-1")


def test_issues_table_counts_deliveries(home: HomeFolder) -> None:
    send(home)
    out = call_well(home, "issues", "list").out
    assert re.search(rf"{MANUAL} +sent +1 +sent=1 +The morning", out)


def test_issues_are_listed_by_newsletter(home: HomeFolder) -> None:
    send(home)
    assert len(call_well(home, "issues", "list", "--newsletter", "daily", "--json").json) == 1
    assert call_well(home, "issues", "list", "--newsletter", "weekly", "--json").json == []


def test_built_in_mail_reached_nobody(home: HomeFolder) -> None:
    send(home)
    assert "filed in the built-in mailbox, nobody received it" in call_well(home, "issues", "show", MANUAL).out


def test_issue_shows_its_articles(home: HomeFolder) -> None:
    send(home)
    shown = call_well(home, "issues", "show", MANUAL, "--json").json
    assert [article["title"] for article in shown["articles"]] == ["The bridge opens"]
    assert shown["attention"] == []


@pytest.mark.parametrize("verb", ["show", "pause", "resume", "cancel", "resolve --resend"])
@pytest.mark.parametrize("name", ["nonsense", "daily/2020-01-01T0700"])
def test_unknown_issue_ends_with_two(home: HomeFolder, verb: str, name: str) -> None:
    first, *options = verb.split()
    ran = call(home, "issues", first, name, *options)
    assert ran.code == 2
    assert name in ran.problem


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_finished_issue_is_left_alone(home: HomeFolder, verb: str) -> None:
    send(home)
    ran = call(home, "issues", verb, MANUAL)
    assert ran.code == 1
    assert "is sent" in ran.problem


@pytest.mark.parametrize("options", [(), ("--resend", "--assume-sent")])
def test_resolving_wants_one_decision(home: HomeFolder, options: tuple[str, ...]) -> None:
    ran = call(home, "issues", "resolve", MANUAL, *options)
    assert ran.code == 2
    assert "--resend or --assume-sent" in ran.problem


def test_nothing_to_resolve_is_said(home: HomeFolder) -> None:
    send(home)
    assert "no row is in doubt" in call_well(home, "issues", "resolve", MANUAL, "--resend").out
    assert "no row is in doubt" in call_well(home, "issues", "resolve", "notices", "--resend").out


def test_manual_issues_are_numbered_by_day(home: HomeFolder) -> None:
    send(home)
    home.write_seed("tram.md", "# The tram is late\n\nAgain.\n")
    call_well(home, "ingest")
    assert "daily/2026-11-22-manual-2: sent" in send(home).out
    with time_machine.travel(SUNDAY + timedelta(days=1), tick=True):
        home.write_seed("bus.md", "# The bus is late\n\nAgain.\n")
        call_well(home, "ingest")
        assert "daily/2026-11-23-manual-1: sent" in send(home).out
