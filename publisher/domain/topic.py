"""Topics: the sections, languages, tags and authors by which articles belong together, each with a feed of its own."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from publisher.domain.article import Content

_SPOKEN = str.maketrans({"+": "plus", "#": "sharp"})  # else C, C++ and C# would be one
_MARKS = range(0x300, 0x370)  # accents; the vowel signs of other scripts are letters of theirs


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
    """What a topic's name is known by: small letters and digits, hyphens between; never empty where the name is not."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPOKEN)).casefold()
    letters = unicodedata.normalize("NFC", "".join(letter for letter in plain if ord(letter) not in _MARKS))
    words = groupby(letters, key=lambda letter: letter.isalnum() or unicodedata.category(letter).startswith("M"))
    return "-".join("".join(word) for is_word, word in words if is_word) or name.casefold().strip()


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
