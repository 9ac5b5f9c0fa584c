"""Links between articles: how a seed's link names another seed, and which article that is.

A target is a seed's path without suffix (`town/bridge`, also for `town/bridge/index.md`), percent-encoded. Before it
stands `*/` where only the end of the path is known, and `|` between paths that may both be meant.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

SCHEME = "seed:"
_LOOSE = "*/"
_SUFFIX = re.compile(r"\.(?:md|mdx|markdown|html?|txt)$", re.I)
_INDEX = re.compile(r"(?:^|/)index(?=\.[a-z]{2}(?:-[A-Za-z]{2,4})?$|$)", re.I)
_LANGUAGE = re.compile(r"\.[a-z]{2}(?:-[A-Za-z]{2,4})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article lies in the folder (or lay, if `is_former`) and on the site, and whether readers may see it."""

    path: str
    year: int
    month: int
    slug: str
    is_visible: bool
    is_former: bool = False


def is_seed_name(path: str) -> bool:
    """Whether a path ends like a seed's."""
    return _SUFFIX.search(path) is not None


def to_page(path: str) -> str:
    """A seed's path as links name it: without its suffix, and a folder for the `index` in it."""
    return _INDEX.sub("", _SUFFIX.sub("", path)).strip("/")


def to_name(page: str) -> str:
    """What a page and each link to it share: the last part of the path, up to its first dot."""
    last = page.rpartition("/")[2]
    return last.partition(".")[0] or last


def make_target(*pages: str, is_loose: bool = False) -> str:
    """The target that means the first of those pages that there is."""
    return "|".join((_LOOSE if is_loose else "") + quote(page) for page in dict.fromkeys(pages))


def describe(target: str) -> str:
    """The page that a target means first, for people."""
    return next((page for _, page in _read(target)), "")


def list_names(targets: Iterable[str]) -> list[str]:
    """The names of the pages that those targets may mean, sorted."""
    return sorted({to_name(page) for target in targets for _, page in _read(target)})


def choose(target: str, places: Sequence[Place], *, origin: str) -> Place | None:
    """The place that a target in the seed at `origin` means.

    A page in the seed's own language goes before others; where only the end is known, the longest match does, then the
    one in the nearest folder, then the first by path. Where a seed lay before counts when no other has that name now.
    """
    for is_former in (False, True):
        there = [place for place in places if place.is_former == is_former]
        for is_loose, page in _read(target):
            fitting = [place for place in there if _fits(place, page, origin=origin, is_loose=is_loose)]
            if fitting:
                return min(fitting, key=lambda place: _rank(place, page, origin=origin))
    return None


def _read(target: str) -> list[tuple[bool, str]]:
    spelled = target.split("|") if target else []
    return [(one.startswith(_LOOSE), unquote(one.removeprefix(_LOOSE))) for one in spelled]


def _fits(place: Place, page: str, *, origin: str, is_loose: bool) -> bool:
    here = to_page(place.path)
    return any(
        here == wanted or (is_loose and (here.endswith(f"/{wanted}") or wanted.endswith(f"/{here}")))
        for wanted in (page, page + _language(origin))
    )


def _rank(place: Place, page: str, *, origin: str) -> tuple[bool, int, int, str]:
    here, language = to_page(place.path), _language(origin)
    is_foreign = bool(language) and not here.endswith(language)
    shared = _count_common(reversed(page.split("/")), reversed(here.split("/")))
    near = _count_common(iter(origin.split("/")[:-1]), iter(place.path.split("/")[:-1]))
    return is_foreign, -shared, -near, place.path


def _count_common(one: Iterable[str], other: Iterable[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _language(path: str) -> str:
    found = _LANGUAGE.search(to_page(path))
    return found[0] if found else ""
