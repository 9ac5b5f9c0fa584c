"""Where and when: date lines of their own, and "BRUXELLES, 12 juin (Belga) –" before a first paragraph."""

import re
from dataclasses import dataclass
from datetime import date

from publisher.ingest.agencies import SIGNED, find_signed, split_agencies
from publisher.ingest.capitals import restore_place
from publisher.ingest.dates import find_written_date, make_day, without_written_date
from publisher.ingest.words import FUNCTION_WORDS

_LONGEST = 110
_MONTHS = (
    "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre janv "
    "févr "
    "sept oct nov déc january february march april may june july august september october november december jan feb "
    "mar "
    "apr jun jul aug dec januari februari maart mei juni juli augustus oktober januar märz dezember dez okt"
)
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS.split(), key=len, reverse=True))})\.?"
_WEEKDAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    r"|sonnabend|sonntag)"
)
_DAY_MONTH = rf"(?:\d\d?(?:er|st|nd|rd|th|\.)?[ ]{_MONTH}|{_MONTH}[ ]\d\d?(?:st|nd|rd|th)?)(?:,?[ ]\d{{4}})?"
_NUMERIC = re.compile(r"(?<![\d./-])(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)([./])(\d\d?)\5(\d{4}))(?![\d/-])")
_ANY_DATE = (
    rf"(?:(?:{_WEEKDAY},?[ ])?(?:le[ ]|den[ ])?(?:{_DAY_MONTH}|\d\d?[./]\d\d?[./]\d{{4}}|\d{{4}}-\d\d-\d\d)|{_WEEKDAY})"
)
_PARTIAL = re.compile(rf"(?<![\w.])(?:{_DAY_MONTH})(?!\w)", re.I)
_CLOCK = re.compile(
    r"\b(?:à|at|om|um|-|–)?[ ]?\d{1,2}(?:[:.hH]\d\d|[ ]?h)(?:[ ]?(?:am|pm|uur|uhr))?(?:[ ]?(?:GMT|BST|CET|CEST|UTC))?",
    re.I,
)
_DATE_WORDS = re.compile(
    rf"\b(?:{_WEEKDAY}|le|on|op|the|du|am|den|de|of|publiée?|published|gepubliceerd|veröffentlicht|modifiée?|updated"
    rf"|bijgewerkt"
    r"|aktualisiert|mise?|jour|last|posted|laatst|laatste|update|stand|à|at|om|um|uhr|uur)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_PLACE_WORDS = 3
_CAPS = "A-ZÀ-ÖØ-ÞŒ"
_CAPITAL = f"[{_CAPS}]"
_CAPS_WORD = rf"(?:['’]S-)?{_CAPITAL}(?:[{_CAPS}’'.-]*{_CAPITAL})?"
_CAPS_PLACE = rf"{_CAPS_WORD}(?:[ ]{_CAPS_WORD}){{0,3}}"
_MIXED_PLACE = rf"{_CAPITAL}[\w’'.-]+(?:[ ](?:de|la|le|an|am|den|der|sur|aan|{_CAPITAL}[\w’'.-]+)){{0,3}}"
_PLACES = rf"(?P<place>{_CAPS_PLACE}(?:[ ]?[/,][ ]?{_CAPS_PLACE}){{0,2}}|{_MIXED_PLACE}(?:[ ]?/[ ]?{_MIXED_PLACE})?)"
_COUNTRY = (
    rf"(?:,[ ]{_CAPITAL}[a-zà-ÿ]+\.?(?:[ ]{_CAPITAL}[a-zà-ÿ]+)?|[ ]\({_CAPITAL}[a-zà-ÿ]+(?:[ ]{_CAPITAL}[a-zà-ÿ]+)?\))?"
)
_DATED = rf"(?:,?[ ](?:le[ ])?(?P<date>(?i:{_ANY_DATE})))?"
_AGENCY = rf"(?:[ ]?(?P<agency>{SIGNED}))?"
_STOP = r"(?P<stop>[ ]?[.:]?[ ]?(?:[-–—―]|--)[ ]|[ ]?[.:][-–—][ ]?)?"
_DATELINE = re.compile(
    rf"[*_]{{0,2}}(?:{_PLACES}{_COUNTRY}{_DATED}{_AGENCY}(?:,[ ](?P<later>(?i:{_ANY_DATE})))?"
    rf"|(?P<alone>{SIGNED}))[*_]{{0,2}}{_STOP}[*_]{{0,2}}\s*"
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


def find_day(text: str) -> date | None:
    """The first day with its year, in words or in digits (day first)."""
    return find_written_date(text) or _find_numeric(text)


def is_ambiguous(text: str) -> bool:
    """Whether a day in digits may have its month first, as Americans write it ("06/12/2026")."""
    found = _NUMERIC.search(text)
    return bool(found and found[5] == "/" and int(found[4]) <= 12 and found[4] != found[6])


def _find_numeric(text: str) -> date | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    if found[1]:
        return make_day(int(found[1]), int(found[2]), int(found[3]))
    first, second, year = int(found[4]), int(found[6]), int(found[7])
    return make_day(year, first, second) if second > 12 else make_day(year, second, first)


def read_date_line(text: str) -> Dateline | None:
    """A line that says when, and perhaps where and which agency, and nothing else; None for a line of text."""
    if len(text) > _LONGEST or not any(letter.isdigit() for letter in text):
        return None
    agency = find_signed(text)
    bare = text[: agency.start()] if agency else text
    day = find_day(bare)
    partial = _PARTIAL.search(bare)
    if day is None and partial is None:
        return None
    rest = _DATE_WORDS.sub("", _CLOCK.sub("", _without_day(bare)))
    words = _WORD.findall(rest)
    if len(words) > _PLACE_WORDS or (words and not rest.strip(" ,.–—-|:·")[:1].isupper()) or (day is None and words):
        return None
    agencies = split_agencies(agency["signed"]) if agency else ()
    place = rest.strip(" ,.–—-|:·()") if words else ""
    return Dateline(
        place=restore_place(place),
        day=day,
        has_day=True,
        is_ambiguous=is_ambiguous(bare),
        agencies=agencies,
        written=text,
    )


def _without_day(text: str) -> str:
    for _ in range(2):  # "published … updated …"
        text = _PARTIAL.sub("", _NUMERIC.sub("", without_written_date(text)))
    return text


def take_dateline(paragraph: str) -> tuple[Dateline | None, str]:
    """The place, day and agency before a first paragraph's first sentence, and that paragraph without them."""
    found = _DATELINE.match(paragraph.replace("\n", " ")[:_REACH])
    if not found or not found[0].strip("*_ ") or not _is_dateline(found, paragraph[found.end() :]):
        return None, paragraph
    place, said = found["place"] or "", found["date"] or found["later"] or ""
    agencies = split_agencies(found["agency"] or found["alone"] or "")
    line = Dateline(
        place=restore_place(place),
        day=find_day(said),
        has_day=bool(said),
        is_ambiguous=is_ambiguous(said),
        agencies=agencies,
        written=found[0].strip(),
    )
    return line, paragraph[found.end() :]


def _is_dateline(found: re.Match[str], rest: str) -> bool:
    """Whether a dash or an agency shows that the words before were a date line, and a sentence follows."""
    opening = rest.lstrip('*_"«“„‘ \u00a0\u202f')[:1]
    if not opening or opening.islower():
        return False
    if found["agency"] or found["alone"]:
        return True
    if not found["stop"] or not found["place"]:
        return False
    place = found["place"]
    if found["date"] or found["later"]:
        return True
    words = place.split()
    return place.upper() == place and len(words) <= 4 and not _is_run_in(words)


def _is_run_in(words: list[str]) -> bool:
    """Whether capitals before a dash are a paragraph's first words, not a town ("LES MAIRES – ils sont six –")."""
    small = [word.casefold() in FUNCTION_WORDS for word in words]
    return (len(words) > 1 and small[0] and words[0] not in ("LA", "LE", "LES", "DE", "DEN", "THE")) or all(small)
