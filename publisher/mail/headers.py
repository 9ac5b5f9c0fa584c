"""Header values: cleaned, encoded where people read them, and never touched where machines do."""

import re
from datetime import datetime, tzinfo
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.utils import format_datetime, quote
from functools import lru_cache
from textwrap import wrap

from publisher.errors import PublisherError

_LINE = 76
_LONGEST_WORD = 60
_LONGEST_LINE = 998
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=(?:\s+(?==\?))?")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[!-;=?-~]+")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


def clean(text: str) -> str:
    """The text with encoded-words decoded first, then without any control or line break (M04)."""
    decoded = _ENCODED_WORD.sub(lambda found: _decode_word(found[0].rstrip()), text) if "=?" in text else text
    return _UNSAFE.sub(" ", decoded.encode("utf-8", "replace").decode()).strip()


def _decode_word(word: str) -> str:
    try:
        ((content, charset),) = decode_header(word)
        return content.decode(charset or "ascii", "replace") if isinstance(content, bytes) else content
    except (HeaderParseError, LookupError, ValueError):
        return word


def encode_text(text: str, *, header: str) -> str:
    """An unstructured value, folded; as encoded-words (RFC 2047) where it is not plain ASCII."""
    cleaned = clean(text)
    if not _is_plain(cleaned):
        return _encode_words(cleaned, header=header)
    indent = " " * (len(header) + 2)
    lines = wrap(cleaned, _LINE, initial_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\r\n ".join(lines).lstrip()


def encode_phrase(text: str, *, header: str) -> str:
    """A display name: bare atoms, a quoted string, or encoded-words (RFC 5322 3.2.5, RFC 2047 5)."""
    cleaned = clean(text)
    if not _is_plain(cleaned) or len(cleaned) > _LONGEST_WORD:
        return _encode_words(cleaned, header=header)
    return cleaned if _ATOMS.fullmatch(cleaned) else f'"{quote(cleaned)}"'


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and all(len(word) <= _LONGEST_WORD for word in text.split(" "))


def _encode_words(text: str, *, header: str) -> str:
    return Header(text, "utf-8", maxlinelen=_LINE, header_name=header).encode(linesep="\r\n")


def encode_named(name: str, value: str, *, header: str) -> str:
    """A display name with what stands in angle brackets behind it, on a line of its own where both are too long."""
    if not clean(name):
        return f"<{value}>"
    phrase = encode_phrase(name, header=header)
    last = len(phrase.rpartition("\r\n")[2]) + (0 if "\r\n" in phrase else len(header) + 2)
    gap = "\r\n " if last + len(value) + 3 > _LINE else " "
    return f"{phrase}{gap}<{value}>"


def build_line(name: str, value: str) -> bytes:
    """One header field with its line end, whose value is already encoded and folded."""
    return f"{name}: {value}\r\n".encode()


def build_link(name: str, address: str) -> bytes:
    """A field that holds one address, which mail programs read as it stands: never encoded, never folded (M07)."""
    line = build_line(name, f"<{address}>")
    if not _ADDRESS.fullmatch(address) or len(line) > _LONGEST_LINE:
        raise PublisherError(f"{name} can't hold the address {address!r}")
    return line


def build_message_id(message_id: str, *, name: str = "Message-ID") -> bytes:
    """A field that holds one id, given with or without its angle brackets (RFC 5322 3.6.4)."""
    bare = message_id.removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(bare):
        raise PublisherError(f"{message_id!r} is no Message-ID")
    return b"%b: <%b>\r\n" % (name.encode(), bare.encode())


def build_date(now: datetime) -> bytes:
    """The Date field, to the second."""
    return _build_date(int(now.timestamp()), now.tzinfo)


@lru_cache(maxsize=2)  # every letter asks for it; two numbers are found four times as quickly as an instant
def _build_date(second: int, zone: tzinfo | None) -> bytes:
    return build_line("Date", format_datetime(datetime.fromtimestamp(second, zone)))
