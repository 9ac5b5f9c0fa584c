"""The pictures and links of one article: those beside the seed get their public address, the rest stays or goes."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.markup import rewrite_links

Asset = Callable[[str], Image | None]

_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt|width)="([^"]*)"')
_WITHOUT_TARGET = re.compile(r'<a href=""[^>]*>(.*?)</a>', re.S)


class Pictures:
    """Collects the pictures that an article uses; `asset` finds one by its path below the folder."""

    def __init__(self, path: str, asset: Asset) -> None:
        self._path, self._asset = path, asset
        self._found: dict[str, Image] = {}

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures beside the seed, in the order of their first use."""
        return tuple(self._found.values())

    def publish(self, html: str) -> str:
        """Safe HTML with local pictures at their public address; a link to nothing that is published loses its target.

        Raises SeedError for a picture that is missing, refused or outside the folder.
        """
        if "<a " not in html and "<img " not in html:
            return html
        wanted = dict(_read_picture(tag) for tag in _PICTURE.findall(html))
        for source, alt in wanted.items():
            self.find_address(source, alt=alt)
        rewritten = rewrite_links(html, lambda target: self._change(target, is_picture=target in wanted))
        return _WITHOUT_TARGET.sub(r"\1", _PICTURE.sub(self._measured, rewritten))

    def find_address(self, source: str, *, alt: str = "") -> str:
        """The public address of a picture as the article names it; one on the web, or elsewhere on the site, stays."""
        if _is_elsewhere(source):
            return f"https:{source}" if source.startswith("//") else source
        relative = self._below_folder(source)
        image = self._found.get(relative) or self._look_up(relative)
        if image is None and source.startswith("/"):
            return source
        if image is None:
            raise SeedError(self._path, f"the picture {source} is not beside it")
        self._found[relative] = replace(image, alt=alt) if alt and not image.alt else image
        return image.address

    def _look_up(self, relative: str) -> Image | None:
        try:
            return self._asset(relative)
        except SeedError as error:
            raise SeedError(self._path, f"the picture {error.path}: {error.reason}") from error

    def _below_folder(self, source: str) -> str:
        name = unquote(urlsplit(source).path)
        relative = normpath(name.lstrip("/") if name.startswith("/") else f"{dirname(self._path)}/{name}".lstrip("/"))
        if relative.startswith("..") or "\x00" in relative:
            raise SeedError(self._path, f"the picture {source} lies outside the folder")
        return relative

    def _change(self, target: str, *, is_picture: bool) -> str:
        if is_picture:
            return self.find_address(target)
        if _is_elsewhere(target) or target.startswith(("#", "/")):
            return f"https:{target}" if target.startswith("//") else target
        return ""

    def _measured(self, found: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(found[0]))
        image = next((image for image in self.images if image.address == unescape(attributes.get("src", ""))), None)
        if image is None or not image.width or "width" in attributes:
            return found[0]
        return f'{found[0][:-1]} width="{image.width}" height="{image.height}">'


def _read_picture(tag: str) -> tuple[str, str]:
    attributes = dict(_ATTRIBUTE.findall(tag))
    return unescape(attributes.get("src", "")), unescape(attributes.get("alt", ""))


def _is_elsewhere(target: str) -> bool:
    if target.startswith("//"):
        return True
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return True
