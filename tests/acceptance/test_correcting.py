"""A correction told by mail: exactly those who were sent the earlier text, once each, in a real SMTP conversation."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine

from publisher.clock import now
from publisher.domain.subscriber import Format, Reason
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.jobs.correcting import notify
from publisher.jobs.pressing import deliver_issues
from publisher.subscriptions import Request, add_confirmed
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorder

ALICE, BOB, CAROL, DAVE, EVE, FRANK = (
    f"{name}@example.net" for name in ("alice", "bob", "carol", "dave", "eve", "frank")
)
WEEKLY = '[newsletters.weekly]\ntitle = "The week"\nschedule = "0 9 * * sat"\n'
OPENS = "# The bridge opens\n\nAfter two years of work, forty stalls stand on it.\n"
MENDED = '---\ncorrection: "Not forty stalls, but fourteen."\n---\n' + OPENS.replace("forty", "fourteen")


@pytest.fixture
def home(tmp_path: Path, recorder: Recorder) -> HomeFolder:
    """Two newsletters that have mailed the article; bob, whom the relay deferred, was sent the corrected text."""
    folder = make_home(tmp_path / "home", relay_port=recorder.port, more=WEEKLY)
    folder.write_seed("town/bridge.md", OPENS)
    with folder.opened() as app:
        look(app, now())
        subscribe(app, [ALICE, BOB, CAROL, DAVE], now=now())
        subscribe(app, [ALICE], now=now(), newsletter="weekly")
        with app.ledger.write() as tx:
            wish = Request(email=FRANK, newsletters=("weekly",), source="a test", language="fr", format=Format.TEXT)
            add_confirmed(tx, wish, keys=app.keys, consent_at=now(), now=now())
    recorder.reply("rcpt", "450 4.2.1 come again", recipient=BOB)
    assert call(folder, "send", "daily").code == 3
    call_well(folder, "send", "weekly")
    recorder.recover()
    folder.write_seed("town/bridge.md", MENDED)
    call_well(folder, "ingest")
    return folder


def send_the_rest(home: HomeFolder) -> None:
    (issue,) = (one["id"] for one in call_well(home, "issues", "list", "--json").json if "daily" in one["id"])
    call_well(home, "issues", "recompose", issue)
    call_well(home, "issues", "resume", issue)
    deliver(home, after=timedelta(minutes=10))


def deliver(home: HomeFolder, *, after: timedelta = timedelta(0)) -> None:
    with time_machine.travel(now() + after, tick=True), home.opened() as app:
        assert deliver_issues(app, [], on_progress=lambda done, total: None) == ""


def leave(home: HomeFolder, email: str, *, newsletter: str = "daily") -> None:
    with home.opened() as app, app.ledger.write() as tx:
        subscriber = tx.subscribers.find(email)
        assert subscriber
        tx.subscribers.set_subscription(
            subscriber.key, newsletter, status=SubscriptionStatus.UNSUBSCRIBED, sections=(), now=now()
        )


def list_mails(recorder: Recorder) -> list[EmailMessage]:
    return [message_from_bytes(one.content, policy=policy.default) for one in recorder.messages]


def list_notices(recorder: Recorder) -> dict[str, EmailMessage]:
    """The correction's mails by address, each address once."""
    found = [mail for mail in list_mails(recorder) if mail["In-Reply-To"]]
    by_address = {str(mail["To"]): mail for mail in found}
    assert len(by_address) == len(found)
    return by_address


def test_exactly_those_with_the_earlier_text_are_told(home: HomeFolder, recorder: Recorder) -> None:
    send_the_rest(home)
    leave(home, CAROL)
    with home.opened() as app:
        subscribe(app, [EVE], now=now())
        with app.ledger.write() as tx:
            tx.suppressions.add(app.keys.suppression_digest(DAVE), reason=Reason.COMPLAINT, source="x", now=now())
    assert call_well(home, "correct", "bridge", "--notify", "--json").json["queued"] == 2
    deliver(home)
    assert list_notices(recorder).keys() == {ALICE, FRANK}
    assert "nobody is left" in call_well(home, "correct", "bridge", "--notify").out
    deliver(home)
    assert len(list_notices(recorder)) == 2


def test_notice_answers_the_first_mail(home: HomeFolder, recorder: Recorder) -> None:
    first = next(mail for mail in list_mails(recorder) if mail["To"] == ALICE)
    call_well(home, "correct", "bridge", "--notify")
    deliver(home)
    notice = list_notices(recorder)[ALICE]
    assert notice["In-Reply-To"] == notice["References"] == first["Message-ID"]
    assert notice["List-Id"] == first["List-Id"]
    assert notice["List-Unsubscribe"].startswith("<https://gazette.example.org/unsubscribe/")
    assert notice["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (notice["Precedence"], ":daily:correction:" in notice["Feedback-ID"]) == ("bulk", True)


def test_notice_speaks_the_readers_language_and_format(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "correct", "bridge", "--notify")
    deliver(home)
    notice = list_notices(recorder)[FRANK]
    assert (notice["Subject"], notice.get_content_type()) == ("Rectificatif\xa0: The bridge opens", "text/plain")
    assert "Not forty stalls, but fourteen." in notice.get_content()
    assert "unsubscribe/" in notice.get_content()
    assert list_notices(recorder)[ALICE].get_content_type() == "multipart/alternative"


def test_reader_who_leaves_meanwhile_gets_none(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "correct", "bridge", "--notify")
    leave(home, FRANK, newsletter="weekly")
    deliver(home)
    assert FRANK not in list_notices(recorder)
    told = call_well(home, "why", FRANK, "--json").json["notices"]
    assert [(one["kind"], one["status"]) for one in told] == [("correction", "skipped")]


def test_without_notify_only_the_mail_is_shown(home: HomeFolder, recorder: Recorder) -> None:
    for options in ((), ("--notify", "--dry-run")):
        out = call_well(home, "correct", "bridge", *options).out
        assert "Correction: The bridge opens" in out
        assert "Not forty stalls, but fourteen." in out
        assert "4 would be told" in out
        assert "1 wait for an issue with the earlier text" in out
    deliver(home)
    assert not list_notices(recorder)


def test_another_correction_is_told_again(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "correct", "bridge", "--notify")
    home.write_seed("town/bridge.md", MENDED.replace("but fourteen", "but forty-one").replace("fourteen", "forty-one"))
    call_well(home, "ingest")
    assert call_well(home, "correct", "bridge", "--json").json["left"] == 4


def test_article_without_a_correction_is_refused(home: HomeFolder) -> None:
    home.write_seed("town/bridge.md", MENDED.partition("---\n# ")[2].join(("# ", "")))
    call_well(home, "ingest")
    ran = call(home, "correct", "bridge", "--notify")
    assert ran.code == 2
    assert 'correction: "…"' in ran.problem


def test_many_readers_are_gone_through_in_pieces(home: HomeFolder) -> None:
    seen: list[tuple[int, int]] = []
    with home.opened() as app:
        assert notify(app, "bridge", now=now(), on_progress=lambda *progress: seen.append(progress), step=2) == 4
    assert seen == [(1, 4), (3, 4), (4, 4)]
