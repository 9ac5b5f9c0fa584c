"""Every link between the pages leads somewhere, to its heading too. (Pictures are made anew by a browser.)"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, without_fences

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


def list_anchors(page: Path) -> set[str]:
    """What headings are called in addresses: small letters and digits, spaces as hyphens, the rest left out."""
    headings = _HEADING.findall(without_fences(page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def iter_broken(page: Path) -> Iterator[str]:
    """The page's links that lead nowhere."""
    for link in _LINK.findall(without_fences(page.read_text("utf-8"))):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        is_ours = ":" not in place
        if is_ours and (not target.exists() or (anchor and anchor not in list_anchors(target))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert list(iter_broken(page)) == []
