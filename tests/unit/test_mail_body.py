"""Quoted-printable bodies: legal, ready for DATA, and the same text when read back."""

from quopri import decodestring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain import slots
from publisher.mail import body

# What the encoder drops on purpose is left out: control characters; and lone surrogates, which no file can hold.
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n.= \t"), max_size=400)


def _decode(encoded: bytes) -> str:
    return decodestring(encoded).decode().replace("\r\n", "\n")


@given(_TEXT)
def test_text_comes_back_unchanged(text: str) -> None:
    assert _decode(body.encode(text)) == text


@given(_TEXT)
def test_m03_lines_are_short_crlf_lines(text: str) -> None:
    lines = body.encode(text).split(b"\r\n")
    assert all(len(line) <= 76 and b"\r" not in line and b"\n" not in line for line in lines)


@given(_TEXT)
def test_m03_no_line_begins_with_dot(text: str) -> None:
    assert not any(line.startswith(b".") for line in body.encode(text).split(b"\r\n"))


@given(_TEXT, _TEXT, _TEXT, st.booleans())
def test_filled_text_is_legal_and_whole(before: str, value: str, after: str, is_html: bool) -> None:
    (first, last), _ = body.cut(f"{before}{slots.mark('email')}{after}.")
    encoded = first + body.encode_value(value)[is_html] + last
    assert all(len(line) <= 76 and not line.startswith(b".") for line in encoded.split(b"\r\n"))
    assert is_html or _decode(encoded) == f"{before}{value}{after}.\n"


@pytest.mark.parametrize("length", range(70, 80))
def test_full_line_leaves_room_before_slot(length: int) -> None:
    (first, _), _ = body.cut("a" * length + slots.mark("email"))
    assert max(len(line) for line in first.split(b"\r\n")) <= 76


@given(st.text("abc./:-_", max_size=300))
def test_addresses_take_the_short_way(value: str) -> None:
    encoded = body.encode_value(value)[1]
    assert _decode(encoded) == value
    assert all(len(line) <= 76 and not line.startswith(b".") for line in encoded.split(b"\r\n"))


def test_value_is_escaped_in_html() -> None:
    encoded = body.encode_value('<a href="x">&')[1]
    assert _decode(encoded) == "&lt;a href=&quot;x&quot;&gt;&amp;"


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb"])
def test_m03_every_line_end_becomes_crlf(text: str) -> None:
    assert body.encode(text) == b"a\r\nb"


def test_m03_control_characters_are_dropped() -> None:
    assert body.encode("a\0b\x0bc\x1bd\te") == b"abcd\te"


def test_body_ends_in_one_line_end() -> None:
    pieces, names = body.cut("Fin.\n\n\n")
    assert (pieces, names) == ([b"Fin.\r\n"], [])
