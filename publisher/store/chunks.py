"""Long lists of keys in pieces: a statement has room for 65,535 parameters at most."""

from collections.abc import Iterable, Iterator

CHUNK = 500  # rows with all that they carry
MOST = 10_000  # keys alone


def chunked(keys: Iterable[int], *, size: int = CHUNK) -> Iterator[list[int]]:
    """The keys in order, in lists that fit into a statement."""
    wanted = sorted(keys)
    return (wanted[start : start + size] for start in range(0, len(wanted), size))
