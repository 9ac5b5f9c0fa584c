"""Bytes of many origins become one text, or are refused by name."""

import pytest

from publisher.errors import SeedError
from publisher.ingest.decoding import decode

WORDS = "L’été à Liège"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_are_read(encoding: str) -> None:
    assert decode("a.md", WORDS.encode(encoding)) == WORDS


def test_big_endian_is_read() -> None:
    assert decode("a.md", b"\xfe\xff" + WORDS.encode("utf-16-be")) == WORDS


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x0c", "\u2028"])
def test_line_ends_become_one_kind(end: str) -> None:
    assert decode("a.md", f"one{end}two".encode()) == "one\ntwo"


def test_letters_are_composed() -> None:
    assert decode("a.md", "e\u0301te\u0301".encode()) == "été"


def test_stray_control_characters_go() -> None:
    assert decode("a.md", b"\x02" + b"a dispatch from the wire, long enough to be text. " * 4 + b"\x03")[0] == "a"


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "packed"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"one\ntwo\x00", "NUL"),
        (b"\x01\x02\x03\x04 x", "control"),
        (b"caf\xe9 \x81", "no text"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, part: str) -> None:
    with pytest.raises(SeedError, match=part):
        decode("a.md", data)


def test_refusal_names_the_line() -> None:
    with pytest.raises(SeedError) as caught:
        decode("a.md", b"one\ntwo\x00")
    assert caught.value.line == 2
