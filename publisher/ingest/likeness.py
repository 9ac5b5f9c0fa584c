"""How much of an earlier text is left in a later one."""

import re

_WORD = re.compile(r"\w+")
_SPAN = 3
_LITTLE = 0.2


def is_another_text(old: str, new: str) -> bool:
    """Whether less than a fifth of the shorter text's runs of three words stand in the other."""
    one, other = _runs(old), _runs(new)
    if not one or not other:
        return False
    return len(one & other) < _LITTLE * min(len(one), len(other))


def is_another_title(old: str, new: str) -> bool:
    """Whether two titles differ in more than case, spaces and signs."""
    return _WORD.findall(old.casefold()) != _WORD.findall(new.casefold())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    span = min(_SPAN, len(words))
    return {tuple(words[at : at + span]) for at in range(len(words) - span + 1)} if words else set()
