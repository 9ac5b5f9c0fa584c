"""Brings a digest below the size at which mail programs cut it off, together with its footer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import css_inline

BUDGET = 90_000  # bytes; Gmail clips from 102 KB on


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How much of an issue is shown: its first `shown` articles, the first of them in full or as a summary."""

    shown: int
    is_lead_full: bool


def fit(count: int, draw: Callable[[Layout], str]) -> tuple[Layout, str]:
    """The fullest layout of `count` articles whose inlined HTML keeps the budget, and that HTML; else the barest."""
    for layout in layouts(count):
        html = inline(draw(layout))
        if len(html.encode()) <= BUDGET:
            break
    return layout, html


def whole(count: int) -> Layout:
    """The layout that leaves nothing out."""
    return Layout(shown=count, is_lead_full=True)


def layouts(count: int) -> Iterator[Layout]:
    """From the fullest to the barest: the lead loses its body first, then articles go from the end."""
    yield whole(count)
    while count > 1:
        yield Layout(shown=count, is_lead_full=False)
        count = count * 3 // 4
    yield Layout(shown=count, is_lead_full=False)


def inline(html: str) -> str:
    """The HTML with its styles moved onto its elements; blocks marked data-css-inline="keep" stay where they are."""
    return css_inline.inline(html, load_remote_stylesheets=False)
