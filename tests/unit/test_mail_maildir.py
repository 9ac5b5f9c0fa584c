"""The mailbox on disk: filed durably, listed newest first, read whatever it holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import NotFoundError, PublisherError
from publisher.mail import Maildir

NOW = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
PLAIN = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\n\r\nBonjour\r\n"
BOTH = (
    b'Subject: Two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n"
    b"--x\r\nContent-Type: text/html; charset=latin-1\r\n\r\n<p>\xe9</p>\r\n--x--\r\n"
)


@pytest.fixture
def maildir(tmp_path: Path) -> Maildir:
    made = Maildir(tmp_path / "mailbox")
    made.create()
    return made


def test_message_reads_back_whole(maildir: Maildir) -> None:
    mail = maildir.get_message(maildir.add(PLAIN, now=NOW))
    assert (mail.subject, mail.text, mail.html, mail.source) == ("Été", "Bonjour\n", "", PLAIN)
    assert mail.headers[0] == ("From", "a@example.org")


def test_filing_time_is_kept(maildir: Maildir) -> None:
    assert maildir.get_message(maildir.add(PLAIN, now=NOW)).received_at == NOW


def test_text_and_html_are_found(maildir: Maildir) -> None:
    mail = maildir.get_message(maildir.add(BOTH, now=NOW))
    assert (mail.text.strip(), mail.html.strip()) == ("é", "<p>é</p>")


def test_list_begins_with_newest(maildir: Maildir) -> None:
    keys = [maildir.add(PLAIN, now=NOW + timedelta(seconds=second)) for second in (5, 1, 9)]
    assert [summary.key for summary in maildir.list_messages()] == [keys[2], keys[0], keys[1]]


def test_list_can_be_paged(maildir: Maildir) -> None:
    keys = [maildir.add(PLAIN, now=NOW - timedelta(seconds=second)) for second in range(5)]
    assert [summary.key for summary in maildir.list_messages(limit=2, offset=2)] == keys[2:4]
    assert maildir.count() == 5


def test_summary_tells_who_and_what(maildir: Maildir) -> None:
    maildir.add(PLAIN, now=NOW)
    (summary,) = maildir.list_messages()
    assert (summary.subject, summary.sender, summary.to) == ("Été", "a@example.org", "b@example.org")


def test_messages_of_one_instant_stay_apart(maildir: Maildir) -> None:
    assert len({maildir.add(PLAIN, now=NOW) for _ in range(20)}) == maildir.count() == 20


def test_message_read_elsewhere_is_found(maildir: Maildir, tmp_path: Path) -> None:
    key = maildir.add(PLAIN, now=NOW)
    (tmp_path / "mailbox/new" / key).rename(tmp_path / "mailbox/cur" / f"{key}:2,S")
    assert maildir.get_message(key).source == PLAIN


@pytest.mark.parametrize("key", ["", "..", "../secret", "1795000000000000.x/../../secret", "no-such", "\0"])
def test_strange_keys_find_nothing(maildir: Maildir, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_bytes(PLAIN)
    with pytest.raises(NotFoundError):
        maildir.get_message(key)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\0\xff",
        b"Subject: =?x?q?a?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xe9",
        b"To: \xc3\xa9@a.org",
    ],
)
def test_whatever_came_can_be_shown(maildir: Maildir, source: bytes) -> None:
    key = maildir.add(source, now=NOW)
    assert maildir.get_message(key).source == source
    assert [summary.key for summary in maildir.list_messages()] == [key]


def test_addresses_beyond_ascii_are_shown(maildir: Maildir) -> None:
    mail = maildir.get_message(maildir.add("To: élise@example.org\r\n\r\n".encode(), now=NOW))
    assert mail.headers == (("To", "élise@example.org"),)


def test_missing_folder_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert Maildir(tmp_path / "none").list_messages() == []


def test_place_that_is_taken_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file")
    with pytest.raises(PublisherError, match="can't be made"):
        Maildir(tmp_path / "mailbox").create()
