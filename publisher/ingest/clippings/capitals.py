"""Capitals back to sentence case, with the clipping's own words as the dictionary."""

import re

from publisher.ingest.clippings.lexicon import WORD, Lexicon, bare, is_elision
from publisher.ingest.words import COUNTING_WORDS, FUNCTION_WORDS

_AFTER_STOP = re.compile(r"[.!?…]\s+[\"«“(]*$")
_ROMAN = re.compile(r"[IVX]{2,}")
_VOWELS = frozenset("AEIOUY")
_KNOWN_ACRONYMS = (
    "OTAN ONU UE USA UNESCO UNICEF STIB SNCB CPAS OCMW ASBL VZW NATO EU UK NMBS MIVB TVA BTW RTBF VRT ULB VUB "
    "OMS OMC CIA FBI FMI IMF BCE ECB EZB PIB GDP BIP PME KMO VTT ADAC TÜV CDU CSU SPD FDP AFD OVV RTL ARD ZDF BBC NHS"
)
_ACRONYMS = frozenset(_KNOWN_ACRONYMS.split())
_PARTICLES = frozenset(("de", "du", "des", "van", "der", "den", "von", "ter", "la", "le"))
_WITHIN_PLACES = frozenset(
    [
        "sur",
        "sous",
        "lez",
        "les",
        "lès",
        "en",
        "la",
        "le",
        "aux",
        "à",
        "au",
        "de",
        "du",
        "des",
        "d",
        "l",
        "am",
        "an",
        "der",
        "den",
        "aan",
        "op",
        "bij",
        "in",
        "ob",
        "upon",
    ]
)
_NOUN_ENDINGS = (
    "ung",
    "heit",
    "keit",
    "schaft",
    "tion",
    "tät",
    "ismus",
    "nis",
    "tum",
    "ling",
    "ungen",
    "heiten",
    "keiten",
)
_ADJECTIVE_ENDINGS = ("e", "en", "er", "es", "em")
_ARTICLE_WORDS = (
    "der die das den dem des ein eine einen einem einer eines kein keine keinen im am zum zur vom beim ins ans"
)
_ARTICLES = frozenset(_ARTICLE_WORDS.split())
_BOLD_START = re.compile(r"^(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_CAPITAL_WORD = r"[^\W\d_a-zà-öø-ÿœß]+"
_RUN_START = re.compile(rf"^[\"«“]?\s?{_CAPITAL_WORD}(?:[ '’,-]+{_CAPITAL_WORD})+(?![^\W\d_])")
_WORD_START = re.compile(rf"^{_CAPITAL_WORD}(?=[ ,]\s?[^\W\d_A-ZÀ-Þ])")
_MIN_RUN_LETTERS = 6
_LONGEST_ACRONYM = 9
_BEFORE = 14
_LOUD_PART = re.compile(r"(?<![^\W\d_])[A-ZÀ-ÖØ-Þ]{4,}(?![^\W\d_])")
_FEWEST_CAPITALS = 4
_CAPITALS_SHARE = 0.9


def restore(text: str, lexicon: Lexicon) -> str:
    """A title or a sentence with its runs of capitals in sentence case; acronyms and lone capital words stay.

    A lone capital word goes too where the text itself writes it otherwise.
    """
    words = list(WORD.finditer(text))
    in_run = _find_runs(words, is_whole=is_capitals(text))
    pieces: list[str] = []
    end = 0
    for index, found in enumerate(words):
        word = _restore_word(words, index, lexicon, in_run=in_run[index])
        if word != found[0] and _begins(text[max(0, found.start() - _BEFORE) : found.start()], is_first=index == 0):
            word = _capitalise(word)
        pieces += (text[end : found.start()], word)
        end = found.end()
    return "".join(pieces) + text[end:]


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals (at least four letters, nine in ten of them)."""
    capitals = sum(map(str.isupper, text))
    return capitals >= _FEWEST_CAPITALS and capitals >= _CAPITALS_SHARE * sum(map(str.isalpha, text))


def _find_runs(words: list[re.Match[str]], *, is_whole: bool) -> list[bool]:
    in_run = [False] * len(words)
    start = 0
    for index in range(len(words) + 1):
        if index < len(words) and words[index][0].isupper():
            continue
        run = [found[0] for found in words[start:index]]
        long_words = sum(len(word) > 1 for word in run)
        if is_whole or (long_words >= 2 and len("".join(run)) >= _MIN_RUN_LETTERS):
            in_run[start:index] = [True] * (index - start)
        start = index + 1
    return in_run


def _restore_word(words: list[re.Match[str]], index: int, lexicon: Lexicon, *, in_run: bool) -> str:
    found = words[index]
    word = found[0]
    if not word.isupper() or _is_set_off(found):
        return word
    if in_run and is_elision(found):
        return word.lower()
    if not in_run:
        known = lexicon.find(word)
        return known if known and len(word) > 3 else word
    return _find_form(words, index, lexicon) or word.lower()


def _is_set_off(found: re.Match[str]) -> bool:
    """Whether a single capital is an initial ("J. Petit") or part of a name with an ampersand ("A&E")."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return len(found[0]) == 1 and (after == "." or "&" in (before, after))


def _find_form(words: list[re.Match[str]], index: int, lexicon: Lexicon) -> str | None:
    """How a word in capitals is written, by the text or by its kind; None where nothing shows it."""
    word = words[index][0]
    following = words[index + 1][0] if index + 1 < len(words) else ""
    known = lexicon.find_before(word, following) or lexicon.find(word)
    if known:
        return known
    if _is_acronym(word):
        return word
    is_counting = word.casefold() in COUNTING_WORDS and not lexicon.has_capital_nouns
    if is_counting or word.casefold() in FUNCTION_WORDS:
        return word.lower()
    if _is_first_name(word, following, lexicon) or (lexicon.has_capital_nouns and _is_noun(words, index, lexicon)):
        return _capitalise(word.lower())
    relative = lexicon.find_relative(word)
    return word.lower() if relative and relative.islower() else None


def find_untold(text: str, lexicon: Lexicon) -> tuple[list[str], int]:
    """The words of runs of capitals that may be names for all that the text shows, and how many words there are."""
    words = list(WORD.finditer(text))
    in_run = _find_runs(words, is_whole=is_capitals(text))
    telling = [
        (index, found[0])
        for index, found in enumerate(words)
        if in_run[index] and not is_elision(found) and found[0].casefold() not in FUNCTION_WORDS and len(found[0]) > 1
    ]
    untold = [word for index, word in telling if index and _find_form(words, index, lexicon) is None]
    return untold, len(telling)


def opens_with_name(text: str, lexicon: Lexicon) -> bool:
    """Whether the first two words of a line in capitals may be a person for all that the text shows."""
    words = list(WORD.finditer(text))[:2]
    if len(words) < 2 or not is_capitals(text) or any(found[0].casefold() in FUNCTION_WORDS for found in words):
        return False
    first = lexicon.find(words[0][0])
    is_name = first is not None and first.istitle()
    return is_name and not lexicon.has_capital_nouns and _find_form(words, 1, lexicon) is None


def _is_noun(words: list[re.Match[str]], index: int, lexicon: Lexicon) -> bool:
    """Whether a German word in capitals is a noun: by its ending, a noun within it, or an article before."""
    word = words[index][0]
    if word.lower().endswith(_NOUN_ENDINGS) or lexicon.ends_in_noun(word):
        return True
    relative = lexicon.find_relative(word)
    if relative:
        return not relative.islower()
    before = [found[0].casefold() for found in words[max(0, index - 2) : index]]
    if len(before) > 1 and before[0] in _ARTICLES and before[1].endswith(_ADJECTIVE_ENDINGS):
        return True
    following = words[index + 1] if index + 1 < len(words) else None
    goes_on = following is not None and following[0].isupper() and following[0].casefold() not in FUNCTION_WORDS
    if goes_on and word.lower().endswith(_ADJECTIVE_ENDINGS):
        return False
    return bool(_ARTICLES & set(before[-1:]))


def _is_acronym(word: str) -> bool:
    if word in _ACRONYMS or _ROMAN.fullmatch(word):
        return True
    return len(word) > 1 and not _VOWELS & set(bare(word).upper())


def _is_first_name(word: str, following: str, lexicon: Lexicon) -> bool:
    surname = lexicon.find(following) if following else None
    return surname is not None and not surname.islower() and f"{word.capitalize()} {surname}" in lexicon.text


def _begins(before: str, *, is_first: bool) -> bool:
    return is_first or bool(_AFTER_STOP.search(before))


def _capitalise(word: str) -> str:
    if word[:2] == "ij":  # one letter in Dutch
        return "IJ" + word[2:]
    return word[:1].upper() + word[1:]


def restore_opening(paragraph: str, lexicon: Lexicon) -> str:
    """A paragraph whose first words were set in capitals, bold or not, in plain sentence case."""
    bold = _BOLD_START.match(paragraph)
    if bold and is_capitals(bold[2]):
        return restore(bold[2], lexicon) + paragraph[bold.end() :]
    if is_capitals(paragraph):
        return restore(paragraph, lexicon)
    run = _RUN_START.match(paragraph)
    if run:
        return restore(run[0], lexicon) + paragraph[run.end() :]
    word = _WORD_START.match(paragraph)
    return _restore_first(word[0], lexicon) + paragraph[word.end() :] if word else paragraph


def _restore_first(word: str, lexicon: Lexicon) -> str:
    """A paragraph's first word in capitals; what the text never writes in small letters may be an acronym."""
    known = lexicon.find(word)
    if _is_acronym(word) or (known and known.isupper()) or (known is None and len(word) < _LONGEST_ACRONYM):
        return word
    return _capitalise(known or word.lower())


def restore_name(name: str) -> str:
    """A person's name out of capitals; one that has small letters stays as it is."""
    if not name.isupper():
        return _LOUD_PART.sub(lambda found: found[0].capitalize(), name)
    words = WORD.sub(lambda found: found[0].capitalize(), name).split(" ")
    return " ".join(word.lower() if index and word.lower() in _PARTICLES else word for index, word in enumerate(words))


def restore_place(place: str) -> str:
    """A town's name out of capitals ("LOUVAIN-LA-NEUVE", "BRUSSEL/GENT")."""
    if not place.isupper():
        return place
    return WORD.sub(lambda found: _place_word(found[0].lower(), is_first=found.start() == 0), place)


def _place_word(word: str, *, is_first: bool) -> str:
    return word if not is_first and word in _WITHIN_PLACES else _capitalise(word)
