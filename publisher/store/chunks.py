"""Long lists of keys in pieces: a statement has room for 65,535 parameters at most."""

from collections.abc import Iterable, Iterator

CHUNK = 500


def chunked(keys: Iterable[int]) -> Iterator[list[int]]:
    """The keys in order, in lists that fit into a statement."""
    wanted = sorted(keys)
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
