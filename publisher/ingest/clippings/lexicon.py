"""The words of a clipping, and how it writes them inside its sentences: the dictionary for its capitals."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:►]|\n)[\"»”’)\]*_]*\s*[\"«“‘(\[*_—–\s-]*$")
_ABBREVIATION = re.compile(r"(?:\b[A-ZÀ-Þ]|\b(?:Mme|Mlle|Mgr|Mr|Mrs|Ms|Dr|Me|St|Ste|av|bd|nr|no|dhr|mevr))\.\s*$")
_QUOTE_OPENS = re.compile(r"[\"«“‘(]\s?$")
_ELISIONS = frozenset(("L", "D", "N", "QU", "S", "C", "J", "M", "T", "JUSQU", "LORSQU", "PUISQU", "QUOIQU"))
# A headline's verb in the present ("JOUE") must not become the text's participle ("joué").
_PARTICIPLE = re.compile(r"é$")
_REMEMBERED = 8192
_BEFORE = 14
_STEM = 4
_LONGEST_ENDING = 5
_SHORTEST_NOUN = 4
_NOUNS_SHARE = 0.17
_FEWEST_WORDS = 30


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How the words of a text are written: inside sentences by their bare form, and the text itself."""

    inside: dict[str, Counter[str]]
    text: str
    stems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    has_capital_nouns: bool = False
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def find(self, capitals: str) -> str | None:
        """The usual form of a word that is given in capitals, or None where the text has it nowhere inside a sentence.

        Capitals without an accent may stand for letters with one; capitals that have one must keep it.
        """
        forms = self.inside.get(bare(capitals))
        if not forms:
            return None
        return _choose(forms, capitals) if forms else None

    def find_before(self, capitals: str, following: str) -> str | None:
        """The usual form of a word right before another ("DE" before "ZWAAN"), or None where they never meet."""
        if not following or not self.inside.get(bare(capitals)):
            return None
        counts = {form: self.pairs[form, bare(following)] for form in self.inside[bare(capitals)]}
        forms = Counter({form: count for form, count in counts.items() if count})
        return _choose(forms, capitals) if forms else None

    def find_relative(self, capitals: str) -> str | None:
        """A word of the text with the same beginning ("renforcement" for "RENFORCENT"), small where it is."""
        word = bare(capitals)
        near = self.stems.get(word[:_STEM], ()) if len(word) > _STEM else ()
        return next((form for form in near if _share(word, bare(form))), None)

    def ends_in_noun(self, capitals: str) -> bool:
        """Whether a German compound ends in a noun of the text ("HOLZFASS" where there is a "Fass")."""
        word = bare(capitals)
        endings = (word[at:] for at in range(2, len(word) - _SHORTEST_NOUN + 1))
        return self.has_capital_nouns and any(self._is_noun(ending) for ending in endings)

    def _is_noun(self, word: str) -> bool:
        forms = self.inside.get(word, ())
        return bool(forms) and all(form[:1].isupper() and not form.isupper() for form in forms)


def _choose(forms: Counter[str], capitals: str) -> str | None:
    plain = bare(capitals) == capitals.lower()
    if plain and all(form.islower() and _PARTICIPLE.search(form) for form in forms):
        return capitals.lower()
    fitting = [(count, form.islower(), form) for form, count in forms.items() if plain or form.upper() == capitals]
    return max(fitting)[2] if fitting else None


def _share(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    common = next((at for at in range(shorter) if word[at] != other[at]), shorter)
    return common > _STEM and max(len(word), len(other)) - common <= _LONGEST_ENDING


def learn(text: str) -> Lexicon:
    """The dictionary that a text makes; sentence starts and runs of capitals teach nothing."""
    inside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    pairs: Counter[tuple[str, str]] = Counter()
    words = list(WORD.finditer(text))
    for index, found in enumerate(words):
        word = found[0]
        if word.isupper() and is_elision(found):
            continue
        if word.isupper() and _has_capital_neighbour(words, index):
            continue
        if not word.islower() and _starts_sentence(text, found.start()):
            continue
        inside[bare(word)][word] += 1
        if index + 1 < len(words) and _is_near(found, words[index + 1]):
            pairs[word, bare(words[index + 1][0])] += 1
    return Lexicon(dict(inside), text, _stems(inside), _has_capital_nouns(inside), pairs)


def _stems(inside: dict[str, Counter[str]]) -> dict[str, tuple[str, ...]]:
    stems: defaultdict[str, set[str]] = defaultdict(set)
    for word, forms in inside.items():
        if len({form.islower() for form in forms}) == 1:
            stems[word[:_STEM]].add(max(forms))
    return {stem: tuple(sorted(words, key=lambda form: (not form.islower(), form))) for stem, words in stems.items()}


def _has_capital_nouns(inside: dict[str, Counter[str]]) -> bool:
    """Whether so many words stand with a capital that the language must be German."""
    forms = [(form, count) for counted in inside.values() for form, count in counted.items()]
    total = sum(count for _, count in forms)
    capital = sum(count for form, count in forms if form[:1].isupper() and not form.isupper())
    return total >= _FEWEST_WORDS and capital > _NOUNS_SHARE * total


@lru_cache(_REMEMBERED)
def bare(word: str) -> str:
    """A word in small letters without accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFD", word.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss"))
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


def is_elision(found: re.Match[str]) -> bool:
    """Whether a word in capitals is an article or the like that an apostrophe shortens ("L'ÉTÉ")."""
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
