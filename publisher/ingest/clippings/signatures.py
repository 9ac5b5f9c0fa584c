"""What a line of a clipping's head or foot says of who, where and when, and of nothing else."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from publisher.ingest.clippings.agencies import find_signed, read_agency_line, split_agencies
from publisher.ingest.clippings.bylines import read_byline
from publisher.ingest.clippings.capitals import restore_place
from publisher.ingest.clippings.datelines import read_date_line
from publisher.ingest.clippings.days import find_day

_MARKUP = re.compile(r"[*_`]+")
_SENT = re.compile(r"(?P<place>[A-ZÀ-Þ][\w'’-]+(?:[ ][A-ZÀ-Þ][\w'’-]+){0,2}),?[ ]\((?P<by>[^()]{8,60})\)")
_REMEMBERED = 1024  # a line is asked about by several rules
_LONGEST = 140
_MOST_LINES = 3
_MOST_SIGNATURES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who wrote, for which agencies, where, and on which day; `has_day` also where its year is not said."""

    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    place: str = ""
    day: date | None = None
    has_day: bool = False
    is_ambiguous: bool = False
    line: str = ""
    is_byline: bool = False


@lru_cache(_REMEMBERED)
def read_signature(line: str) -> Signature | None:
    """Who, where and when, from a line that says nothing else; None for a line of text."""
    text = " ".join(_MARKUP.sub("", line).split()).strip("►■▶• ")
    if not text or len(text) > _LONGEST:
        return None
    return _read_sent(text) or _read_byline(text) or _read_agencies(text) or _read_dated(text)


def read_signatures(text: str) -> tuple[Signature, ...]:
    """The signatures of a block whose every line is one, or which is one as a whole, else none."""
    lines = text.split("\n")
    if len(lines) > _MOST_SIGNATURES:
        return ()
    found = [read_signature(line) for line in lines]
    if all(found):
        return tuple(one for one in found if one)
    whole = (
        read_signature(text) if len(lines) <= _MOST_LINES and not any(one and one.authors for one in found) else None
    )
    return (whole,) if whole else ()


def _read_sent(text: str) -> Signature | None:
    """A town before "(from our correspondent)"."""
    found = _SENT.fullmatch(text)
    if found is None or read_byline(found["by"]) is None:
        return None
    return Signature(place=restore_place(found["place"]), line=text, is_byline=True)


def _read_byline(text: str) -> Signature | None:
    byline = read_byline(text)
    if byline is None:
        return None
    signed = find_signed(byline.tail)
    agencies = split_agencies(signed["signed"] if signed else byline.tail)
    day = find_day(byline.tail)
    return Signature(
        authors=byline.authors, agencies=agencies, day=day, has_day=day is not None, line=text, is_byline=True
    )


def _read_agencies(text: str) -> Signature | None:
    agencies = read_agency_line(text)
    return Signature(agencies=agencies, line=text) if agencies else None


def _read_dated(text: str) -> Signature | None:
    found = read_date_line(text)
    if found is None:
        return None
    return Signature(
        agencies=found.agencies,
        place=found.place,
        day=found.day,
        has_day=found.has_day,
        is_ambiguous=found.is_ambiguous,
        line=text,
    )
