"""Messages after standards M01 to M10, read back by the standard library."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from publisher.domain.delivery import Letter, Rendering
from publisher.errors import PublisherError, UsageError
from publisher.mail import Sender, Stencil, build_eml, build_sender, check
from tests.letters import DIGEST, LETTER, NOTICE, NOW, UNSUBSCRIBE


def _sender(mail_from: str = "La Gazette <gazette@gazette.example>", **more: str) -> Sender:
    return build_sender(mail_from, **more)


def _fill(rendering: Rendering = DIGEST, letter: Letter = LETTER, **more: str) -> bytes:
    return Stencil(rendering, _sender(**more)).fill(letter, NOW)


def _parse(source: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(source, policy=cast(Any, policy.default)))


def _read(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def _field(source: bytes, name: str) -> str:
    found = re.search(rf"(?m)^{name}: (.*)\r$", source.decode())
    assert found
    return found[1]


def test_m01_single_headers_appear_once() -> None:
    names = [name.lower() for name in _parse(_fill())]
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id", "mime-version"} <= set(names)


def test_m02_message_id_is_the_letters_own() -> None:
    stencil = Stencil(DIGEST, _sender())
    first, again = stencil.fill(LETTER, NOW), stencil.fill(LETTER, NOW + timedelta(hours=1))
    assert _field(first, "Message-ID") == _field(again, "Message-ID") == "<7.abc@gazette.example>"


@pytest.mark.parametrize("rendering", [DIGEST, NOTICE])
def test_m03_bytes_are_ready_for_data(rendering: Rendering) -> None:
    source = _fill(rendering)
    assert source.endswith(b"\r\n")
    assert re.search(rb"\r(?!\n)|(?<!\r)\n|\0|(?m:^\.)|[\x80-\xff]", source) is None
    assert max(map(len, source.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?=0ABcc:_evil@example.net?=", "a\r\nBcc: evil@example.net", "=?utf-8?b?CkJjYzogZXZpbA==?= é"]
)
def test_m04_title_can_not_add_headers(subject: str) -> None:
    source = _fill(replace(DIGEST, subject=subject, list_title=subject))
    again = _parse(_parse(source).as_bytes(policy=policy.SMTP))
    assert _parse(source).keys() == again.keys() == _parse(_fill()).keys()


@pytest.mark.parametrize("message", [b"To: a\r\nBcc: b\r\n\r\n", b"\r\n", b"To: a\r\nTo: a\r\n\r\n"])
def test_m04_check_compares_header_names(message: bytes) -> None:
    with pytest.raises(PublisherError, match="headers came out wrong"):
        check(message, expected=["To"])


@pytest.mark.parametrize("rest", [b"a\nb", b"a\rb", b"\0", b".\r\n", b"x" * 999])
def test_m03_check_refuses_unfit_bytes(rest: bytes) -> None:
    with pytest.raises(PublisherError):
        check(b"To: a\r\n\r\n" + rest, expected=["To"])


def test_m04_address_can_not_add_headers() -> None:
    with pytest.raises(PublisherError, match="no mail can be addressed"):
        _fill(letter=replace(LETTER, email="a@example.org\r\nBcc: evil@example.net"))


def test_m05_text_comes_before_html() -> None:
    parts = list(_parse(_fill()).iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in parts} == {"utf-8"}


def test_m05_both_parts_hold_the_link() -> None:
    message = _parse(_fill())
    text, html = (_read(cast(EmailMessage, message.get_body((kind,)))) for kind in ("plain", "html"))
    assert text == f"Élan\n\nSe désabonner : {UNSUBSCRIBE}?a=1&b=2\n"
    assert html == f'<p>Élan</p><a href="{UNSUBSCRIBE}?a=1&amp;b=2">Se désabonner</a>\n'


def test_m05_without_html_text_stands_alone() -> None:
    message = _parse(_fill(NOTICE))
    assert (message.get_content_type(), _read(message)) == ("text/plain", "Please confirm\n")


def test_m06_one_click_headers_are_plain() -> None:
    source = _fill()
    assert _field(source, "List-Unsubscribe") == f"<{UNSUBSCRIBE}>"
    assert _field(source, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_m06_newsletter_mail_needs_an_exit() -> None:
    with pytest.raises(PublisherError, match="without an unsubscribe address"):
        _fill(letter=replace(LETTER, unsubscribe_url=""))


def test_m08_list_headers_name_the_list() -> None:
    source = _fill(help_url="https://gazette.example/aide", owner="chef@gazette.example")
    message = _parse(source)
    assert str(message["List-Id"]).endswith("<daily.gazette.example>")
    assert _field(source, "List-Archive") == f"<{DIGEST.web_url}>"
    assert _field(source, "List-Help") == "<https://gazette.example/aide>"
    assert _field(source, "List-Owner") == "<mailto:chef@gazette.example>"
    assert _field(source, "List-Post") == "NO"


def test_m08_notices_carry_no_list_headers() -> None:
    names = _parse(_fill(NOTICE, replace(LETTER, unsubscribe_url=""))).keys()
    assert not [name for name in names if name.startswith("List-") or name in ("Precedence", "Feedback-ID")]


def test_m09_automatic_mail_says_so() -> None:
    assert _field(_fill(), "Precedence") == "bulk"
    assert _field(_fill(NOTICE), "Auto-Submitted") == "auto-generated"
    assert "NDR" not in _field(_fill(), "X-Auto-Response-Suppress").split(", ")


@pytest.mark.parametrize("own", ["", "abc", "a-very-long-identifier", "gazette"])
def test_m10_feedback_id_has_four_parts(own: str) -> None:
    campaign, newsletter, kind, sender_id = _field(_fill(feedback_id=own), "Feedback-ID").split(":")
    assert (campaign, newsletter, kind) == ("2026-11-23T0700", "daily", "digest")
    assert 5 <= len(sender_id) <= 15


def test_to_holds_only_the_bare_recipient() -> None:
    assert _field(_fill(), "To") == "alice@example.org"


def test_subject_reads_back_whole() -> None:
    assert _parse(_fill())["Subject"] == DIGEST.subject


@pytest.mark.parametrize("name", ["La Gazette", "Gazette, édition du soir", 'La "Une"', "Ève"])
def test_from_name_reads_back(name: str) -> None:
    sender = replace(_sender(), name=name)
    (address,) = _parse(build_eml(DIGEST, sender, letter=LETTER, now=NOW))["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "gazette@gazette.example")


@pytest.mark.parametrize("mail_from", ["", "La Gazette", "a@b.org, c@d.org", "Élise <élise@example.org>"])
def test_sender_is_one_mailbox(mail_from: str) -> None:
    with pytest.raises(UsageError):
        build_sender(mail_from)


def test_same_letter_makes_same_bytes() -> None:
    assert _fill() == _fill()


def test_letters_differ_in_their_values_only() -> None:
    stencil = Stencil(DIGEST, _sender())
    other = replace(LETTER, email="bob@example.net", message_id="8@gazette.example", values={})
    assert b"alice" not in stencil.fill(other, NOW)
    assert b"xSLOT" not in stencil.fill(other, NOW)
