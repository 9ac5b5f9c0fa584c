"""Bytes to text: a byte order mark, then UTF-8, then Windows-1252; whatever is no text is refused."""

import codecs
import re
import unicodedata

from publisher.errors import SeedError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_KINDS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a packed file (a word processor's document?)"),
    (b"\xd0\xcf\x11\xe0", "a word processor's document"),
    (b"{\\rtf", "an RTF document"),
)
# Wire services put such characters around a dispatch; XML allows none of them.
_NOISE_LETTERS = "".join(map(chr, (*range(9), 0x0B, *range(0x0E, 0x20), 0x7F, 0xFFFE, 0xFFFF)))
_NOISE = re.compile(f"[{re.escape(_NOISE_LETTERS)}]")
_LINE_END_LETTERS = "\r\x0c\u2028\u2029"
_LINE_END = re.compile("\r\n?|[\x0c\u2028\u2029]")
_NOISE_SHARE = 100


def decode(path: str, data: bytes) -> str:
    """The text of a seed, its lines ended by LF alone and its letters composed (NFC). Raises SeedError."""
    for start, kind in _KINDS:
        if data.startswith(start):
            raise SeedError(path, f"this is {kind}, not text: save it as Markdown or plain text")
    text = _decode(path, data)
    if _has_any(_LINE_END_LETTERS, text):
        text = _LINE_END.sub("\n", text)
    return unicodedata.normalize("NFC", _drop_noise(path, text))


def _has_any(letters: str, text: str) -> bool:
    # Many quick searches for one letter each are cheaper than one regular expression over the whole text.
    return any(letter in text for letter in letters)


def _decode(path: str, data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(path, data[len(mark) :], encoding)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _strict(path, data, "cp1252")


def _strict(path: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SeedError(path, "these bytes are no text that we know: save the file as UTF-8", line=line) from error


def _drop_noise(path: str, text: str) -> str:
    if not _has_any(_NOISE_LETTERS, text):
        return text
    noise = _NOISE.findall(text)
    if "\x00" in noise:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise SeedError(path, "a NUL character stands in it: this is no text", line=line)
    if len(noise) * _NOISE_SHARE > len(text):
        raise SeedError(path, "too many control characters: this is no text")
    return _NOISE.sub("", text)
