"""The links of one article: those to other seeds are noted, those to nothing that is published lose their target."""

import re
from collections.abc import Callable
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

from publisher.domain import link
from publisher.errors import SeedError
from publisher.markup import rewrite_links

_PICTURE = re.compile(r"[^?#]+\.(?:png|jpe?g|gif|webp|avif)", re.I)
_OF_THE_ROOT = re.compile(r"@/|/")
_ON_THE_WEB = ("https://", "http://", "//")
_PELICAN = re.compile(r"[{|](\w+)[}|]")
_OF_FILES = frozenset({"filename", "static", "attach"})
_PELICAN_FILE = re.compile(rf"(?:[{{|]|%7B|%7C)(?:{'|'.join(sorted(_OF_FILES))})(?:[}}|]|%7D|%7C)", re.I)


def without_mark(target: str) -> str:
    """A target less Pelican's mark of a file of the folder (`{static}`, `{attach}`, `{filename}`)."""
    found = _PELICAN_FILE.match(target)
    return target[found.end() :] if found else target


class Links:
    """The links of the seed at `path`; `find_picture` gives the public address of a picture as the seed names it."""

    def __init__(self, path: str, *, find_picture: Callable[[str], str]) -> None:
        self._path, self._find_picture = path, find_picture
        self._targets: dict[str, None] = {}
        self._dropped: dict[str, None] = {}

    @property
    def targets(self) -> tuple[str, ...]:
        """The seeds that are linked to, in the order of their first link, as `domain.link` writes them."""
        return tuple(self._targets)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell the editor of the links that were taken out."""
        return tuple(f"the link to {target} leads to no article and was left out" for target in self._dropped)

    def publish(self, html: str) -> str:
        """Safe HTML in which a link to a seed is `seed:…`, and one to what is not published has only its text left.

        Nobody can write such a link: no cleaned HTML holds it.
        """
        return rewrite_links(html, self._change)

    def _change(self, target: str) -> str:
        if is_elsewhere(target):
            return f"https:{target}" if target.startswith("//") else target
        if not target or target.startswith("#"):
            return target
        changed = self._publish_picture(target) if _PICTURE.fullmatch(target) else self._find_seed(target)
        if not changed:
            self._dropped[target] = None
        return changed

    def _publish_picture(self, picture: str) -> str:
        try:
            return self._find_picture(picture)
        except SeedError:
            return ""

    def _find_seed(self, target: str) -> str:
        """The link as it stands at rest, nothing where it leads to no seed; a path of the site stays as it is."""
        parts = urlsplit(target)
        written = unquote(parts.path)
        named = _PELICAN.match(written)
        if named and named[1] not in _OF_FILES:
            return ""
        path = written[named.end() :] if named else written
        if path.startswith("/") and not named and not link.is_seed_name(path):
            return target
        found = self._make_target(path)
        if not found:
            return ""
        self._targets[found] = None
        return f"{link.SCHEME}{found}" + (f"#{parts.fragment}" if parts.fragment else "")

    def _make_target(self, path: str) -> str:
        if "\x00" in path or (not link.is_seed_name(path) and _has_suffix(path)):
            return ""
        rooted = _OF_THE_ROOT.match(path)
        if rooted:
            page = link.to_page(normpath(path[rooted.end() :]))
            return link.make_target(page, is_loose=True) if _is_inside(page) else ""
        pages = [link.to_page(normpath(f"{base}/{path}".lstrip("/"))) for base in self._list_bases(path)]
        return link.make_target(*filter(_is_inside, pages))

    def _list_bases(self, path: str) -> list[str]:
        """The folders that a relative link may start from: the seed's; for one to a page also its page's."""
        own = dirname(self._path)
        return [own] if link.is_seed_name(path) else [own, link.to_page(self._path)]


def is_elsewhere(target: str) -> bool:
    """Whether an address is one on the web, and not a path."""
    if target.startswith(_ON_THE_WEB):
        return True
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return True


def _has_suffix(path: str) -> bool:
    return re.search(r"\.[A-Za-z]{2,4}$", path) is not None


def _is_inside(page: str) -> bool:
    return page not in {"", "."} and not page.startswith("..")
