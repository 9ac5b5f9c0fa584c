"""Archives: a feed's past in parts (RFC 5005, section 4), and which of its articles the feed itself shows.

A part holds the articles of one month (UTC) by `released_at`, or a hundred of them. Where a month was cut stays noted,
so that a part's articles are the same for ever, whatever is taken in or back later. All of it follows from what the
ledger holds, never from the clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from itertools import pairwise

PART_SIZE = 100  # articles
KEPT_FOR = timedelta(days=30)  # how long a feed shows corrections and tombstones
MOST_CHANGED = 100  # corrections in a feed: a folder that is rewritten as a whole is no news
MOST_GONE = 500  # tombstones in a feed

_NAME = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([2-9]|[1-9][0-9]{1,4}))?")
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article stands among the others: newest first by release, date, then by id in the other direction."""

    released_at: datetime
    published_at: datetime
    id: str

    def is_before(self, other: "Place") -> bool:
        """Whether it is older than the other."""
        mine, theirs = (self.released_at, self.published_at), (other.released_at, other.published_at)
        return mine < theirs or (mine == theirs and self.id > other.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: from `since` on, up to but not with `until`; the `number`th of its month, counted from 1."""

    year: int
    month: int
    number: int
    since: Place
    until: Place

    @property
    def name(self) -> str:
        """How addresses name it: `2026-11`, `2026-11-2`."""
        month = f"{self.year:04}-{self.month:02}"
        return f"{month}-{self.number}" if self.number > 1 else month


def parse_name(name: str) -> tuple[int, int, int] | None:
    """(year, month, number) of a part's name, or None where it is none."""
    found = _NAME.fullmatch(name)
    if not found or not (1 <= int(found[2]) <= 12 and 1 <= int(found[1]) < MAXYEAR):
        return None
    return int(found[1]), int(found[2]), int(found[3] or 1)


def month_begin(year: int, month: int) -> Place:
    """Where a month begins: older than all of its articles. Months above 12 belong to the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Place(released_at=datetime(year, month, 1, tzinfo=UTC), published_at=_EARLIEST, id="")


def part_month(year: int, month: int, cuts: Sequence[Place]) -> list[Part]:
    """The parts of a month, oldest first; `cuts` are the first places of its second part and the further ones."""
    edges = [month_begin(year, month), *cuts, month_begin(year, month + 1)]
    return [
        Part(year=year, month=month, number=number, since=since, until=until)
        for number, (since, until) in enumerate(pairwise(edges), start=1)
    ]


def find_cuts(places: Sequence[Place]) -> list[Place]:
    """Where the last part of a month is cut, given all its places from its begin on, oldest first."""
    return list(places[PART_SIZE::PART_SIZE])
