"""Numbered twins: when a name is taken, the next one is `name-2`."""

from collections.abc import Callable
from itertools import count


def next_free(wanted: str, *, is_taken: Callable[[str], bool]) -> str:
    """`wanted`, or `wanted-2`, `wanted-3` … : the first that is not taken."""
    if not is_taken(wanted):
        return wanted
    return next(name for name in (f"{wanted}-{number}" for number in count(2)) if not is_taken(name))
