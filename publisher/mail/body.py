"""Bodies in quoted-printable (RFC 2045 6.7), cut at the slots: a recipient's values are only joined in."""

import re
from binascii import b2a_qp
from html import escape
from string import ascii_letters, digits

from publisher.domain import slots

_LINE_END = re.compile(r"\r\n?|\n")
_SOFT_END = re.compile(rb"\r?\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOT_LINE = re.compile(rb"(?m)^\.[^\r\n]*")
_SOFT_BREAK = b"=\r\n"
_TAME = f"{ascii_letters}{digits}/:@_?,;+.-".encode()
_FULL = 75
_ROOM_FOR_DOT = 74  # "=2E" is two longer than the dot, and a line holds 76


def encode(text: str) -> bytes:
    """The text in quoted-printable: CRLF, lines of at most 76, none of which begins with a dot.

    The bytes can stand in DATA as they are: nothing is left to stuff (RFC 5321 4.5.2).
    """
    lines = _LINE_END.sub("\r\n", _CONTROL.sub("", text))
    encoded = b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    return _DOT_LINE.sub(lambda found: _hide_dot(found[0]), _SOFT_END.sub(b"\r\n", encoded))


def _hide_dot(line: bytes) -> bytes:
    if not line.startswith(b"."):
        return line
    if len(line) <= _ROOM_FOR_DOT:
        return b"=2E" + line[1:]
    return b"=2E" + _SOFT_BREAK + _hide_dot(line[1:])


def encode_piece(text: str) -> bytes:
    """Text that something follows on the same line: encoded, with a soft break behind it.

    It is encoded with a letter behind it, which is dropped: so its last line has room for the soft break,
    and a space at its end is not taken for one at a line's end.
    """
    return encode(text + "x")[:-1] + _SOFT_BREAK


def encode_value(value: str) -> tuple[bytes, bytes]:
    """A recipient's own value, ready to be joined between two pieces: of the text, and of the HTML."""
    # Most addresses need neither escaping nor encoding, and this is done for every recipient.
    if value.isascii() and value[:1] not in ("", ".") and not (plain := value.encode()).translate(None, _TAME):
        whole = plain + _SOFT_BREAK if len(plain) <= _FULL else _break(plain)
        if b"\n." not in whole:
            return whole, whole
    return encode_piece(value), encode_piece(escape(value))


def _break(plain: bytes) -> bytes:
    return b"".join([plain[start : start + _FULL] + _SOFT_BREAK for start in range(0, len(plain), _FULL)])


def cut(text: str) -> tuple[list[bytes], list[str]]:
    """The encoded pieces between the slots, and the slots' names: one fewer than the pieces. Ends in a line end."""
    whole = text.rstrip() + "\n"
    parts = slots.PATTERN.split(whole)
    pieces, last = parts[0::2], parts[-1]
    return [*(encode_piece(piece) for piece in pieces[:-1]), encode(last)], parts[1::2]
