"""Mishaps at the edges of sending: few answers, other newsletters, moments in between, what is left of an address."""

import socket
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.app import App
from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.jobs import issuing, pressing
from publisher.jobs.explaining import explain
from publisher.jobs.looking import describe_issue
from publisher.jobs.reading import read_folder
from publisher.jobs.worker import recover
from publisher.subscriptions import Request, add_confirmed
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

READERS = [f"{name}@one.example.net" for name in ("alice", "bob", "carol")]
ARTICLE = "# The bridge opens\n\nOn Monday.\n"
WEEKLY = '\n[newsletters.weekly]\ntitle = "The week"\nschedule = "* * * * *"\n'


@pytest.fixture
def home(waiting_home: HomeFolder) -> HomeFolder:
    """A paper with three readers of one domain and an article that waits."""
    with waiting_home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
    return waiting_home


def compose(app: App) -> Issue:
    issue = pressing.compose(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
    assert isinstance(issue, Issue)
    return issue


def test_few_refusals_pause_the_issue(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", "554 5.7.1 relay access denied")
    assert call(home, "send", "daily").code == 3
    with home.opened() as app, app.ledger.read() as tx:
        (issue,) = tx.issues.list_all()
        told = describe_issue(tx, issue)
    assert (told["status"], told["deliveries"]["queued"]) == ("paused", 3)
    recorder.recover()
    call_well(home, "issues", "resume", issue.id)
    call_well(home, "send", "daily")
    assert Counter(recorder.recipients) == Counter(READERS)


def test_relays_words_keep_no_address(home: HomeFolder, recorder: Recorder) -> None:
    recorder.reply("rcpt", "550 5.1.1 <ALICE@one.example.net>: unknown", recipient=READERS[0])
    call(home, "send", "daily")
    with home.opened() as app:
        (row,) = explain(app, READERS[0])["deliveries"]
    assert (row["status"], row["reply"]) == ("failed", "5.1.1 <…>: unknown")


def test_erased_address_leaves_no_bytes(home: HomeFolder) -> None:
    with home.opened() as app:
        before = b"".join(path.read_bytes() for path in app.home.data.glob("publisher.db*"))
        assert b"alice@one" in before
    call_well(home, "subscribers", "erase", READERS[0])
    with home.opened() as app:
        after = b"".join(path.read_bytes() for path in app.home.data.glob("publisher.db*"))
    assert b"alice@one" not in after


def test_broken_newsletter_keeps_no_other(tmp_path: Path) -> None:
    broken = '\n[newsletters.broken]\nschedule = "* * * * *"\ntemplate = "broken"\n'
    home = make_home(tmp_path / "home", more=broken + WEEKLY)
    (home.path / "templates" / "email").mkdir(parents=True)
    for ending in ("html", "txt"):
        (home.path / "templates" / "email" / f"broken.{ending}").write_text("{% if %}")
    home.write_seed("bridge.md", ARTICLE)
    with home.opened() as app:
        start = now()
        look(app, start)
        subscribe(app, READERS, now=start, newsletter="weekly")
        made = issuing.reckon(app, now=start + timedelta(minutes=2))
    assert {issue.newsletter for issue in made} == {"weekly"}


def test_strange_section_names_are_frozen_too(home: HomeFolder) -> None:
    with home.opened() as app:
        wish = Request(
            email="dora@example.net", newsletters=("daily",), source="a list", sections=("Sport\u2028Local", "A\x0bB")
        )
        with app.ledger.write() as tx:
            add_confirmed(tx, wish, keys=app.keys, consent_at=now(), now=now())
        assert compose(app).eligible == 4


def test_withdrawal_before_the_freeze_holds(home: HomeFolder) -> None:
    with home.opened() as app:
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        assert coming.chosen.articles
        (home.path / "seeds" / "bridge.md").unlink()
        read_folder(app, now=now())
        assert issuing.freeze(app, coming, now=now()) is None


def test_worker_without_lock_file_keeps_its_lease(home: HomeFolder) -> None:
    with home.opened() as app:
        issue = compose(app)
        moment = now()
        with app.ledger.write() as tx:
            tx.facts.put_worker("elsewhere", host=socket.gethostname(), now=moment, until=moment + timedelta(minutes=1))
            assert len(tx.letters.claim("elsewhere", limit=2, now=moment)) == 2
        assert recover(app) == (0, 0)
        with app.ledger.write() as tx:
            tx.facts.put_worker("elsewhere", host=socket.gethostname(), now=moment, until=moment)
        assert recover(app) == (2, 0)
        with app.ledger.read() as tx:
            assert tx.deliveries.count_by_status(issue.key)[Status.QUEUED] == 3
