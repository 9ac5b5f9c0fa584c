"""Where and when: date lines of their own, and "BRUXELLES, 12 juin (Belga) –" before a first paragraph."""

import re
from dataclasses import dataclass
from datetime import date

from publisher.ingest.clippings.agencies import SIGNED, find_signed, split_agencies
from publisher.ingest.clippings.capitals import restore_place
from publisher.ingest.clippings.days import DAY, WEEKDAY, find_day, is_ambiguous, names_day, without_days
from publisher.ingest.clippings.words import FUNCTION_WORDS

_LONGEST = 110
_CLOCK = re.compile(
    r"\b(?:à|at|om|um|-|–)?[ ]?\d{1,2}(?:[:.hH]\d\d|[ ]?h)(?:[ ]?(?:am|pm|uur|uhr))?(?:[ ]?(?:GMT|BST|CET|CEST|UTC))?",
    re.I,
)
_DATE_WORDS = re.compile(
    rf"\b(?:{WEEKDAY}|le|on|op|the|du|am|den|de|of|publiée?|published|gepubliceerd|veröffentlicht|modifiée?|updated"
    r"|bijgewerkt|aktualisiert|mise?|jour|last|posted|laatst|laatste|update|stand|à|at|om|um|uhr|uur)\b",
    re.I,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_PLACE_WORDS = 3
_STOPPED_WORDS = 2
_SHORTEST_PLACE = 3
_CAPS = "A-ZÀ-ÖØ-ÞŒ"
_CAPS_WORD = rf"(?:['’]S-)?[{_CAPS}](?:[{_CAPS}’'.-]*[{_CAPS}])?"
_CAPS_PLACE = rf"{_CAPS_WORD}(?:[ ]{_CAPS_WORD}){{0,3}}"
_PART = rf"[{_CAPS}][\w’'.-]+"
_MIXED_PLACE = rf"{_PART}(?:[ ](?:de|la|le|an|am|den|der|sur|aan|{_PART})){{0,3}}"
_PLACES = rf"(?P<place>{_CAPS_PLACE}(?:[ ]?[/,][ ]?{_CAPS_PLACE}){{0,2}}|{_MIXED_PLACE}(?:[ ]?/[ ]?{_MIXED_PLACE})?)"
_COUNTRY_NAME = rf"[{_CAPS}][a-zà-ÿ]+\.?(?:[ ][{_CAPS}][a-zà-ÿ]+)?"
_COUNTRY = rf"(?:,[ ](?!(?i:{DAY})){_COUNTRY_NAME}|[ ](?!{SIGNED})\({_COUNTRY_NAME}\))?"
_DATED = rf"(?:,?[ ](?:le[ ])?(?P<date>(?i:{DAY})|\d\d?/\d\d?(?:/\d{{4}})?(?=[ ][(\[])))?"
_LATER = rf"(?:,[ ](?P<later>(?i:{DAY})))?"
_SALUTATIONS = frozenset(("SIR", "SIRS", "MADAM", "DEAR", "EDITOR", "MONSIEUR", "MADAME", "MESSIEURS"))
_ARTICLE = r"(?:Le|La|Les|Un|Une|Il|Elle|The|An?|De|Het|Een|Der|Die|Das|Eine?|In|En)"
_DASH = (
    r"(?:[ ]?[.:|]?[ ]?(?:[-–—―=_]|--)[ ]|[ ]?[.:][-–—][ ]?|[ ][|][ ]|[.][ ]"
    rf"|[ ](?={_ARTICLE}[ ]))"
)
_MARKS = r"[*_]{0,2}"
_SIGNED_PLACE = rf"[ ]?(?P<agency>{SIGNED}){_LATER}{_MARKS}{_DASH}?"
_DATELINE = re.compile(
    rf"{_MARKS}(?:{_PLACES}(?!\w){_COUNTRY}{_DATED}(?:{_SIGNED_PLACE}|{_MARKS}(?P<dash>{_DASH}))"
    rf"|(?P<alone>{SIGNED}){_MARKS}{_DASH}?){_MARKS}\s*"
)
_REACH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """What a date line says; `written` as it stood, `has_day` where it names a day, were it without its year."""

    place: str = ""
    day: date | None = None
    has_day: bool = False
    is_ambiguous: bool = False
    agencies: tuple[str, ...] = ()
    written: str = ""


def read_date_line(text: str) -> Dateline | None:
    """A line that says when, and perhaps where and which agency, and nothing else; None for a line of text."""
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return None
    agency = find_signed(text)
    bare = text[: agency.start()] if agency else text
    if not names_day(bare):
        return None
    day = find_day(bare)
    rest = _DATE_WORDS.sub("", _CLOCK.sub("", without_days(bare))).strip(" ,.–—-|:·()")
    words = _WORD.findall(rest)
    if len(words) > _PLACE_WORDS or (words and (day is None or not rest[:1].isupper())):
        return None
    return _make(rest if words else "", bare, split_agencies(agency["signed"]) if agency else (), written=text)


def _make(place: str, said: str, agencies: tuple[str, ...], *, written: str) -> Dateline:
    return Dateline(
        place=restore_place(place),
        day=find_day(said),
        has_day=bool(said),
        is_ambiguous=is_ambiguous(said),
        agencies=agencies,
        written=written.strip(),
    )


def take_dateline(paragraph: str) -> tuple[Dateline | None, str]:
    """The place, day and agency before a first paragraph's first sentence, and that paragraph without them."""
    found = _DATELINE.match(paragraph.replace("\n", " ")[:_REACH])
    if not found or not found[0].strip("*_ ") or not _is_dateline(found, paragraph[found.end() :]):
        return None, paragraph
    agencies = split_agencies(found["agency"] or found["alone"] or "")
    line = _make(found["place"] or "", found["date"] or found["later"] or "", agencies, written=found[0])
    return line, paragraph[found.end() :]


def _is_dateline(found: re.Match[str], rest: str) -> bool:
    """Whether a dash or an agency shows that the words before were a date line, and a sentence follows."""
    opening = rest.lstrip('*_"«“„‘ \u00a0\u202f')[:1]
    if not opening or opening.islower():
        return False
    if found["agency"] or found["alone"] or found["date"]:
        return True
    words = found["place"].split()
    most = _STOPPED_WORDS if found["dash"].strip() in (".", "") else _PLACE_WORDS
    is_short = (
        len(words) <= most
        and not _SALUTATIONS.issuperset(word.strip(",") for word in words)
        and len(found["place"]) >= _SHORTEST_PLACE
    )
    return found["place"].isupper() and is_short and not _is_run_in(words)


def _is_run_in(words: list[str]) -> bool:
    """Whether capitals before a dash are a paragraph's first words, not a town ("LES MAIRES – ils sont six –")."""
    small = [word.casefold() in FUNCTION_WORDS for word in words]
    return (len(words) > 1 and small[0] and words[0] not in ("LA", "LE", "LES", "DE", "DEN", "THE")) or all(small)
