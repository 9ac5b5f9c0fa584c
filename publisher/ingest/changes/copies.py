"""A seed with the bytes of another one: the reason for which it waits, and whose copy a waiting one is."""

import re

_COPY = re.compile(r"a copy of (.+): remove one of the two", re.S)


def copy_reason(original: str) -> str:
    """Why a copy of the seed at that path waits."""
    return f"a copy of {original}: remove one of the two"


def find_original(reason: str) -> str:
    """The path that a file waits as a copy of, by its reason; empty where it waits for another one."""
    found = _COPY.fullmatch(reason)
    return found[1] if found else ""
