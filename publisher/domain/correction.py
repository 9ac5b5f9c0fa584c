"""Corrections: which of them a newsletter's readers have not been told, and who was sent another text."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.domain.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """An article as the readers of some texts of an issue got it; `until` is the last of those texts, None for all."""

    title: str
    text_digest: str
    correction: str
    section: str
    until: int | None = None


def make_digest(correction: str) -> str:
    """What a correction is known by, whatever its spaces."""
    return hashlib.sha256(" ".join(correction.split()).encode("utf-8", "surrogatepass")).hexdigest()


def is_untold(article: Article, mailed: Iterable[Mailed]) -> bool:
    """Whether somebody was mailed an article without the correction that it has now."""
    return any(make_digest(one.correction) != make_digest(article.correction) for one in mailed)


def find_text(mailed: Sequence[Mailed], revision: int) -> Mailed | None:
    """How that revision of an issue had its article (`mailed` in order of `until`); None where it went without."""
    return next((one for one in mailed if one.until is None or one.until >= revision), None)


def find_stale(article: Article, mailed: Sequence[Mailed]) -> list[Mailed]:
    """The texts in which an article was mailed otherwise than it stands: by its words or title.

    Where none was, the correction stands by itself (it takes back nothing that is in the text): then those without it.
    """
    stale = [one for one in mailed if (one.title, one.text_digest) != (article.title, article.text_digest)]
    return stale or [one for one in mailed if is_untold(article, [one])]
