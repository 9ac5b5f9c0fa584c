"""How well clippings are read: what an editor says of each beside what was found, as precision and recall a field."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "data" / "clippings"
FIELDS = (
    "held",
    "articles",
    "language",
    "title",
    "kicker",
    "standfirst",
    "byline",
    "date",
    "place",
    "body",
    "words",
    "crossheads",
    "pull quotes",
    "speakers",
    "figures",
    "captions",
)
AIMS = {"title": 0.98, "body": 0.98, "language": 0.98, "standfirst": 0.9, "byline": 0.9, "pull quotes": 0.9}
_DOUBLE = re.compile("[“”„‟«»]")
_SINGLE = re.compile("[‘’‚‛‹›]")
_WORDS = re.compile(r"\w+|[^\w\s]")

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clipping of the corpus: its text's file, its kind and language, and its articles as an editor sees them.

    `is_held` says that no editor would want it published unseen.
    """

    path: Path
    kind: str
    language: str
    articles: tuple[Values, ...]
    is_held: bool

    @property
    def name(self) -> str:
        """What the files are called, without an ending."""
        return self.path.stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How many values were found, how many should have been, and how many of both are the same."""

    same: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: "Score") -> "Score":
        """The sums of both."""
        return Score(same=self.same + other.same, found=self.found + other.found, wanted=self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """What share of the found is right; 1 where nothing was found."""
        return self.same / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """What share of the wanted was found; 1 where nothing was wanted."""
        return self.same / self.wanted if self.wanted else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A field of a clipping that is not as the editor has it: what is missing, and what stands there without right."""

    name: str
    field: str
    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    def __str__(self) -> str:
        """The miss as lines: `-` before what is missing, `+` before what is too much."""
        lines = [f"{self.name}: {self.field}"]
        return "\n  ".join([*lines, *(f"- {text}" for text in self.missing), *(f"+ {text}" for text in self.surplus)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """A clipping with its score in each field, its misses, and whether it was held back for review."""

    clip: Clip
    is_held: bool
    scores: Mapping[str, Score]
    misses: tuple[Miss, ...]


def load_corpus(folder: Path = CORPUS) -> tuple[Clip, ...]:
    """Every clipping of `folder` that has its answer beside it, by name."""
    return tuple(_load(path) for path in sorted(folder.glob("*.json")))


def _load(path: Path) -> Clip:
    answer = json.loads(path.read_text(encoding="utf-8"))
    articles = tuple(_values(article, answer["language"]) for article in answer["articles"])
    is_held = "held" in answer or len(articles) != 1
    return Clip(
        path=path.with_suffix(".txt"),
        kind=answer["kind"],
        language=answer["language"],
        articles=articles,
        is_held=is_held,
    )


def _values(article: Mapping[str, Any], language: str) -> Values:
    quotes, figures = article["pullquotes"], article["figures"]
    return {
        "language": (language,),
        "title": some(article["title"]),
        "kicker": some(article["kicker"]),
        "standfirst": some(article["standfirst"]),
        "byline": tuple(article["authors"]),
        "date": some(article["date"]),
        "place": some(article["place"]),
        "body": tuple(article["body"]),
        "crossheads": tuple(article["crossheads"]),
        "pull quotes": tuple(quote["words"] for quote in quotes),
        "speakers": some(*(quote["speaker"] for quote in quotes)),
        "figures": tuple(f"{figure['number']} {figure['words']}".strip() for figure in figures),
        "captions": tuple(article["captions"]),
    }


def some(*values: str | None) -> tuple[str, ...]:
    """The values that are not empty."""
    return tuple(value for value in values if value)


def fold(text: str) -> str:
    """The text as it is compared: one space for any run of them, one quotation mark for all of a kind."""
    return _SINGLE.sub("'", _DOUBLE.sub('"', " ".join(text.split())))


def mark(clip: Clip, found: Sequence[Values], *, is_held: bool = False) -> Marks:
    """What was found in a clipping beside its answer, article by article in their order."""
    found = [] if is_held and not clip.articles else found  # nothing should be published, and nothing is
    count = Score(same=min(len(found), len(clip.articles)), found=len(found), wanted=len(clip.articles))
    held = Score(same=int(is_held and clip.is_held), found=int(is_held), wanted=int(clip.is_held))
    scores, misses = {"held": held, "articles": count}, []
    if is_held != clip.is_held:
        misses.append(Miss(name=clip.name, field="held", missing=(str(clip.is_held),), surplus=(str(is_held),)))
    if count.found != count.wanted:
        misses.append(Miss(name=clip.name, field="articles", missing=(str(count.wanted),), surplus=(str(count.found),)))
    nothing: Values = {}
    for field in FIELDS[2:]:
        pairs = [
            (_values_of(wanted, field), _values_of(given, field))
            for wanted, given in zip_longest(clip.articles, found, fillvalue=nothing)
        ]
        count_same = _score_words if field == "words" else _score_values
        scores[field] = sum((count_same(wanted, given) for wanted, given in pairs), Score())
        if field != "words":
            misses += [_miss(clip, field, *pair) for pair in pairs if Counter(pair[0]) != Counter(pair[1])]
    return Marks(clip=clip, is_held=is_held, scores=scores, misses=tuple(misses))


def _values_of(article: Values, field: str) -> tuple[str, ...]:
    folded = tuple(fold(value) for value in article.get("body" if field == "words" else field, ()))
    return tuple(text.strip("\"' ") for text in folded) if field == "pull quotes" else folded


def _score_values(wanted: Sequence[str], found: Sequence[str]) -> Score:
    same = (Counter(wanted) & Counter(found)).total()
    return Score(same=same, found=len(found), wanted=len(wanted))


def _score_words(wanted: Sequence[str], found: Sequence[str]) -> Score:
    one, other = _WORDS.findall(" ".join(wanted)), _WORDS.findall(" ".join(found))
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return Score(same=sum(block.size for block in blocks), found=len(other), wanted=len(one))


def _miss(clip: Clip, field: str, wanted: Sequence[str], found: Sequence[str]) -> Miss:
    missing, surplus = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    return Miss(name=clip.name, field=field, missing=tuple(missing.elements()), surplus=tuple(surplus.elements()))


def total(marks: Iterable[Marks]) -> dict[str, Score]:
    """The scores of all, a field."""
    sums = dict.fromkeys(FIELDS, Score())
    for each in marks:
        for field, score in each.scores.items():
            sums[field] += score
    return sums
