"""One measured figure: our rounds beside the reference's, taken in turn, and what it should be."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")


class Sense(Enum):
    """Which way an aim lies."""

    LEAST = "at least"
    MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a figure's ratio (or, with `of_ratio` false, our own value) should be."""

    sense: Sense
    bound: float
    of_ratio: bool = True

    def is_met(self, figure: "Figure") -> bool:
        """Whether the figure is as good as that."""
        value = figure.ratio if self.of_ratio else median(figure.ours)
        assert value is not None
        return value >= self.bound if self.sense is Sense.LEAST else value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`ours` and `reference` hold a value a round, in `unit`; `beside` names the reference, where there is one.

    `beneath` is what people should see below it, lines of text.
    """

    what: str
    unit: str
    ours: tuple[float, ...]
    reference: tuple[float, ...] = ()
    beside: str = ""
    aim: Aim | None = None
    beneath: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by the reference's, round by round: only that carries over to another machine."""
        return tuple(ours / other for ours, other in zip(self.ours, self.reference, strict=False))

    @property
    def ratio(self) -> float | None:
        """The median of the pairwise ratios."""
        return median(self.ratios) if self.reference else None

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the most: of the ratios, or of our own values where there is no reference."""
        values = self.ratios or self.ours
        return min(values), max(values)

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": median(self.ours),
            "reference": median(self.reference) if self.reference else None,
            "beside": self.beside,
            "ratio": self.ratio,
            "spread": self.spread,
            "rounds": {"ours": self.ours, "reference": self.reference},
            "aim": f"{self.aim.sense.value} {self.aim.bound:g}" if self.aim else None,
            "is_met": self.aim.is_met(self) if self.aim else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to measure: `is_quick` takes less of everything; `people` is how many readers, where a figure has any.

    `database` is the URL of a PostgreSQL server, on which each ledger gets a database of its own; SQLite when empty.
    `lists_misses` names what was not read as it should be, where reading is measured.
    """

    is_quick: bool = False
    rounds: int = 3
    database: str = ""
    people: int = 0
    lists_misses: bool = False

    @property
    def kept(self) -> str:
        """What keeps the ledger."""
        return "PostgreSQL" if self.database else "SQLite"


def take_turns(rounds: int, *acts: Callable[[], T]) -> list[tuple[T, ...]]:
    """What each act gives in each round: ours, the reference, ours, …; gives a tuple an act."""
    taken = [[act() for act in acts] for _ in range(rounds)]
    return list(zip(*taken, strict=True))
