"""Numbered twins: when a name is taken, the next one is `name-2`."""

from collections.abc import Container
from itertools import count


def next_free(wanted: str, *, taken: Container[str]) -> str:
    """`wanted`, or `wanted-2`, `wanted-3` … : the first that is not taken."""
    if wanted not in taken:
        return wanted
    return next(name for name in (f"{wanted}-{number}" for number in count(2)) if name not in taken)
