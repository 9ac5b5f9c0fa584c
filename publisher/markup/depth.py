"""Nesting: HTML parsers take quadratic time over elements that lie thousands deep, and no article needs that."""

import re
from collections import Counter

DEEPEST = 48

_OPENING = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_IMPLIED = "p li dt dd tr td th thead tbody tfoot caption colgroup option rt rp"
_VOID = "area base br col embed hr img input link meta param source track wbr"
_UNCOUNTED = frozenset(_IMPLIED.split() + _VOID.split())


def flatten(html: str) -> str:
    """The HTML with every element that lies deeper than `DEEPEST` taken out, its text kept.

    Elements whose end tag may be left out are not counted, since old pages leave it out a thousand times.
    """
    return _Nesting().flatten(html) if _deepest(html) > DEEPEST else html


def _deepest(html: str) -> int:
    opened = html.count("<") - html.count("</")
    if opened > DEEPEST:  # the commonest of what never counts
        opened -= html.count("<p>") + html.count("<li>") + html.count("<br>") + html.count("<br />")
    if opened <= DEEPEST:
        return opened
    depth = deepest = 0
    left: Counter[str] = Counter()
    for slash, name in _OPENING.findall(html):
        if name in _UNCOUNTED:
            continue
        if not slash:
            depth, left[name] = depth + 1, left[name] + 1
            deepest = max(deepest, depth)
        elif left[name]:
            depth, left[name] = depth - 1, left[name] - 1
    return deepest


class _Nesting:
    """What is open at one place in the text, by element name."""

    def __init__(self) -> None:
        self._depth = 0
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()

    def flatten(self, html: str) -> str:
        return _OPENING.sub(self._keep_or_drop, html)

    def _keep_or_drop(self, found: re.Match[str]) -> str:
        name = found[2].lower()
        if name in _UNCOUNTED:
            return found[0]
        keeps = self._leaves(name) if found[1] else self._enters(name)
        # A link element is void and never allowed: the cleaner removes it, whatever attributes follow here.
        return found[0] if keeps else f"<{found[1]}link"

    def _enters(self, name: str) -> bool:
        if self._depth >= DEEPEST:
            self._dropped[name] += 1
            return False
        self._depth += 1
        self._open[name] += 1
        return True

    def _leaves(self, name: str) -> bool:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return False
        if self._open[name]:
            self._open[name] -= 1
            self._depth -= 1
        return True
