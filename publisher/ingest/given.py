"""What an editor has written above a clipping, beside what is found in it: the given goes before the found."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from publisher.domain.doubt import Doubt
from publisher.ingest.clippings.capitals import is_capitals
from publisher.ingest.headers.keys import Meta

if TYPE_CHECKING:
    from publisher.ingest.clippings.clipping import Clipping  # loaded with the first clipping

_ALIKE = 0.5


def is_plain_text(path: str) -> bool:
    """Whether a seed is a text file, whose layout stands for what Markdown writes with signs."""
    return path.lower().endswith(".txt")


def adds_to_clipping(path: str, meta: Meta) -> bool:
    """Whether what stands below a header is still a clipping: a text file, or one that got a correction alone."""
    return is_plain_text(path) or bool(meta.correction and not meta.title)


def give_known(clipping: "Clipping", meta: Meta) -> "Clipping":
    """The clipping with the title and the standfirst that its header gives.

    A headline that the given title does not stand for is text: it is kept above the body.
    """
    if meta.summary and clipping.standfirst:
        clipping = replace(clipping, standfirst=meta.summary)
    if not meta.title:
        return clipping
    is_text = bool(clipping.title) and not _stands_for(meta.title, clipping)
    body = f"## {clipping.title}\n\n{clipping.body}" if is_text else clipping.body
    return replace(clipping, title=meta.title, headline="" if is_text else clipping.headline, body=body)


def without_known(doubts: Iterable[Doubt], meta: Meta) -> tuple[Doubt, ...]:
    """The doubts about what the header does not give."""
    given = {"title": meta.title, "standfirst": meta.summary, "authors": meta.authors, "date": meta.date}
    return tuple(doubt for doubt in doubts if not given.get(doubt.field))


def _stands_for(title: str, clipping: "Clipping") -> bool:
    if is_capitals(clipping.headline):
        return True
    return SequenceMatcher(None, title.casefold(), clipping.title.casefold()).ratio() >= _ALIKE
