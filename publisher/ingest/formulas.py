"""Formulas in TeX's own brackets: they stay as they are typed, for Markdown would take their backslashes away."""

import re
from collections.abc import Iterator

from publisher.ingest.dialects.marks import iter_outside_code

_FORMULA = re.compile(r"(?<!\\)\\(?:\(.{1,2000}?\\\)|\[.{1,2000}?\\\])", re.S)
_SIGNS = re.compile(r"\\[A-Za-z]|(?<!\\)[_^={}]")  # else it is a bracket that was escaped
_GAP = re.compile(r"\n[ \t]*\n")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def keep_formulas(source: str) -> str:
    """Markdown in which each `\\(…\\)` and `\\[…\\]` that holds a formula is escaped: it is shown as typed."""
    return "".join(_iter_pieces(source)) if "\\(" in source or "\\[" in source else source


def _iter_pieces(source: str) -> Iterator[str]:
    at = 0
    for found in iter_outside_code(source, _FORMULA):
        inside = found[0][2:-2]
        if _SIGNS.search(inside) and not _GAP.search(inside):
            yield source[at : found.start()] + _PUNCTUATION.sub(r"\\\g<0>", found[0])
            at = found.end()
    yield source[at:]
