"""Our own checks: a built feed is compared with the one that readers have, before it takes its place.

What makes an entry's absence right is told from outside (`Standing`): by the ledger, never by what built the feed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from publisher.domain.feed import Feed, Format
from publisher.domain.part import Place, parse_name
from publisher.feeds.reading import Fault, Problem, Reading, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ledger knows of an entry.

    `belongs` says whether readers may see it and the feed's choice takes it, `is_changed` whether it was corrected
    after it came out: only then may it stand in a feed behind articles that do not.
    """

    place: Place
    updated_at: datetime
    belongs: bool = True
    is_changed: bool = False


def compare_formats(readings: Mapping[Format, Reading]) -> list[Problem]:
    """What is wrong in one format, and whether all of them tell of the same entries in the same order."""
    problems = [problem for reading in readings.values() for problem in reading.problems]
    told = {tuple(seen.id for seen in reading.entries) for reading in readings.values()}
    moments = {reading.updated for reading in readings.values() if reading.updated}
    return list(dict.fromkeys(problems)) + ([Problem(fault=Fault.APART)] if max(len(told), len(moments)) > 1 else [])


def list_in_question(before: Reading, after: Reading) -> list[Seen]:
    """The entries of before of which the ledger must say something: those that are gone, or have another first date."""
    now = {seen.id: seen for seen in after.entries}
    return [seen for seen in before.entries if seen.id not in now or _is_moved(seen, now[seen.id])]


def compare(
    before: Reading, after: Reading, *, feed: Feed, known: Mapping[str, Standing], dropped: Iterable[datetime] = ()
) -> list[Problem]:
    """What about a feed can't follow from one that readers have, given what the ledger knows of entries by their id.

    `known` must have the entries in question, and where any are, all those that the feed shows now. `dropped` are the
    moments of tombstones that it shows no more.
    """
    old, new = ({seen.id: seen for seen in reading.entries} for reading in (before, after))
    shown = [known[seen.id] for seen in after.entries if seen.id in known]
    lost = [one for one in old if one not in new]
    unexplained = [one for one in lost if not _is_explained(known.get(one), shown, feed=feed, previous=after.previous)]
    both = [(old[one], new[one]) for one in old if one in new]
    left = [*dropped, *(known[one].updated_at for one in lost if one in known)]
    found = {
        Fault.OTHER_FEED: [after.id] if before.id and before.id != after.id else [],
        Fault.LOST: unexplained,
        Fault.BACK: [was.id for was, is_now in both if _is_back(was.updated, is_now.updated)]
        + (["the feed's own"] if before.entries and _is_back(before.updated, after.updated, left=left) else []),
        Fault.MOVED: [was.id for was, is_now in both if _is_moved(was, is_now) and not _agrees(is_now, known)],
    }
    return [Problem(fault=fault, where=tuple(where)) for fault, where in found.items() if where]


def _is_explained(lost: Standing | None, shown: Sequence[Standing], *, feed: Feed, previous: str) -> bool:
    """Whether an entry is gone for a reason: it does not belong any more, or the feed's archive has it by now."""
    if lost is None:
        return False
    if not lost.belongs:
        return True
    newer = sum(lost.place.is_before(one.place) for one in shown)
    is_behind = all(one.is_changed for one in shown if not lost.place.is_before(one.place))
    if newer < feed.limit or not is_behind:
        return False
    part = parse_name(previous)
    released = lost.place.released_at.astimezone(UTC)
    return part is not None and (released.year, released.month) <= part[:2]


def _is_back(was: datetime | None, is_now: datetime | None, *, left: Collection[datetime] = ()) -> bool:
    """Whether a date went back; not where what it was the date of has `left`."""
    if was is None or is_now is None or was <= is_now:
        return False
    return not any(moment >= was for moment in left)


def _is_moved(was: Seen, is_now: Seen) -> bool:
    return was.published is not None and is_now.published is not None and was.published != is_now.published


def _agrees(seen: Seen, known: Mapping[str, Standing]) -> bool:
    """Whether an entry's first date is the ledger's: an editor may have changed it in the seed."""
    standing = known.get(seen.id)
    return standing is not None and standing.place.published_at.replace(microsecond=0) == seen.published
