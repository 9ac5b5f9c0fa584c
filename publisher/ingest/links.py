"""The links of one article: those that lead nowhere that is published lose their target."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from publisher.errors import SeedError
from publisher.markup import rewrite_links

_WITHOUT_TARGET = re.compile(r'<a href=""[^>]*>(.*?)</a>', re.S)
_PICTURE = re.compile(r"[^?#]+\.(?:png|jpe?g|gif|webp)", re.I)


class Links:
    """The links of one seed; `find_picture` gives the public address of a picture as the seed names it."""

    def __init__(self, *, find_picture: Callable[[str], str]) -> None:
        self._find_picture = find_picture

    def publish(self, html: str) -> str:
        """Safe HTML in which a link to nothing that is published has lost its target and kept its text."""
        if "<a " not in html:
            return html
        return _WITHOUT_TARGET.sub(r"\1", rewrite_links(html, self._change))

    def _change(self, target: str) -> str:
        if is_elsewhere(target):
            return f"https:{target}" if target.startswith("//") else target
        if _PICTURE.fullmatch(target):
            return self._find_published(target)
        return target if target.startswith(("#", "/")) else ""

    def _find_published(self, picture: str) -> str:
        try:
            return self._find_picture(picture)
        except SeedError:
            return ""


def is_elsewhere(target: str) -> bool:
    """Whether an address is one on the web, and not a path."""
    if target.startswith("//"):
        return True
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return True
