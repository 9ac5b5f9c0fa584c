"""Days as newspapers write them, in four languages: in words, abbreviated, in digits, without a year."""

import re
from datetime import date

from publisher.ingest.dates import find_written_date, make_day, without_written_date

_MONTHS = (
    "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre "
    "january february march april may june july august september october november december "
    "januari februari maart mei juni juli augustus oktober januar februar märz dezember"
)
_ABBREVIATIONS = (
    "janv:janvier févr:février avr:avril juil:juillet sept:september oct:october nov:november déc:décembre "
    "jan:january feb:february mar:march apr:april jun:june jul:july aug:august dec:december "
    "okt:oktober dez:dezember mrt:maart"
)
_SPELT = dict(pair.split(":") for pair in _ABBREVIATIONS.split())
_NAMES = "|".join(sorted((*_MONTHS.split(), *_SPELT), key=len, reverse=True))
_ABBREVIATED = re.compile(rf"\b({'|'.join(sorted(_SPELT, key=len, reverse=True))})\b\.?", re.I)
_MONTH = rf"(?:{_NAMES})\.?"
WEEKDAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|montag|dienstag|mittwoch|donnerstag|freitag|samstag"
    r"|sonnabend|sonntag)"
)
_DAY_MONTH = rf"(?:\d\d?(?:er|st|nd|rd|th|\.)?[ ]{_MONTH}|{_MONTH}[ ]\d\d?(?:st|nd|rd|th)?)(?:,?[ ]\d{{4}})?"
_DIGITS = r"\d\d?[./]\d\d?[./]\d{4}|\d{4}-\d\d-\d\d"
DAY = rf"(?:(?:{WEEKDAY},?[ ])?(?:le[ ]|den[ ])?(?:{_DAY_MONTH}|{_DIGITS})|{WEEKDAY})"
_NUMERIC = re.compile(r"(?<![\d./-])(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)([./])(\d\d?)\5(\d{4}))(?![\d/-])")
_PARTIAL = re.compile(rf"(?<![\w.])(?:{_DAY_MONTH})(?!\w)", re.I)
_LAST_MONTH = 12


def find_day(text: str) -> date | None:
    """The first day with its year, in words or in digits (day first)."""
    spelt = _ABBREVIATED.sub(lambda found: _SPELT[found[1].lower()], text)
    return find_written_date(spelt) or _find_numeric(text)


def names_day(text: str) -> bool:
    """Whether a day is named, with its year or without."""
    return bool(_PARTIAL.search(text) or _find_numeric(text))


def without_days(text: str) -> str:
    """The text less the days in it ("published … updated …")."""
    return _PARTIAL.sub("", _NUMERIC.sub("", without_written_date(text)))


def is_ambiguous(text: str) -> bool:
    """Whether a day in digits may have its month first, as Americans write it ("06/12/2026")."""
    found = _NUMERIC.search(text)
    return bool(found and found[5] == "/" and int(found[4]) <= _LAST_MONTH and found[4] != found[6])


def _find_numeric(text: str) -> date | None:
    found = _NUMERIC.search(text)
    if not found:
        return None
    if found[1]:
        return make_day(int(found[1]), int(found[2]), int(found[3]))
    first, second, year = int(found[4]), int(found[6]), int(found[7])
    return make_day(year, first, second) if second > _LAST_MONTH else make_day(year, second, first)
