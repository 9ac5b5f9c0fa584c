"""What a seed's path says: its date, its section, its slug, its language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from slugify import slugify

from publisher.ingest.dates import make_day

_PASSED_FOLDERS = frozenset({"_posts", "posts", "content", "articles", "blog"})
_INDEX = frozenset({"index", "_index"})
_DAY_IN_NAME = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[-_ .]+|$)")
_DATE_FOLDER = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_NUMBER_FOLDER = re.compile(r"\d{1,2}")
_GERMAN = (("Ä", "Ae"), ("ä", "ae"), ("Ö", "Oe"), ("ö", "oe"), ("Ü", "Ue"), ("ü", "ue"), ("ß", "ss"))
_MAX_SLUG = 80
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a path says of its article; `words` is the name without date, language and ending."""

    words: str
    section: str
    day: date | None
    language: str


def read_path(path: str, *, languages: Iterable[str] = ()) -> Named:
    """What the path of a seed (relative, with slashes) says; `title.fr.md` names one of `languages`."""
    *folders, name = path.split("/")
    stem, language = _split_language(name.rpartition(".")[0] or name, languages)
    if stem.lower() in _INDEX and folders:
        stem = folders.pop()
    day, words = _split_day(stem)
    return Named(words=words, section=_section(folders), day=day or _day_of_folders(folders), language=language)


def make_slug(*candidates: str, language: str = "") -> str:
    """A slug of ASCII letters, digits and hyphens from the first candidate that gives one; never empty."""
    replacements = _GERMAN if language.split("-")[0] == "de" else ()
    for text in candidates:
        if len(text) <= _MAX_SLUG and _SLUG.fullmatch(text):
            return text  # as the names of files often are; slugify takes its time to say the same
        slug = slugify(
            text, max_length=_MAX_SLUG, word_boundary=True, replacements=replacements, backend="text-unidecode"
        )
        if slug:
            return slug
    return "article"


def words_as_title(words: str) -> str:
    """A title from a file's name: hyphens become spaces, the first letter a capital."""
    text = " ".join(re.split(r"[-_\s]+", words)).strip()
    return text[:1].upper() + text[1:]


def _split_language(stem: str, languages: Iterable[str]) -> tuple[str, str]:
    words, dot, last = stem.rpartition(".")
    if dot and words:
        for language in languages:
            if last.casefold() == language.casefold():
                return words, language
    return stem, ""


def _split_day(stem: str) -> tuple[date | None, str]:
    found = _DAY_IN_NAME.match(stem)
    day = make_day(int(found[1]), int(found[2]), int(found[3])) if found else None
    return (day, stem[found.end() :]) if found and day else (None, stem)


def _day_of_folders(folders: Sequence[str]) -> date | None:
    found = re.search(r"(?:^|/)(\d{4})[/-](\d\d?)[/-](\d\d?)(?:/|$)", "/".join(folders))
    return make_day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _section(folders: Sequence[str]) -> str:
    return next((name for name in _undated(folders) if name.lower() not in _PASSED_FOLDERS), "")


def _undated(folders: Sequence[str]) -> Iterator[str]:
    after_date = False
    for name in folders:
        is_date = bool(_DATE_FOLDER.fullmatch(name)) or (after_date and bool(_NUMBER_FOLDER.fullmatch(name)))
        if not is_date:
            yield name
        after_date = is_date
