"""How much of an earlier article is left in a later text, and so whether it may be another article."""

import re

_WORD = re.compile(r"\w+")
_SPAN = 3
_LITTLE, _MOST = 0.2, 0.8
_LONG = 40  # runs of words: a shorter text under the same title may be a first notice, which its article replaces
_MASK = "0"
_NUMBER = re.compile(r"\d+(?:er|st|nd|rd|th|e|ste|de)?")
_DAYS_AND_MONTHS = """
janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre
lundi mardi mercredi jeudi vendredi samedi dimanche
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
januari februari maart mei juni juli augustus oktober
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
januar februar märz dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
"""
_DATE_WORDS = frozenset(_DAYS_AND_MONTHS.split())


def may_be_another(*, old_title: str, old_text: str, new_title: str, new_text: str) -> bool:
    """Whether what lies in an article's place may be another article rather than a correction of it.

    So it is with another title and little of the text left; with a long text of which little is left, whatever its
    title; and with a title that differs in its date or number alone (the next agenda) and a text that differs in more.
    """
    if is_another_edition(old_title, new_title):
        return _share_left(_without_dates(old_text), _without_dates(new_text)) < _MOST
    if is_another_title(old_title, new_title):
        return is_another_text(old_text, new_text)
    return min(len(_runs(old_text)), len(_runs(new_text))) >= _LONG and is_another_text(old_text, new_text)


def is_another_text(old: str, new: str) -> bool:
    """Whether less than a fifth of the shorter text's runs of three words stand in the other."""
    return _share_left(old, new) < _LITTLE


def is_another_title(old: str, new: str) -> bool:
    """Whether two titles differ in more than case, spaces and signs."""
    return _words(old) != _words(new)


def is_another_edition(old: str, new: str) -> bool:
    """Whether two titles differ, but in numbers and the names of days and months alone."""
    return is_another_title(old, new) and _without_dates(old) == _without_dates(new)


def _share_left(old: str, new: str) -> float:
    """Which part of the shorter text's runs of three words stands in the other; 1 where one has no words."""
    one, other = _runs(old), _runs(new)
    return len(one & other) / min(len(one), len(other)) if one and other else 1.0


def _without_dates(text: str) -> str:
    return " ".join(_MASK if _NUMBER.fullmatch(word) or word in _DATE_WORDS else word for word in _words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    span = min(_SPAN, len(words))
    return {tuple(words[at : at + span]) for at in range(len(words) - span + 1)} if words else set()
