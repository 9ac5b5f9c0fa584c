"""How a sending went on, as the ledger tells afterwards: when its rows were recorded as sent, commit by commit.

A row's `changed_at` is the moment of the transaction that recorded the relay's 250. smtp-sink can't be asked, and what
a process says of itself would be no measure from outside.
"""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from sqlalchemy import func, select

from publisher.app import App
from publisher.domain.delivery import Status
from publisher.store import tables
from tests.benchmarks.processes import Sample

FIRST, LAST = 0.1, 0.9  # the steady part of a sending: neither its start nor its end


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment (seconds since the epoch) for each commit, in order, and how many rows were sent by then."""

    moments: tuple[float, ...]
    totals: tuple[int, ...]

    def find(self, share: float) -> int:
        """The commit with which that share of the rows was sent."""
        return min(bisect_left(self.totals, share * self.totals[-1]), len(self.totals) - 1)

    def moment(self, share: float) -> float:
        """When that share of the rows was sent."""
        return self.moments[self.find(share)]

    def rate(self, first: float = FIRST, last: float = LAST) -> float:
        """Rows a second between two shares."""
        begin, end = self.find(first), self.find(last)
        return (self.totals[end] - self.totals[begin]) / max(self.moments[end] - self.moments[begin], 1e-6)

    @property
    def rows_a_commit(self) -> float:
        """How many outcomes one commit recorded."""
        return self.totals[-1] / len(self.totals)


def read_progress(app: App, issue_key: int) -> Progress:
    """The progress of an issue whose rows have been sent."""
    delivery = tables.deliveries
    wanted = (
        select(delivery.c.changed_at, func.count())
        .where(delivery.c.issue_key == issue_key, delivery.c.status == Status.SENT.value)
        .group_by(delivery.c.changed_at)
        .order_by(delivery.c.changed_at)
    )
    with app.ledger.engine.connect() as connection:
        commits = connection.execute(wanted).all()
    moments = tuple(moment.timestamp() for moment, _ in commits)
    return Progress(moments=moments, totals=tuple(accumulate(count for _, count in commits)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A process in the steady part: seconds of processor, and megabytes in its first quarter and at most in its last.

    The first is a median, the second the greatest: memory that grows shows, a single low sample does not.
    """

    cpu: float
    early: float
    late: float


def find_steady(samples: tuple[Sample, ...], progress: Progress) -> Steady:
    """What a process needed while the steady part of its rows went out."""
    begin, end = progress.moment(FIRST), progress.moment(LAST)
    inside = [one for one in samples if begin <= one.at <= end]
    assert len(inside) > 1, "too short a sending to look into: send to more people"
    quarter = max(len(inside) // 4, 1)
    seconds = inside[-1].at - inside[0].at
    return Steady(
        cpu=(inside[-1].cpu - inside[0].cpu) * (end - begin) / seconds,
        early=median(one.resident for one in inside[:quarter]),
        late=max(one.resident for one in inside[-quarter:]),
    )
