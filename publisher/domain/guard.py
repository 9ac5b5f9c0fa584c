"""The guard: what keeps a process from making issues and sending mail, though all else goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_MEGABYTE = 1 << 20
_ADOPT = "look at what it would send and answer for it: `publisher db adopt`"


class Kind(StrEnum):
    """What an obstacle is made of."""

    RESTORED = "restored"
    DISK = "disk"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why no issue is made and no mail sent; `text` is one line with the mend."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is seen before mail goes out.

    `copied_at` says when the ledger was copied, and nothing for one that is no copy. `sequence` is how far it has come,
    `remembered` how far this home has seen it come. `free` has the bytes left in each folder that is written to,
    `floor` those that must be left. `leap` is how far the machine's clock has leapt ahead.
    """

    copied_at: str
    sequence: int
    remembered: int
    free: Mapping[str, int]
    floor: int
    leap: timedelta


def find_obstacle(sight: Sight) -> Obstacle | None:
    """What keeps mail from going out; what an operator must answer for comes first."""
    if sight.copied_at:
        text = f"this ledger is a copy, made or restored {sight.copied_at}, and knows of nothing since: {_ADOPT}"
        return Obstacle(kind=Kind.RESTORED, text=text)
    if sight.sequence < sight.remembered:
        text = (
            f"this ledger is older than the last that was sent from here ({sight.sequence} of {sight.remembered}), "
            f"and knows of nothing since: {_ADOPT}"
        )
        return Obstacle(kind=Kind.RESTORED, text=text)
    for folder, free in sight.free.items():
        if free < sight.floor:
            text = f"{folder}: {_spell(free)} are free, and database.floor asks for {_spell(sight.floor)}: make room"
            return Obstacle(kind=Kind.DISK, text=text)
    if sight.leap:
        text = f"the clock has leapt ahead by {_round(sight.leap)}: set it right, or restart if it is right now"
        return Obstacle(kind=Kind.CLOCK, text=text)
    return None


def _spell(size: int) -> str:
    return f"{size / _MEGABYTE:.0f}M" if size >= _MEGABYTE else f"{size >> 10}K"


def _round(leap: timedelta) -> str:
    hours = round(leap / timedelta(hours=1))
    return f"{hours} h" if hours < 48 else f"{leap.days} days"
