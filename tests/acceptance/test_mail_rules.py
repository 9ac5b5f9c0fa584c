"""Standards M01 to M18 as a relay sees them: a whole issue from a hostile folder, sent to a recording server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from publisher.clock import now
from publisher.jobs.explaining import explain
from tests.acceptance.site import browse
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorded, Recorder

ALICE, BOB, CAROL = READERS = ["alice@example.net", "bob@books.example", "carol@xn--bcher-kva.example"]
HOSTILE = """---
title: "Today =?utf-8?q?=0ABcc:_evil@example.net?= and more"
authors: ["Eve\\r\\nX-Evil: 1"]
---
.
..two dots, and élan

A line of {long} and a [link](https://example.net/a?b=1&c=2).

From here on\u2028nothing\u0085is whole.
"""
PLAIN_FIELDS = ("Message-ID", "Date", "To", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "List-Post")
FORMAT = {
    "From", "Subject", "MIME-Version", "Content-Language", "List-Id", "List-Help", "List-Subscribe", "List-Archive",
    "List-Post", "Precedence", "Feedback-ID", "X-Auto-Response-Suppress", "Content-Type", "To", "Date", "Message-ID",
    "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A paper whose issue went out, and what the relay took."""

    home: HomeFolder
    messages: list[Recorded]

    @property
    def parsed(self) -> list[EmailMessage]:
        """The messages as the standard library reads them."""
        return [parse(one) for one in self.messages]


def parse(recorded: Recorded) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(recorded.content, policy=cast(Any, policy.default)))


def find_fields(recorded: Recorded) -> list[tuple[str, str]]:
    """Name and raw value, folds and all, of each header field."""
    head = recorded.content.partition(b"\r\n\r\n")[0].decode("ascii")
    return [(name, value) for name, value in re.findall(r"(?m)^([!-9;-~]+):((?:.*)(?:\r\n[ \t].*)*)", head)]


def make_paper(path: Path, port: int, *, text: str = HOSTILE.format(long="x" * 2000)) -> HomeFolder:
    home = make_home(path, relay_port=port)
    home.write_seed("bridge.md", text)
    with home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
    return home


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    with Recorder() as recorder:
        home = make_paper(tmp_path_factory.mktemp("paper") / "home", recorder.port)
        call_well(home, "send", "daily")
        return Sent(home, recorder.messages)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as started:
        yield started


def test_m01_single_fields_stand_once(sent: Sent) -> None:
    for recorded in sent.messages:
        names = [name.lower() for name, _ in find_fields(recorded)]
        assert len(names) == len(set(names))
        assert {"from", "to", "date", "message-id", "subject", "mime-version"} <= set(names)


def test_m02_message_id_is_each_readers_own(sent: Sent) -> None:
    ids = {str(message["Message-ID"]) for message in sent.parsed}
    assert len(ids) == len(READERS)
    assert all(re.fullmatch(r"<[^@<>\s]+@example\.org>", one) for one in ids)


def test_m02_message_id_stays_at_each_attempt(tmp_path: Path, recorder: Recorder) -> None:
    recorder.drop("dot", recipient=ALICE, times=1)
    home = make_paper(tmp_path / "home", recorder.port)
    assert call(home, "send", "daily").code == 3
    (issue,) = call_well(home, "issues", "list", "--json").json
    call_well(home, "issues", "resolve", issue["id"], "--resend")
    call_well(home, "send", "daily")
    first, second = (parse(one)["Message-ID"] for one in recorder.messages if one.recipient == ALICE)
    assert first == second


def test_m03_only_whole_short_lines_go_out(sent: Sent) -> None:
    for recorded in sent.messages:
        assert re.search(rb"\r(?!\n)|(?<!\r)\n|\0|[\x80-\xff]", recorded.content) is None
        assert max(map(len, recorded.content.split(b"\r\n"))) <= 998


def test_m03_text_arrives_as_it_was(sent: Sent) -> None:
    for message in sent.parsed:
        body = message.get_body(("plain",))
        assert body
        assert "..two dots, and élan" in body.get_content()


def test_m04_title_and_author_add_no_field(sent: Sent) -> None:
    for recorded in sent.messages:
        assert {name for name, _ in find_fields(recorded)} <= FORMAT
        assert "evil@example.net" in parse(recorded)["Subject"]  # decoded first, it is only text
        again = message_from_bytes(parse(recorded).as_bytes(policy=policy.SMTP))
        assert again.keys() == parse(recorded).keys()
    assert sorted(one.recipient for one in sent.messages) == READERS


def test_m05_text_first_and_html_last(sent: Sent) -> None:
    for message in sent.parsed:
        assert message.get_content_type() == "multipart/alternative"
        parts = [(part.get_content_type(), part.get_content_charset()) for part in message.iter_parts()]
        assert parts == [("text/plain", "utf-8"), ("text/html", "utf-8")]
        assert all("https://example.net/a?b=1" in str(part.get_content()) for part in message.iter_parts())


def test_m06_address_in_the_mail_leaves(sent: Sent) -> None:
    (mine,) = (message for message in sent.parsed if message["To"] == ALICE)
    assert mine["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = urlsplit(str(mine["List-Unsubscribe"]).strip("<>"))
    assert url.scheme == "https"
    with sent.home.opened() as app:
        browser = browse(app)
        assert browser.get(url.path).status_code == 200
        assert explain(app, ALICE)["subscriptions"][0]["status"] == "confirmed"
        assert browser.post(url.path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert explain(app, ALICE)["subscriptions"][0]["status"] == "unsubscribed"


def test_m07_structured_fields_are_plain(sent: Sent) -> None:
    for recorded in sent.messages:
        fields = dict(find_fields(recorded))
        assert [name for name in PLAIN_FIELDS if "=?" in fields[name] or "\r\n" in fields[name].strip()] == []
        assert all(re.search(r"\r\n[ \t]+(\r\n|$)", value) is None for value in fields.values())


def test_m13_each_message_is_for_one(sent: Sent) -> None:
    assert sorted(one.recipient for one in sent.messages) == READERS
    for recorded in sent.messages:
        names = {name.lower() for name, _ in find_fields(recorded)}
        assert parse(recorded)["To"] == recorded.recipient
        assert names.isdisjoint({"cc", "bcc", "resent-to", "resent-bcc"})


def test_m13_no_message_names_another(sent: Sent) -> None:
    for recorded in sent.messages:
        others = [one for one in READERS if one != recorded.recipient]
        assert not any(one.encode() in recorded.content for one in others)


@pytest.mark.parametrize(
    ("step", "text", "status"),
    [
        ("rcpt", "550 5.1.1 unknown", "failed"),
        ("rcpt", "452 4.2.2 mailbox full", "queued"),
        ("rcpt", "552 too many recipients", "queued"),
        ("rcpt", "421 4.3.2 closing", "queued"),
        ("data", "421 4.3.2 closing", "queued"),
        ("dot", "421 4.3.2 closing", "queued"),
        ("dot", "451 4.7.1 later", "queued"),
        ("dot", "554 5.7.1 spam", "failed"),
    ],
)
def test_m14_answer_touches_its_row_alone(
    tmp_path: Path, recorder: Recorder, step: Any, text: str, status: str
) -> None:
    recorder.reply(step, text, recipient=BOB, times=1)
    home = make_paper(tmp_path / "home", recorder.port)
    call(home, "send", "daily")
    with home.opened() as app:
        found = {email: explain(app, email)["deliveries"][0]["status"] for email in READERS}
    assert found == {ALICE: "sent", BOB: status, CAROL: "sent"}


@pytest.mark.parametrize(
    ("step", "text"), [("mail", "550 5.7.1 blocked"), ("mail", "552 5.3.4 too big"), ("rcpt", "554 5.7.1 denied")]
)
def test_m14_refused_sender_pauses_the_issue(tmp_path: Path, recorder: Recorder, step: Any, text: str) -> None:
    recorder.reply(step, text)
    home = make_paper(tmp_path / "home", recorder.port)
    assert call(home, "send", "daily").code == 3
    (issue,) = call_well(home, "issues", "list", "--json").json
    assert (issue["status"], issue["deliveries"]["queued"]) == ("paused", 3)
    assert text in call_well(home, "issues", "show", issue["id"]).out


def test_m18_domain_goes_as_its_a_label(tmp_path: Path, recorder: Recorder) -> None:
    home = make_paper(tmp_path / "home", recorder.port)
    with home.opened() as app:
        subscribe(app, ["dora@bücher.example"], now=now())
    call_well(home, "send", "daily")
    (dora,) = (one for one in recorder.messages if one.recipient.startswith("dora"))
    assert (dora.recipient, parse(dora)["To"]) == ("dora@xn--bcher-kva.example",) * 2
    assert not any("SMTPUTF8" in option for one in recorder.messages for option in one.options)
