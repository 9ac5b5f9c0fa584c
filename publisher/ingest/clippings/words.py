"""Words of the four languages that rules lean on, and how texts are compared by their words."""

import re
from collections.abc import Iterable

FINAL = ".!?…:;\"»”’'*_)]|。！？।؟۔」"
_WORDS = re.compile(r"[^\W_]+")
_ENOUGH = 4000
_FUNCTION = {
    "fr": "le la les l un une des du de d à au aux et ou en dans sur sous par pour avec sans ce cet cette ces son sa "
    "ses "
    "leur leurs qui que qu dont ne pas plus se s est sont a ont été être y il elle ils elles on nous vous je mais donc "
    "car ni si chez vers entre après avant contre depuis comme lors m mme où quand tout tous toute toutes deux trois n",
    "nl": "de het een en of in op van voor met zonder te aan bij naar uit over onder door om als dan dat die deze dit "
    "is zijn was waren wordt worden heeft hebben er niet geen ook nog meer hij zij ze we wij je u ik maar want toch "
    "tot "
    "tegen na sinds tussen hun haar wil kan moet zal twee drie alle wie wat waar hoe weer",
    "de": "der die das den dem des ein eine einen einem einer eines und oder in im an am auf von vom für mit ohne zu "
    "zum "
    "zur bei nach aus über unter durch um als dass ist sind war waren wird werden hat haben es nicht kein keine auch "
    "noch mehr er sie wir ihr ich aber denn doch bis gegen seit zwischen sein seine ihre will kann muss soll zwei drei "
    "alle wer was wo wie wieder sich",
    "en": "the a an and or in on of for with without to at by from into over under through as than that this these "
    "those is are was were be been has have had it not no also more he she they we you i but nor yet until against "
    "after before since between his her its their our will can must may two three all who what where how again up out "
    "off down about",
}
FUNCTION_WORDS = frozenset(word for words in _FUNCTION.values() for word in words.split())
_COUNTED = (
    "quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante soixante cent mille million "
    "millions milliard milliards euros ans jours heures minutes kilomètres mètres lundi mardi mercredi jeudi vendredi "
    "samedi dimanche vier vijf zes zeven acht negen tien elf twaalf twintig dertig veertig vijftig zestig honderd "
    "duizend "
    "miljoen miljard euro procent jaar dagen uur meter centimeter kilometer maandag dinsdag woensdag donderdag vrijdag "
    "zaterdag zondag four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
    "ninety "
    "hundred thousand billion percent years days hours miles metres pounds"
)
# Words of counting and of days, small everywhere but in German.
COUNTING_WORDS = frozenset(_COUNTED.split())
_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _FUNCTION.items()}
_NEVER_LAST = (
    "le la les l un une des du de d à au aux et ou dans sur sous par pour avec sans ce cet cette ces son sa ses leur "
    "leurs qui que qu dont ne the a an and or of for with to at from into his her its their our my het een van voor "
    "met "
    "te aan bij naar uit of en der die das den dem des ein eine einen einem einer eines und oder im am auf von vom für "
    "mit zu zum zur bei nach aus als dass"
)
_OPEN_ENDED = frozenset(_NEVER_LAST.split())


def fold_words(text: str) -> list[str]:
    """The words of a text in small letters, without any mark."""
    return [word.casefold() for word in _WORDS.findall(text)]


def ends_open(text: str) -> bool:
    """Whether a text can't end here: after a comma, a hyphen, or a word such as "the" or "de"."""
    text = text.rstrip()
    if text[-1:] in (",", "-", "\u2010", "("):
        return True
    words = _WORDS.findall(text[-20:])
    return bool(words) and text[-1:].isalpha() and words[-1].casefold() in _OPEN_ENDED


def main_language(text: str, languages: Iterable[str]) -> str:
    """The one of `languages` (of fr, nl, de, en) whose small words stand most often in a text, or ""."""
    words = fold_words(text[:_ENOUGH])
    known = {language: _BY_LANGUAGE[language] for language in languages if language in _BY_LANGUAGE}
    counts = {language: sum(word in small for word in words) for language, small in known.items()}
    best = max(counts, key=lambda language: counts[language], default="")
    return best if best and counts[best] else ""
