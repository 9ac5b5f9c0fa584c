"""Capitals back to sentence case, with the clipping's own words as the dictionary."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:►]|\n)[\"»”’)\]*_]*\s*[\"«“‘(\[*_—–\s-]*$")
_ABBREVIATION = re.compile(r"(?:\b[A-ZÀ-Þ]|\b(?:Mme|Mlle|Mgr|Mr|Mrs|Ms|Dr|Me|St|Ste|av|bd|nr|no|dhr|mevr))\.\s*$")
_QUOTE_OPENS = re.compile(r"[\"«“‘(]\s?$")
_AFTER_STOP = re.compile(r"[.!?…]\s+[\"«“(]*$")
_ROMAN = re.compile(r"[IVX]{2,}")
_ELISIONS = frozenset(("L", "D", "N", "QU", "S", "C", "J", "M", "T", "JUSQU", "LORSQU", "PUISQU", "QUOIQU"))
_VOWELS = frozenset("AEIOUY")
_KNOWN_ACRONYMS = (
    "OTAN ONU UE USA UNESCO UNICEF STIB SNCB TEC CPAS OCMW ASBL VZW NATO EU UN UK NMBS MIVB TVA BTW RTBF VRT ULB VUB"
)
_ACRONYMS = frozenset(_KNOWN_ACRONYMS.split())
_PARTICLES = frozenset(("de", "du", "des", "van", "der", "den", "von", "ter", "la", "le"))
_BOLD_START = re.compile(r"^(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_CAPITAL_WORD = r"[^\W\d_a-zà-öø-ÿœß]+"
_RUN_START = re.compile(rf"^[\"«“]?\s?{_CAPITAL_WORD}(?:[ '’,-]+{_CAPITAL_WORD})+(?![^\W\d_])")
_MIN_RUN_LETTERS = 6
_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How the words of a text are written: inside sentences by their bare form, and the text itself."""

    inside: dict[str, Counter[str]]
    text: str

    def find(self, capitals: str) -> str | None:
        """The usual form of a word that is given in capitals, or None where the text has it nowhere inside a sentence.

        Capitals without an accent may stand for letters with one; capitals that have one must keep it.
        """
        forms = self.inside.get(_bare(capitals))
        if not forms:
            return None
        plain = _bare(capitals) == capitals.lower()
        fitting = [(count, form.islower(), form) for form, count in forms.items() if plain or form.upper() == capitals]
        return max(fitting)[2] if fitting else None


def learn(text: str) -> Lexicon:
    """The dictionary that a text makes; sentence starts and runs of capitals teach nothing."""
    inside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words = list(_WORD.finditer(text))
    for index, found in enumerate(words):
        word = found[0]
        if word.isupper() and _is_elision(found):
            continue
        if word.isupper() and _has_capital_neighbour(words, index):
            continue
        if not word.islower() and _starts_sentence(text, found.start()):
            continue
        inside[_bare(word)][word] += 1
    return Lexicon(dict(inside), text)


def _bare(word: str) -> str:
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _has_capital_neighbour(words: list[re.Match[str]], index: int) -> bool:
    return _has_capitals_beside(words, index, -1) or _has_capitals_beside(words, index, 1)


def _has_capitals_beside(words: list[re.Match[str]], index: int, step: int) -> bool:
    """Whether the next word on one side is in capitals; single letters between are passed over ("PRIS À L'ÉTÉ")."""
    for at in range(index + step, index + 4 * step, step):
        if not 0 <= at < len(words) or not words[at][0].isupper() or not _is_near(words[at - step], words[at]):
            return False
        if len(words[at][0]) > 1:
            return True
    return False


def _is_elision(found: re.Match[str]) -> bool:
    return found.string[found.end() : found.end() + 1] in ("'", "’") and found[0].upper() in _ELISIONS


def _is_near(one: re.Match[str], other: re.Match[str]) -> bool:
    gap = one.string[min(one.end(), other.end()) : max(one.start(), other.start())]
    return len(gap) <= 2 and "\n\n" not in gap


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - _BEFORE) : at]
    if at > _BEFORE and _ABBREVIATION.search(before):
        return False
    if at > _BEFORE and not _SENTENCE_START.search("x" + before):
        return bool(_QUOTE_OPENS.search(before))
    return bool(_SENTENCE_START.search(before))


def restore(text: str, lexicon: Lexicon) -> str:
    """A title or a sentence with its runs of capitals in sentence case; acronyms and lone capital words stay.

    A lone capital word goes too where the text itself writes it otherwise.
    """
    words = list(_WORD.finditer(text))
    in_run = _find_runs(words, is_whole=is_capitals(text))
    pieces: list[str] = []
    end = 0
    for index, found in enumerate(words):
        following = words[index + 1][0] if index + 1 < len(words) else ""
        word = _restore_word(found, following, lexicon, in_run=in_run[index])
        if word != found[0] and _begins(text[max(0, found.start() - _BEFORE) : found.start()], is_first=index == 0):
            word = _capitalise(word)
        pieces += (text[end : found.start()], word)
        end = found.end()
    return "".join(pieces) + text[end:]


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals (at least four letters, nine in ten of them)."""
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= 4 and capitals >= 0.9 * len(letters)


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


def _restore_word(found: re.Match[str], following: str, lexicon: Lexicon, *, in_run: bool) -> str:
    word = found[0]
    if not word.isupper() or (len(word) == 1 and found.string[found.end() : found.end() + 1] == "."):
        return word
    if in_run and _is_elision(found):
        return word.lower()
    known = lexicon.find(word)
    if not in_run:
        return known if known and len(word) > 3 else word
    if known:
        return known
    if _is_acronym(word):
        return word
    return word.capitalize() if _is_first_name(word, following, lexicon) else word.lower()


def _is_acronym(word: str) -> bool:
    if word in _ACRONYMS or _ROMAN.fullmatch(word):
        return True
    return len(word) > 1 and not _VOWELS & set(_bare(word).upper())


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
    return restore(run[0], lexicon) + paragraph[run.end() :] if run else paragraph


def restore_name(name: str) -> str:
    """A person's name out of capitals; one that has small letters stays as it is."""
    if not name.isupper():
        return name
    words = _WORD.sub(lambda found: found[0].capitalize(), name).split(" ")
    return " ".join(word.lower() if index and word.lower() in _PARTICLES else word for index, word in enumerate(words))
