"""What stands around a clipping's text: byline, date line, agency, and the sign before its first paragraph."""

import re
from dataclasses import dataclass
from datetime import date

from publisher.ingest.capitals import restore_name
from publisher.ingest.dates import find_written_date, without_written_date

LEAD_SIGNS = "►▶▸⯈‣■"
_LEAD = re.compile(rf"^[*_]{{0,2}}[{LEAD_SIGNS}]\ufe0f?[ \t]*")
_LEAD_AT_END = re.compile(rf"[{LEAD_SIGNS}]\ufe0f?[ \t]*(?P<marks>[*_]{{0,2}})\s*$")
_MARKUP = re.compile(r"[*_`]+")
_LONGEST = 90
_NAME = r"[A-ZÀ-Þ][\w.’'-]*(?:[ ](?:(?:de|du|des|van|der|den|von|ter|la|le|d’|d')[ ]?)*[A-ZÀ-Þ][\w.’'-]*){1,4}"
_AND = r"(?:,[ ]|[ ](?:et|and|en|und|&)[ ])"
_BYLINE = re.compile(
    r"(?:[Pp]ar|PAR|[Bb]y|BY|[Dd]oor|DOOR|[Vv]on|VON|Texte?[ ]?:|Tekst[ ]?:)[ ](?P<names>"
    + _NAME
    + "(?:"
    + _AND
    + _NAME
    + r")*)(?P<rest>[ ]?[,–—|(-].*|\.)?"
)
_AGENCIES = r"(?:Belga|BELGA|AFP|Reuters|REUTERS|ANP|dpa|DPA|AP|EFE|ANSA)"
_AGENCY = re.compile(rf"[(\[]?(?:(?:avec|with|met)[ ])?(?P<names>{_AGENCIES}(?:[/, ]+{_AGENCIES})*)[)\]]?\.?")
_SIGNED = re.compile(rf"[(\[](?:(?:avec|with|met)[ ])?(?P<names>{_AGENCIES}(?:[/, ]+{_AGENCIES})*)[)\]]\.?$")
_DATE_WORDS = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|le|on|op|the|du|publié|published|gepubliceerd)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_PLACE_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a line of furniture says: who wrote, and the day."""

    authors: tuple[str, ...] = ()
    day: date | None = None


def read_signature(line: str) -> Signature | None:
    """Who and when, from a line that says nothing else ("Par Anne Petit, le 3 mai 2026"); None for a line of text."""
    text = _MARKUP.sub("", line).strip()
    if len(text) > _LONGEST or "\n" in text:
        return None
    return _read_byline(text) or _read_agency(text) or _read_date_line(text)


def _read_byline(text: str) -> Signature | None:
    found = _BYLINE.fullmatch(text)
    if not found:
        return None
    rest = found["rest"] or ""
    day = find_written_date(rest)
    agency = _SIGNED.search(rest)
    if _count_words(rest) > _PLACE_WORDS and not day and not agency:
        return None
    authors = tuple(restore_name(name) for name in re.split(_AND, found["names"]))
    return Signature(authors=authors, day=day)


def _read_agency(text: str) -> Signature | None:
    found = _AGENCY.fullmatch(text)
    return Signature(authors=split_agencies(found["names"])) if found else None


def _read_date_line(text: str) -> Signature | None:
    day = find_written_date(text)
    if day is None:
        return None
    agency = _SIGNED.search(text)
    rest = without_written_date(text[: agency.start()] if agency else text)
    if _count_words(rest) > _PLACE_WORDS:
        return None
    return Signature(authors=split_agencies(agency["names"]) if agency else (), day=day)


def _count_words(text: str) -> int:
    return len(_WORD.findall(_DATE_WORDS.sub("", text)))


def find_agencies(paragraph: str) -> tuple[str, ...]:
    """The agencies that sign a paragraph at its end, in parentheses."""
    found = _SIGNED.search(paragraph.strip())
    return split_agencies(found["names"]) if found else ()


def split_agencies(text: str) -> tuple[str, ...]:
    """The agencies in a signature such as "BELGA/AFP", those that are names in small letters."""
    names = re.findall(_AGENCIES, text)
    return tuple(name.capitalize() if name in ("BELGA", "REUTERS") else name for name in names)


def has_lead_sign(paragraph: str) -> bool:
    """Whether the sign that opens a clipping's first paragraph stands here."""
    return bool(_LEAD.match(paragraph))


def ends_in_lead_sign(paragraph: str) -> bool:
    """Whether that sign stands here at the end, before the paragraph that it announces."""
    return bool(_LEAD_AT_END.search(paragraph))


def without_lead_sign(paragraph: str) -> str:
    """The paragraph without that sign at its front or its end; empty where there is nothing else."""
    text = _LEAD.sub(lambda found: found[0].rstrip("\ufe0f \t")[:-1], paragraph).lstrip()
    at_end = _LEAD_AT_END.search(text)
    if at_end:
        text = text[: at_end.start()].rstrip() + at_end["marks"]
    return text if text == paragraph or text.strip("*_ \t") else ""
