"""Plain texts, language tags and instants as feeds write them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from publisher.feeds.characters import strip_illegal

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def clean(text: str) -> str:
    """The text with legal characters only and no space around it."""
    return strip_illegal(text).strip()


def escaped(text: str) -> str:
    """The text as HTML."""
    return escape(text, quote=False)


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
