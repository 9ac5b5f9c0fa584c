"""What an editor is told of a clipping: the fields that are not certain, and what was left out of the text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.domain.doubt import Doubt
from publisher.ingest.clippings.sureness import Sureness

if TYPE_CHECKING:
    from publisher.ingest.clippings.clipping import Clipping

_LONGEST_FOUND = 120
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def find_doubts(clipping: "Clipping", *, title: Sureness, below: float) -> tuple[Doubt, ...]:
    """The fields less certain than `below`, the least certain first; `title` says how sure the title is."""
    found = {
        "title": clipping.title,
        "standfirst": clipping.standfirst,
        "authors": ", ".join(clipping.authors),
        "date": clipping.day.isoformat() if clipping.day else "",
        "split": "one article",
        "body": clipping.body,
    }
    sure = {**clipping.certainties, "title": title}
    doubts = [
        Doubt(field=field, found=text[:_LONGEST_FOUND], certainty=sure[field].certainty, reason=sure[field].reason)
        for field, text in found.items()
        if field in sure and sure[field].certainty < below
    ]
    return tuple(sorted(doubts, key=lambda doubt: doubt.certainty))


def describe_parts(clippings: Sequence["Clipping"]) -> str:
    """How many articles stand in one file, and their titles, in one line."""
    count = _NUMBERS[len(clippings)] if len(clippings) < len(_NUMBERS) else str(len(clippings))
    titles = "; ".join(f"“{clipping.title}”" for clipping in clippings)
    return f"{count} articles in one file ({titles})"


def describe_left_out(clipping: "Clipping") -> tuple[str, ...]:
    """A line for each piece of a clipping that readers do not see in its text."""
    captions = (f"a caption was left out: {caption}" for caption in clipping.captions)
    furniture = (f"left out of the text: {line}" for line in clipping.furniture)
    return (*captions, *furniture)
