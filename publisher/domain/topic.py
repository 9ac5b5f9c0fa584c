"""Topics: the sections, languages, tags and authors by which articles belong together, each with a feed of its own."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import groupby

from publisher.domain.article import Content

_SHARP = re.compile(r"(?<=\w)#")  # C#, but not #cycling
# Only Latin and Greek letters are the same with and without: in other scripts a mark makes another letter.
_ACCENTS = re.compile("(?<=[a-z\u00df-\u02af\u0370-\u03ff])[\u0300-\u036f]+")
_DIGITS = 8
_LONGEST = 120  # bytes: a file's name has room for 255, and several sections stand in one


class Kind(StrEnum):
    """What a topic is; the value is the folder of its feed's address."""

    SECTION = "sections"
    LANGUAGE = "languages"
    TAG = "tags"
    AUTHOR = "authors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic; `slug` is what it is known by, `name` one of the ways in which seeds write it."""

    kind: Kind
    slug: str
    name: str

    @property
    def path(self) -> str:
        """Its feed's name: `sections/sport`."""
        return f"{self.kind.value}/{self.slug}"


@lru_cache(maxsize=4096)
def to_slug(name: str) -> str:
    """What a topic's name is known by: small letters and digits, hyphens between; never empty where the name is not.

    A name of signs alone is known by their numbers, one that is very long by its begin and a digest.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).casefold()
    spoken = _SHARP.sub("sharp", plain.replace("+", "plus"))  # else C, C++ and C# would be one
    letters = unicodedata.normalize("NFC", _ACCENTS.sub("", spoken))
    runs = groupby((letter for letter in letters if not _is_silent(letter)), key=_is_of_a_word)
    words = ["".join(run) for is_word, run in runs if is_word]
    found = "-".join(word for word in words if any(map(str.isalnum, word)))
    return _shorten(found or "-".join(f"u{ord(sign):x}" for sign in name.strip()))


def _is_silent(letter: str) -> bool:
    """Whether it only says how its neighbours are shown: joiners, soft hyphens, marks of direction."""
    return unicodedata.category(letter) == "Cf"


def _is_of_a_word(letter: str) -> bool:
    """Whether it is a letter, a digit, or the mark of a letter: in many scripts vowels are marks."""
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def _shorten(slug: str) -> str:
    whole = slug.encode()
    if len(whole) <= _LONGEST:
        return slug
    begin = whole[: _LONGEST - 1 - _DIGITS].decode(errors="ignore").rstrip("-")
    return f"{begin}-{sha256(whole).hexdigest()[:_DIGITS]}"


def list_topics(content: Content) -> tuple[Topic, ...]:
    """What an article belongs to, each topic once, by the first of its spellings."""
    written = [
        (Kind.SECTION, content.section),
        (Kind.LANGUAGE, content.language),
        *((Kind.TAG, tag) for tag in content.tags),
        *((Kind.AUTHOR, author) for author in content.authors),
    ]
    topics: dict[str, Topic] = {}
    for kind, name in written:
        if slug := to_slug(name):
            topic = Topic(kind=kind, slug=slug, name=name.strip())
            topics.setdefault(topic.path, topic)
    return tuple(topics.values())
