"""Plain texts, language tags and instants as feeds write them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, urlsplit, urlunsplit

from publisher.feeds.characters import strip_illegal

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

_RESERVED = ":/?#[]@!$&'()*+,;="
_URI = re.compile(rf"(?:[\w.~{re.escape(_RESERVED)}-]|%[0-9A-Fa-f]{{2}})*", re.ASCII)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def clean(text: str) -> str:
    """The text with legal characters only and no space around it."""
    return strip_illegal(text).strip()


def escaped(text: str) -> str:
    """The text as HTML."""
    return escape(text, quote=False)


def uri(address: str) -> str:
    """The address as a URI (RFC 3986), for editors write as they read: letters beyond ASCII, spaces, a lone percent."""
    if _URI.fullmatch(address):
        return address
    legal = _LONE_PERCENT.sub("%25", strip_illegal(address))
    try:
        parts = urlsplit(legal)
        legal = urlunsplit(parts._replace(netloc=parts.netloc.encode("idna").decode()))
    except ValueError:  # no host that could have another spelling
        pass
    return quote(legal, safe=f"%{_RESERVED}")


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """The words in order, cleaned, those left out that differ from an earlier one by case only."""
    found: dict[str, str] = {}
    for word in map(clean, words):
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def language_tag(tag: str) -> str:
    """The tag where it is one (BCP 47), else nothing: a wrong xml:lang makes a feed invalid."""
    written = tag.replace("_", "-")
    return written if _LANGUAGE.fullmatch(written) else ""


def instant(moment: datetime) -> datetime:
    """The moment in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)
