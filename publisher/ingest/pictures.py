"""The pictures of one article: those in the folder get their public address, what can't be published is left out."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import unescape
from posixpath import dirname, normpath, splitext
from urllib.parse import unquote, urljoin, urlsplit

from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest.links import is_elsewhere, without_mark
from publisher.markup import rewrite_sources

Asset = Callable[[str], Image | None]

_PICTURE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r' (src|alt|width)="([^"]*)"')
_ALONE = re.compile(r"\s*<p>\s*(<img [^>]*>)\s*</p>")
_LINKED = re.compile(r"<a [^>]*>\s*(<img [^>]*>)\s*</a>")
_ROOTED = re.compile(r"(?:@site|[@~])?/")  # Docusaurus and Astro write the site's own folder so
_PELICAN = re.compile(r"[{|](?:static|attach|filename)[}|]")
_SITE_FOLDERS = ("", "static", "public", "source", "content", "src")  # where generators keep what they copy
_SVG = "SVG pictures can carry script: save it as PNG"
_NOT_THERE = "it is not in the folder: put it there, below static/ if you like"
_OUTSIDE = "it lies outside the folder: move it in, or let seeds.path be the folder above"
_CAPITALS = "write its name as it is, for a web server tells capitals apart"
_NO_ADDRESS = "this is no address of a picture"


class Pictures:
    """Collects the pictures that the seed at `path` uses; `asset` finds one by its path below the folder.

    `site` is the scheme and host of the paper's own site, where it has one: what begins with `/` may be there.
    """

    def __init__(self, path: str, asset: Asset, *, site: str = "") -> None:
        self._path, self._asset, self._site = path, asset, site
        self._found: dict[str, Image] = {}
        self._left_out: dict[str, str] = {}
        self._missing: dict[str, None] = {}
        self._respelled: dict[str, str] = {}

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures in the folder, in the order of their first use."""
        return tuple(self._found.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """For the editor: each picture that is left out or named in other capitals, why, and the mend."""
        left_out = (f"the picture {source} is left out: {reason}" for source, reason in self._left_out.items())
        return (*left_out, *(f"the picture {name} is {path}: {_CAPITALS}" for name, path in self._respelled.items()))

    @property
    def missing(self) -> tuple[str, ...]:
        """Where, below the folder, those that are left out would be found if they came."""
        return tuple(self._missing)

    def publish(self, html: str) -> str:
        """Safe HTML with local pictures at their public address and with their size.

        One that is left out within a sentence leaves its alternative text. Raises SeedError for a picture that is
        missing beside the seed or refused.
        """
        if "<img " not in html:
            return html
        for source, alt in map(_read_picture, _PICTURE.findall(html)):
            self.find_address(source, alt=alt)
        rewritten = rewrite_sources(html, self.find_address)
        if self._left_out:
            rewritten = _LINKED.sub(lambda found: _without(found, found[1]), rewritten)
            rewritten = _ALONE.sub(lambda found: _without(found, ""), rewritten)
            rewritten = _PICTURE.sub(_keep_words, rewritten).strip()
        return _PICTURE.sub(self._measured, rewritten)

    def find_lead(self, source: str, *, alt: str = "") -> str:
        """The public address of the lead picture, empty where it is left out.

        Generators take its path from the site's root as well as from the seed.
        """
        source = without_mark(source)
        is_beside = "/" not in source or source.startswith(("./", "../"))
        if is_beside or is_elsewhere(source) or _ROOTED.match(source):
            return self.find_address(source, alt=alt)
        beside = None if _is_svg(source) else self._find_first(filter(_is_inside, self._list_beside(source)))
        return self._keep(beside, alt=alt) if beside else self._find_rooted(source, f"/{source}", alt=alt)

    def find_beside(self, name: str) -> str:
        """The public address of a picture of that name beside the seed or among files saved with it, else nothing."""
        if _is_svg(name):
            return ""
        stem = splitext(self._path)[0]
        image = self._find_first([*self._list_beside(name), f"{stem}_files/{name}", f"{stem}-Dateien/{name}"])
        return self._keep(image, alt="") if image else ""

    def find_address(self, source: str, *, alt: str = "") -> str:
        """The public address of a picture as the article names it; one on the web stays, one left out has none."""
        source = without_mark(source)
        if is_elsewhere(source):
            return self._check_address(f"https:{source}" if source.startswith("//") else source)
        path = _without_pelican(source)
        rooted = _ROOTED.match(path)
        if rooted:
            return self._find_rooted(source, f"/{path[rooted.end() :].lstrip('/')}", alt=alt)
        if _is_svg(path):
            return self._leave_out(source, _SVG)
        places = self._list_beside(path)
        image = self._find_first(filter(_is_inside, places))
        if image is None and _is_inside(places[0]):
            self._missing.update(dict.fromkeys(filter(_is_inside, places)))
            raise SeedError(self._path, f"the picture {source} is not beside it")
        return self._keep(image, alt=alt) if image else self._leave_out(source, _OUTSIDE)

    def _find_rooted(self, source: str, path: str, *, alt: str) -> str:
        name = normpath(_read_path(path)).lstrip("/")
        places = [f"{folder}/{name}".lstrip("/") for folder in _SITE_FOLDERS]
        image = None if _is_svg(path) else self._find_first(places)
        if image:
            return self._keep(image, alt=alt)
        if self._site:
            return urljoin(f"{self._site}/", path)
        if _is_svg(path):
            return self._leave_out(source, _SVG)
        self._missing.update(dict.fromkeys(places))
        return self._leave_out(source, _NOT_THERE)

    def _list_beside(self, source: str) -> list[str]:
        """Where a relative picture may lie: beside the seed, or in a folder of the seed's name."""
        name, folders = _read_path(source), (dirname(self._path), splitext(self._path)[0])
        return [normpath(f"{folder}/{name}".lstrip("/")) for folder in folders]

    def _find_first(self, places: Iterable[str]) -> Image | None:
        spellings = (spelling for place in places for spelling in _spell(place))
        return next((image for place in spellings if (image := self._found.get(place) or self._look_up(place))), None)

    def _look_up(self, place: str) -> Image | None:
        try:
            found = self._asset(place)
        except SeedError as error:
            raise SeedError(self._path, f"the picture {error.path}: {error.reason}") from error
        if found and found.path != place:
            self._respelled[place] = found.path
        return found

    def _keep(self, image: Image, *, alt: str) -> str:
        self._found[image.path] = replace(image, alt=alt) if alt and not image.alt else image
        return image.address

    def _check_address(self, source: str) -> str:
        return source if source.startswith(("https://", "http://")) else self._leave_out(source, _NO_ADDRESS)

    def _leave_out(self, source: str, reason: str) -> str:
        self._left_out[source] = reason
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


def _without(found: re.Match[str], rest: str) -> str:
    """What stands around a picture, or `rest` where the picture is left out."""
    return found[0] if _read_picture(found[1])[0] else rest


def _keep_words(found: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[0]))
    return found[0] if attributes.get("src") else attributes.get("alt", "")


def _without_pelican(source: str) -> str:
    """The path of a picture without Pelican's word before it, which may stand percent-encoded."""
    written = unquote(source) if source[:3].lower() in {"%7b", "%7c"} else source
    return _PELICAN.sub("", written, count=1) if _PELICAN.match(written) else source


def _read_path(source: str) -> str:
    return unquote(urlsplit(source).path).replace("\\", "/")


def _is_inside(place: str) -> bool:
    return not place.startswith("..") and "\x00" not in place


def _is_svg(source: str) -> bool:
    return _read_path(source).lower().endswith(".svg")


def _spell(place: str) -> tuple[str, ...]:
    """A path as it is written, and as other systems write its accents."""
    return (place,) if place.isascii() else (place, *{unicodedata.normalize(form, place) for form in ("NFC", "NFD")})
