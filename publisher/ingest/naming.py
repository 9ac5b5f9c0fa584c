"""What a seed's path says: its date, its section, its slug, its language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from slugify import slugify

from publisher.ingest.dates import make_day

_PASSED_FOLDERS = frozenset({"_posts", "posts", "content", "articles", "blog", "src"})
_POST_FOLDERS = frozenset({"_posts", "_drafts"})
_INDEX = frozenset({"index", "_index"})
_DAY_IN_NAME = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[-_ .]+|$)")
_MOMENT_IN_NAME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)(?:[-_]|$)")
_MONTH_AND_DAY = re.compile(r"^(\d\d)-(\d\d)[-_ ]")
_YEAR = re.compile(r"\d{4}")
_DAY_OF_FOLDERS = re.compile(r"(?:^|/)(\d{4})[/-](\d\d?)[/-](\d\d?)(?:/|$)")
_DATE_FOLDER = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_NUMBER_FOLDER = re.compile(r"\d{1,2}")
_GERMAN = (("Ä", "Ae"), ("ä", "ae"), ("Ö", "Oe"), ("ö", "oe"), ("Ü", "Ue"), ("ü", "ue"), ("ß", "ss"))
_MAX_SLUG = 80
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a path says of its article; `words` is the name without date, language and ending.

    `moment` is a day with its time (RFC 3339), where the name begins with one.
    """

    words: str
    section: str
    day: date | None
    language: str
    moment: str = ""


def read_path(path: str, *, languages: Iterable[str] = ()) -> Named:
    """What the path of a seed (relative, with slashes) says; `title.fr.md` or a folder `fr` tells the language."""
    *folders, name = path.split("/")
    known = tuple(languages)
    stem, language = _split_language(name.rpartition(".")[0] or name, known)
    if stem.lower() in _INDEX and folders:
        stem = folders.pop()
    folders, spoken = _split_language_folder(folders, known)
    moment, words = _split_moment(stem)
    day, words = _split_day(words, folders) if not moment else (None, words)
    return Named(
        words=words,
        section=_section(folders),
        day=day or _day_of_folders(folders),
        language=language or spoken,
        moment=moment,
    )


def is_post(path: str) -> bool:
    """Whether a seed lies where Jekyll keeps posts."""
    return not _POST_FOLDERS.isdisjoint(path.split("/")[:-1])


def has_day(path: str) -> bool:
    """Whether a seed's name begins with a day."""
    name = path.rpartition("/")[2]
    return bool(_DAY_IN_NAME.match(name))


def day_of_address(address: str) -> date | None:
    """The day that an address names, as in `/2026/11/23/title/`."""
    return _day_of_folders([address]) if address else None


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


def _split_language_folder(folders: list[str], languages: Sequence[str]) -> tuple[list[str], str]:
    """The folders less the first one that is named like a language, and that language."""
    for place, name in enumerate(folders):
        for language in languages:
            if name.casefold() == language.casefold():
                return folders[:place] + folders[place + 1 :], language
    return folders, ""


def _split_moment(stem: str) -> tuple[str, str]:
    found = _MOMENT_IN_NAME.match(stem)
    return (found[1], stem[found.end() :]) if found else ("", stem)


def _split_day(stem: str, folders: Sequence[str]) -> tuple[date | None, str]:
    found = _DAY_IN_NAME.match(stem)
    day = make_day(int(found[1]), int(found[2]), int(found[3])) if found else None
    if found and day:
        return day, stem[found.end() :]
    found = _MONTH_AND_DAY.match(stem) if folders and _YEAR.fullmatch(folders[-1]) else None
    day = make_day(int(folders[-1]), int(found[1]), int(found[2])) if found else None
    return (day, stem[found.end() :]) if found and day else (None, stem)


def _day_of_folders(folders: Sequence[str]) -> date | None:
    found = _DAY_OF_FOLDERS.search("/".join(folders))
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
