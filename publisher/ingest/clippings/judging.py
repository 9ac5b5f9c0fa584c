"""How sure a clipping's title, authors and day are, once all of it has been read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from publisher.ingest.clippings.capitals import find_untold, opens_with_name
from publisher.ingest.clippings.datelines import Dateline
from publisher.ingest.clippings.days import find_day
from publisher.ingest.clippings.heads import Head
from publisher.ingest.clippings.kickers import is_notice, is_section
from publisher.ingest.clippings.lexicon import Lexicon
from publisher.ingest.clippings.signatures import Signature
from publisher.ingest.clippings.signing import Signing
from publisher.ingest.clippings.sureness import Sureness

_UNTOLD_WEIGHT = 0.6
_PAIR_WEIGHT = 0.8
_NAMED = 3
_FEWEST_LETTERS = 2


def judge_title(head: Head, lexicon: Lexicon) -> Sureness:
    """How sure a title is: less where words in capitals may be names for all that the text shows."""
    if not head.has_heading and (doubtful := _judge_line(head)):
        return doubtful
    untold, total = find_untold(head.headline, lexicon)
    if not untold:
        return head.sureness
    named = ", ".join(untold[:_NAMED])
    # Two such words in a row are most often a person.
    if opens_with_name(head.headline, lexicon):
        return head.sureness.less(0.5, f"it may begin with a name: the text does not show how to write {named}")
    is_pair = any(f"{one} {other}" in head.headline for one, other in pairwise(untold))
    weight = _PAIR_WEIGHT if is_pair else _UNTOLD_WEIGHT
    return head.sureness.less(1 - weight * len(untold) / total, f"the text does not show how to write {named}")


def _judge_line(head: Head) -> Sureness | None:
    """How sure a line above a text is where it hardly is its title; None for any other."""
    if is_section(head.headline):
        return head.sureness.less(0.4, "it is the usual name of a newspaper's section")
    notice = next((text for text in (head.headline, head.kicker) if is_notice(text)), "")
    if notice:
        return Sureness(0.2, f"“{notice}” heads notices and advertisements")
    if head.headline and sum(map(str.isalpha, head.headline)) < _FEWEST_LETTERS:
        return head.sureness.less(0.5, "there is hardly a word in it")
    return None


def judge_authors(signing: Signing) -> Sureness:
    """How sure the authors are; none at all is no doubt."""
    return Sureness(0.7, "a name stands alone, without “by”") if signing.is_bare else Sureness(0.95, "")


@dataclass(frozen=True, slots=True)
class Dating:
    """The day that a clipping names with its year, or None, and how sure that is."""

    day: date | None
    sureness: Sureness


def read_dating(
    signatures: Sequence[Signature], dateline: Dateline, *, page_heads: Iterable[str], is_english: bool
) -> Dating:
    """The first day that is named with its year, else that of the page's head; none where the month may stand first."""
    lines: list[Signature | Dateline] = [*signatures, dateline]
    dated = next((line for line in lines if line.day), None)
    issue = next((day for day in map(find_day, page_heads) if day), None)
    if dated is None and issue:
        return Dating(issue, Sureness(0.8, "it is the day of the paper's issue, in its page's head"))
    if dated is None:
        has_day = any(line.has_day for line in lines)
        return Dating(None, Sureness(0.6, "the date line names no year") if has_day else Sureness(1.0, ""))
    if dated.is_ambiguous and is_english:
        return Dating(None, Sureness(0.6, "the day may stand before the month or after it"))
    return Dating(dated.day, Sureness(0.95, "a date line says it"))
