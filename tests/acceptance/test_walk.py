"""The newcomer's walk on either database: a seed at one end, a parsed message and a feed at the other, all real."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import feedparser
import pytest
import time_machine
from starlette.testclient import TestClient

from publisher import clock
from publisher.app import App
from publisher.clock import Steady
from publisher.domain.delivery import Status
from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from publisher.jobs.sending import deliver
from publisher.web import build_web
from publisher.web.state import State
from tests.homes import DATABASE, HTTPS, HomeFolder, look, make_home
from tests.recorder import Recorder

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # seven in the morning in Brussels
ALICE = "alice@example.net"


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder, empty_url: str) -> HomeFolder:
    folder = make_home(tmp_path / "home", relay_port=recorder.port, more=DATABASE.format(url=empty_url))
    folder.write_seed("town/bridge.md", "# The bridge opens\n\nAfter two years, the bridge opens on Monday.\n")
    return folder


class Walk:
    """One publication with its clock, site and relay."""

    def __init__(self, app: App, recorder: Recorder) -> None:
        self.app, self.recorder = app, recorder
        self.site = TestClient(build_web(State(app)), base_url=HTTPS)

    def send(self) -> list[EmailMessage]:
        """Send what is due; gives the messages that the relay took just now."""
        before = len(self.recorder.messages)
        asyncio.run(deliver(self.app, until_empty=True))
        return [parse(recorded.content) for recorded in self.recorder.messages[before:]]

    def sign_up(self, email: str) -> EmailMessage:
        """Fill in the form; gives the confirmation mail."""
        answer = self.site.post("/subscribe", data={"email": email, "newsletters": "daily"})
        assert answer.status_code == 200
        (message,) = self.send()
        return message

    def confirm(self, message: EmailMessage) -> None:
        """Follow the link and press the button."""
        link = find_link(message, "/confirm/")
        assert "<button" in self.site.get(link).text
        assert self.site.post(link).status_code == 200

    def make_issues(self, now: datetime) -> list[str]:
        """Let the schedule do what is due at `now`."""
        made = [issue.id for issue in issuing.reckon(self.app, now=now)]
        publish(self.app, now=now)
        return made


def parse(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def find_link(message: EmailMessage, path: str) -> str:
    found = re.search(rf"{HTTPS}({path}[\w.-]+)", body(message, "plain"))
    assert found
    return found[1]


@pytest.fixture
def walk(home: HomeFolder, recorder: Recorder) -> Iterator[Walk]:
    with time_machine.travel(SUNDAY, tick=True), home.opened() as opened:
        # The machine has been up all the time that is skipped: its clock does not leap.
        app = replace(opened, steady=Steady(counter=lambda: clock.now() - SUNDAY))
        look(app, SUNDAY)
        yield Walk(app, recorder)


def test_seed_reaches_feed_and_inbox(walk: Walk) -> None:
    feed = walk.site.get("/feeds/main.atom")
    entry = feedparser.parse(feed.content).entries[0]
    assert entry.title == "The bridge opens"
    assert walk.site.get("/feeds/main.atom", headers={"if-none-match": feed.headers["etag"]}).status_code == 304

    walk.confirm(walk.sign_up(ALICE))
    with time_machine.travel(SLOT + timedelta(seconds=1), tick=True):
        assert walk.make_issues(SLOT + timedelta(seconds=1)) == ["daily/2026-11-23T0700"]
        (digest,) = walk.send()
        assert digest["To"] == ALICE
        assert "The bridge opens" in digest["Subject"]
        assert all("two years, the bridge opens on Monday" in body(digest, kind) for kind in ("plain", "html"))
        assert walk.site.get("/issues/daily/2026-11-23T0700").status_code == 200

        one_click = digest["List-Unsubscribe"].strip("<>").removeprefix(HTTPS)
        answer = walk.site.post(one_click, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies

    assert entry.id in walk.site.get("/feeds/main.rss").text


def test_digest_headers_follow_rules(walk: Walk) -> None:
    walk.confirm(walk.sign_up(ALICE))
    with time_machine.travel(SLOT, tick=True):
        walk.make_issues(SLOT)
        (digest,) = walk.send()
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(rf"<{HTTPS}/unsubscribe/[\w.-]+>", digest["List-Unsubscribe"])
    assert digest["Message-ID"].endswith("@example.org>")
    assert digest["List-Id"]
    assert digest["Precedence"] == "bulk"
    assert [part.get_content_type() for part in digest.iter_parts()] == ["text/plain", "text/html"]


def test_get_never_changes_anything(walk: Walk) -> None:
    message = walk.sign_up(ALICE)
    for _ in range(2):
        assert walk.site.get(find_link(message, "/confirm/")).status_code == 200
    with walk.app.ledger.read() as tx:
        assert tx.subscribers.list_variant_choices("daily") == []


def test_unsubscribe_page_needs_the_button(walk: Walk) -> None:
    walk.confirm(walk.sign_up(ALICE))
    with time_machine.travel(SLOT, tick=True):
        walk.make_issues(SLOT)
        (digest,) = walk.send()
        link = find_link(digest, "/unsubscribe/")
        assert "<button" in walk.site.get(link).text
        assert len(_confirmed(walk)) == 1
        walk.site.post(link)
    assert _confirmed(walk) == []


def _confirmed(walk: Walk) -> list[tuple[str, tuple[str, ...], str]]:
    with walk.app.ledger.read() as tx:
        return tx.subscribers.list_variant_choices("daily")


def test_preferences_change_the_next_digest(walk: Walk, home: HomeFolder) -> None:
    walk.confirm(walk.sign_up(ALICE))
    with time_machine.travel(SLOT, tick=True):
        walk.make_issues(SLOT)
        (first,) = walk.send()
        link = find_link(first, "/preferences/")
        assert "town" in walk.site.get(link).text
        form = {"newsletters": "daily", "sections.daily": "town", "language": "fr", "format": "text"}
        assert walk.site.post(link, data=form).status_code == 200
    tuesday = SLOT + timedelta(days=1)
    home.write_seed("town/tram.md", "# The tram is late\n\nAgain.\n")
    home.write_seed("sport/run.md", "# The run\n\nIt rained.\n")
    look(walk.app, SLOT + timedelta(hours=2))
    with time_machine.travel(tuesday, tick=True):
        walk.make_issues(tuesday)
        (second,) = walk.send()
    assert second.get_content_type() == "text/plain"
    assert "The tram is late" in body(second, "plain")
    assert "The run" not in body(second, "plain")
    assert "Se désabonner" in body(second, "plain")


def test_leaving_before_sending_skips_the_row(walk: Walk) -> None:
    walk.confirm(walk.sign_up(ALICE))
    with time_machine.travel(SLOT, tick=True):
        walk.make_issues(SLOT)
        (digest,) = walk.send()
        link = find_link(digest, "/unsubscribe/")
    tuesday = SLOT + timedelta(days=1)
    _add_article(walk, at=SLOT + timedelta(hours=1))
    with time_machine.travel(tuesday, tick=True):
        walk.make_issues(tuesday)
        walk.site.post(link, data={"List-Unsubscribe": "One-Click"})
        assert walk.send() == []
        assert _counts(walk, "2026-11-24T0700") == {Status.SKIPPED: 1}


def _add_article(walk: Walk, *, at: datetime) -> None:
    (walk.app.home.seeds / "more.md").write_text("# More\n\nMore news.\n", encoding="utf-8")
    look(walk.app, at)


def _counts(walk: Walk, slot: str) -> dict[Status, int]:
    with walk.app.ledger.read() as tx:
        issue = tx.issues.find("daily", slot)
        assert issue is not None
        counts = tx.deliveries.count_by_status(issue.key)
    assert sum(counts.values()) == issue.eligible
    return {status: number for status, number in counts.items() if number}


def test_missed_slots_are_made_up_or_merged(walk: Walk) -> None:
    walk.confirm(walk.sign_up(ALICE))
    late = SLOT + timedelta(hours=4)
    with time_machine.travel(late, tick=True):
        assert walk.make_issues(late) == ["daily/2026-11-23T0700"]
    _add_article(walk, at=late)
    too_late = SLOT + timedelta(days=1, hours=6)
    with time_machine.travel(too_late, tick=True):
        assert walk.make_issues(too_late) == []
        wednesday = SLOT + timedelta(days=2)
    with time_machine.travel(wednesday, tick=True):
        assert walk.make_issues(wednesday) == ["daily/2026-11-25T0700"]


def test_slot_without_articles_makes_no_issue(walk: Walk) -> None:
    walk.make_issues(SLOT)
    tuesday = SLOT + timedelta(days=1)
    assert walk.make_issues(tuesday) == []
    with walk.app.ledger.read() as tx:
        assert "2026-11-24T0700" in tx.schedules.list_decided("daily", since=SLOT)


def test_g08_slot_starts_one_issue(walk: Walk) -> None:
    assert walk.make_issues(SLOT) == ["daily/2026-11-23T0700"]
    assert walk.make_issues(SLOT) == []
    assert walk.make_issues(SLOT - timedelta(hours=1)) == []


def test_plan_foretells_the_issue(walk: Walk) -> None:
    walk.confirm(walk.sign_up(ALICE))
    planned = issuing.plan(walk.app, start=SUNDAY, end=SUNDAY + timedelta(days=2))
    assert [(line.slot, len(line.articles), line.recipients) for line in planned] == [
        ("2026-11-23T0700", 1, 1),
        ("2026-11-24T0700", 0, 0),
    ]


def test_archive_is_never_mailed(walk: Walk, home: HomeFolder) -> None:
    walk.make_issues(SLOT)
    home.write_seed("old.md", "---\ntitle: Long ago\ndate: 2016-05-01\n---\nAn old text.\n")
    look(walk.app, SLOT + timedelta(hours=1))
    assert "Long ago" in walk.site.get("/feeds/main.rss").text
    assert walk.make_issues(SLOT + timedelta(days=1)) == []


def test_issue_keeps_the_text_of_its_slot(walk: Walk, home: HomeFolder) -> None:
    walk.make_issues(SLOT)
    home.write_seed("town/bridge.md", "# The bridge opens\n\nAfter three years, the bridge opens on Tuesday.\n")
    look(walk.app, SLOT + timedelta(hours=1))
    assert "three years" in walk.site.get("/articles/2026/11/bridge").text
    assert "two years" in walk.site.get("/issues/daily/2026-11-23T0700").text
