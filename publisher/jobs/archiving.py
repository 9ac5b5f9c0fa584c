"""The parts of a feed's archive, as the ledger has them (RFC 5005, section 4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.domain.feed import Feed
from publisher.domain.part import Part, Place, find_cuts, month_begin, parse_name, part_month
from publisher.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One feed's archive at `now`.

    `is_noted` says that the ledger keeps where its months were cut, as it does for the feeds of the settings. Those of
    topics are cut anew each time: there, an article that changes its topic in a month of more than a hundred moves
    what follows it.
    """

    tx: Transaction
    feed: Feed
    is_noted: bool
    now: datetime

    def find_open(self) -> Part | None:
        """The part that goes on, with the newest article in it; None where there was no article yet."""
        newest = self.tx.streams.find_place_before(self.feed.choice, None, now=self.now)
        return self._find_part(newest) if newest else None

    def find_before(self, part: Part) -> Part | None:
        """The part before one; months without an article have none."""
        place = self.tx.streams.find_place_before(self.feed.choice, part.since, now=self.now)
        return self._find_part(place) if place else None

    def find_closed(self, name: str) -> Part | None:
        """The closed part of that name; None where there is none, or not yet."""
        numbers, newest = parse_name(name), self.find_open()
        if not numbers or not newest:
            return None
        year, month, number = numbers
        parts = self._part_month(year, month)
        if number > len(parts) or newest.since.is_before(parts[number - 1].until):
            return None
        part = parts[number - 1]
        place = self.tx.streams.find_place_before(self.feed.choice, part.until, now=self.now)
        return part if place and not place.is_before(part.since) else None

    def iter_closed(self) -> Iterator[Part]:
        """The closed parts, newest first."""
        part = self.find_open()
        while part:
            part = self.find_before(part)
            if part:
                yield part

    def _find_part(self, place: Place) -> Part:
        """The part that a place belongs to."""
        parts = self._part_month(place.released_at.year, place.released_at.month)
        return next(part for part in reversed(parts) if not place.is_before(part.since))

    def _part_month(self, year: int, month: int) -> list[Part]:
        since, until = month_begin(year, month), month_begin(year, month + 1)
        if self.is_noted:
            return part_month(year, month, self.tx.cuts.list_cuts(self.feed.first_name, since=since, until=until))
        places = self.tx.streams.list_places(self.feed.choice, since=since, until=until, now=self.now)
        return part_month(year, month, find_cuts(places))


def list_new_cuts(
    tx: Transaction, feeds: Sequence[Feed], keys: Iterable[int], *, now: datetime
) -> dict[str, list[Place]]:
    """Where the months of those articles are to be cut further, for each of the feeds that needs it, by first name."""
    months = tx.streams.list_months(keys, now=now)
    cuts = {feed.first_name: list(_iter_new_cuts(tx, feed, months, now=now)) for feed in feeds}
    return {name: places for name, places in cuts.items() if places}


def _iter_new_cuts(tx: Transaction, feed: Feed, months: Iterable[tuple[int, int]], *, now: datetime) -> Iterator[Place]:
    for year, month in months:
        since, until = month_begin(year, month), month_begin(year, month + 1)
        known = tx.cuts.list_cuts(feed.first_name, since=since, until=until)
        last = known[-1] if known else since
        yield from find_cuts(tx.streams.list_places(feed.choice, since=last, until=until, now=now))
