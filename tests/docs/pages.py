"""The pages of docs/ and README.md as tests read them: their fenced blocks, links and headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(?P<kind>[a-z]+)?(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its kind, the file's name that stands behind it, its text, and its line in the page."""

    kind: str
    name: str
    text: str
    line: int


def read_page(name: str) -> str:
    """A page by its path below the repository."""
    return (ROOT / name).read_text("utf-8")


def iter_fences(page: str) -> Iterator[Fence]:
    """The page's fenced blocks, from the top."""
    for found in _FENCE.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Fence(found["kind"] or "", found["name"] or "", found["text"], line)


def without_fences(page: str) -> str:
    """The page's prose."""
    return _FENCE.sub("", page)
