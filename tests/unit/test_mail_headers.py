"""Header values: what people read is encoded, what machines read stays plain, and nothing is smuggled in."""

from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import PublisherError
from publisher.mail import headers
from publisher.mail.addressing import domain_of, to_wire


def _read(encoded: str) -> str:
    return str(make_header(decode_header(encoded.replace("\r\n ", " "))))


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("=?utf-8?q?=0ABcc:_evil@example.net?=", "Bcc: evil@example.net"),
        ("=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5uZXQ=?=", "Bcc: evil@example.net"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("un\r\nBcc: evil@example.net", "un Bcc: evil@example.net"),
        ("a\0b\x0bc\u2028d\u2029e\x85f", "a b c d e f"),
        ("=?no-such-charset?q?a?=", "=?no-such-charset?q?a?="),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("  Réunion  ", "Réunion"),
    ],
)
def test_m04_words_are_decoded_then_cleaned(given_text: str, cleaned: str) -> None:
    assert headers.clean(given_text) == cleaned


@given(st.text(max_size=300))
def test_subject_reads_back_as_cleaned(text: str) -> None:
    assert " ".join(_read(headers.encode_text(text, header="Subject")).split()) == " ".join(headers.clean(text).split())


@given(st.text(max_size=300))
def test_m03_subject_lines_are_short_ascii(text: str) -> None:
    lines = f"Subject: {headers.encode_text(text, header='Subject')}".split("\r\n")
    assert all(line.isascii() and line.isprintable() and len(line) <= 78 for line in lines)
    assert all(line.startswith(" ") for line in lines[1:])


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("La Gazette", "La Gazette <g@example.org>"),
        ("Gazette, soir", '"Gazette, soir" <g@example.org>'),
        ('La "Une" \\ Gazette', '"La \\"Une\\" \\\\ Gazette" <g@example.org>'),
        ("Édition", "=?utf-8?q?=C3=89dition?= <g@example.org>"),
        ("", "<g@example.org>"),
    ],
)
def test_names_are_quoted_or_encoded(name: str, encoded: str) -> None:
    assert headers.encode_named(name, "g@example.org", header="From") == encoded


@pytest.mark.parametrize("name", ["un nom bien long " * 5, "é" * 90, "b" * 62])
def test_m03_long_names_are_folded(name: str) -> None:
    lines = f"From: {headers.encode_named(name, 'gazette@example.org', header='From')}".split("\r\n")
    assert all(len(line) <= 78 for line in lines)
    assert lines[-1].endswith("<gazette@example.org>")


@pytest.mark.parametrize("length", [50, 78, 100, 900])
def test_m07_long_address_stays_in_one_piece(length: int) -> None:
    address = "https://example.org/" + "u" * length
    assert headers.build_link("List-Unsubscribe", address) == f"List-Unsubscribe: <{address}>\r\n".encode()


@pytest.mark.parametrize(
    "address", ["https://example.org/\r\nBcc: x", "https://e/a b", "https://é/", "https://e/>", "ftp://e/", "u" * 999]
)
def test_m04_unfit_addresses_are_refused(address: str) -> None:
    with pytest.raises(PublisherError, match="List-Unsubscribe"):
        headers.build_link("List-Unsubscribe", address)


@pytest.mark.parametrize("message_id", ["<1.a@example.org>", "1.a@example.org"])
def test_m01_message_id_stands_in_brackets(message_id: str) -> None:
    assert headers.build_message_id(message_id) == b"Message-ID: <1.a@example.org>\r\n"


@pytest.mark.parametrize("message_id", ["", "1", "1@e\r\nBcc: x", "1@a@b", "a b@c"])
def test_m04_unfit_message_ids_are_refused(message_id: str) -> None:
    with pytest.raises(PublisherError, match="Message-ID"):
        headers.build_message_id(message_id)


def test_date_is_written_in_full() -> None:
    now = datetime(2026, 11, 23, 7, 0, 0, 999, tzinfo=UTC)
    assert headers.build_date(now) == b"Date: Mon, 23 Nov 2026 07:00:00 +0000\r\n"


@pytest.mark.parametrize(
    ("email", "wire"),
    [
        ("Alice.B+tag@Example.org", "Alice.B+tag@Example.org"),
        ("bob@straße.de", "bob@xn--strae-oqa.de"),
        ("élise@bücher.example", "élise@xn--bcher-kva.example"),
        ('"a b"@example.org', '"a b"@example.org'),
    ],
)
def test_m18_domains_become_a_labels(email: str, wire: str) -> None:
    assert to_wire(email) == wire


@pytest.mark.parametrize("email", ["", "a", "a@b@c.org", "a,b@example.org", "a@example.org\r\nBcc: x", "A <a@b.org>"])
def test_m04_unmailable_addresses_are_refused(email: str) -> None:
    with pytest.raises(PublisherError, match="no mail can be addressed"):
        to_wire(email)


def test_domain_is_compared_in_lower_case() -> None:
    assert domain_of('"a@b"@Example.ORG') == "example.org"
