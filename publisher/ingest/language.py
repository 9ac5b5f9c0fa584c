"""Which language a text is written in, guessed only among those that are configured."""

import re
from collections.abc import Iterable
from functools import cache

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

_ENOUGH = 400
_FEWEST_WORDS = 10
_LEAD = 0.7
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str, languages: tuple[str, ...]) -> str:
    """The one of `languages` (BCP 47 tags, the default first) `text` is written in, or "" where it can't be told.

    Only a text of some length, and a guess that clearly leads the default, count.
    """
    detector, tags = _detector(languages)
    if detector is None:
        return ""
    sample = text[:_ENOUGH]
    if len(_WORD.findall(sample)) < _FEWEST_WORDS:
        return ""
    found = detector.compute_language_confidence_values(sample)
    sure = {tags[one.language.iso_code_639_1.name.lower()]: one.value for one in found}
    best = max(sure, key=lambda tag: sure[tag])
    return best if best == languages[0] or sure[best] - sure.get(languages[0], 0.0) >= _LEAD else ""


def match_language(tag: str, languages: Iterable[str]) -> str:
    """The configured language that `tag` names (`fr-BE` is `fr` where only that is configured), else `tag` itself."""
    by_fold = {language.casefold(): language for language in languages}
    return by_fold.get(tag.casefold()) or by_fold.get(tag.split("-")[0].casefold()) or tag


@cache
def _detector(languages: tuple[str, ...]) -> tuple[LanguageDetector | None, dict[str, str]]:
    # Low accuracy needs 16 MiB instead of 200, and errs no more on texts above 120 characters.
    tags = {tag.split("-")[0].lower(): tag for tag in reversed(languages)}
    known = [language for code in sorted(tags) if (language := _known(code))]
    if len(known) < 2:
        return None, {}
    return LanguageDetectorBuilder.from_languages(*known).with_low_accuracy_mode().build(), tags


def _known(code: str) -> Language | None:
    try:
        return Language.from_iso_code_639_1(IsoCode639_1.from_str(code.upper()))
    except ValueError:
        return None
