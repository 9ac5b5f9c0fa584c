"""Long lists of keys in pieces: a statement has room for 65,535 parameters at most."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

CHUNK = 500

_Key = TypeVar("_Key", int, str)


def chunked(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    """The keys in order, in lists that fit into a statement."""
    wanted = sorted(keys)
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
