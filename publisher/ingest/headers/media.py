"""What headers say of media files, each value by what it is for; the complaints (ValueError) say how to mend it."""

import mimetypes
import re
from functools import cache
from posixpath import splitext
from urllib.parse import quote, urlsplit, urlunsplit

from publisher.ingest.headers.values import is_web_address

_UNKNOWN = "application/octet-stream"
# As podcasts' directories want them.
_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/x-m4a",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".mp4": "video/mp4",
    ".m4v": "video/x-m4v",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
}
_TRANSCRIPTS = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".html": "text/html",
    ".txt": "text/plain",
}
_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]+(?:; ?[\w-]+=[^\s;]+)*", re.I | re.A)
_DURATION = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:\.\d+)?", re.A)
_SIXTY = 60
_MOST_DIGITS = 15
_AS_IT_STANDS = "/%:@!$&'()*+,;=~?"


def parse_address(text: str) -> str:
    """A full web address, in the letters that addresses have (RFC 3986)."""
    if not is_web_address(text):
        raise ValueError(f"a full https address is wanted, and {text[:80]!r} is none")
    parts = urlsplit(text)
    plain = (quote(part, safe=_AS_IT_STANDS) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, parts.netloc, *plain))


def parse_media_type(text: str) -> str:
    """A media type (RFC 6838)."""
    if not _MEDIA_TYPE.fullmatch(text):
        raise ValueError(f"its type {text[:80]!r} is no media type: write audio/mpeg, or leave it out")
    return text


def parse_length(text: str) -> int:
    """A number of bytes."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise ValueError(f"its length {text[:80]!r} is no number of bytes: write it in digits alone, as in 5650889")
    return int(text)


def parse_seconds(text: str) -> int:
    """How long it plays, from seconds, `MM:SS` or `HH:MM:SS`; a fraction of a second is left out."""
    found = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, _SIXTY)
    is_clock = bool(found and found[2])
    if not found or (is_clock and seconds >= _SIXTY) or (found[1] and minutes >= _SIXTY):
        raise ValueError(f"its duration {text[:80]!r} is none: write seconds, 12:34 or 1:02:03")
    return (hours * _SIXTY + minutes) * _SIXTY + seconds


def guess_type(url: str) -> str:
    """The media type of a file by the ending of its address."""
    ending = _ending(url)
    return _TYPES.get(ending) or _standard_types().types_map[True].get(ending) or _UNKNOWN


def guess_transcript_type(url: str) -> str:
    """The media type of a transcript by the ending of its address; nothing where none says it."""
    return _TRANSCRIPTS.get(_ending(url), "")


def has_known_ending(name: str) -> bool:
    """Whether a file's name is that of a sound, a film or a document."""
    return _ending(name) in _TYPES


def _ending(url: str) -> str:
    try:
        return splitext(urlsplit(url).path)[1].lower()
    except ValueError:
        return ""


@cache
def _standard_types() -> mimetypes.MimeTypes:
    """Those that Python knows by itself: with the machine's own the same seed would differ from one to another."""
    return mimetypes.MimeTypes()
