"""The pictures of one article: those beside the seed get their public address, those elsewhere stay."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest.links import is_elsewhere
from publisher.markup import rewrite_sources

Asset = Callable[[str], Image | None]

_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt|width)="([^"]*)"')


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
        """Safe HTML with local pictures at their public address and with their size.

        Raises SeedError for a picture that is missing, refused or outside the folder.
        """
        if "<img " not in html:
            return html
        for source, alt in map(_read_picture, _PICTURE.findall(html)):
            self.find_address(source, alt=alt)
        return _PICTURE.sub(self._measured, rewrite_sources(html, self.find_address))

    def find_address(self, source: str, *, alt: str = "") -> str:
        """The public address of a picture as the article names it; one on the web, or elsewhere on the site, stays."""
        if is_elsewhere(source):
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

    def _measured(self, found: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(found[0]))
        image = next((image for image in self.images if image.address == unescape(attributes.get("src", ""))), None)
        if image is None or not image.width or "width" in attributes:
            return found[0]
        return f'{found[0][:-1]} width="{image.width}" height="{image.height}">'


def _read_picture(tag: str) -> tuple[str, str]:
    attributes = dict(_ATTRIBUTE.findall(tag))
    return unescape(attributes.get("src", "")), unescape(attributes.get("alt", ""))
