"""Links and pictures in HTML as `clean_html` leaves it: double quotes around values, `<` and `>` escaped in them."""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from urllib.parse import urljoin

from publisher.domain import address

_LINK = re.compile(r"<a [^>]*>")
_PICTURE = re.compile(r"<img [^>]*>")
_LINK_OR_PICTURE = re.compile(r"<(?:a|img) [^>]*>")
_WITHOUT_TARGET = re.compile(r'<a (?:[^>]* )?href=""[^>]*>(.*?)</a>', re.S)
_SOURCE = re.compile(r'<img [^>]*?\bsrc="([^"]*)"')
_FULL = ("https://", "http://")
_TARGET = re.compile(r' (href|src)="([^"]*)"')


def rewrite_links(html: str, change: Callable[[str], str]) -> str:
    """The HTML with every link's target passed through `change`; all else keeps its bytes.

    A link for which nothing comes back goes, and leaves its text.
    """
    if "<a " not in html:
        return html
    rewritten = _rewrite(html, change, of=_LINK)
    return _WITHOUT_TARGET.sub(r"\1", rewritten) if ' href=""' in rewritten else rewritten


def rewrite_sources(html: str, change: Callable[[str], str]) -> str:
    """The HTML with every picture's address passed through `change`; all else keeps its bytes."""
    return _rewrite(html, change, of=_PICTURE)


def _rewrite(html: str, change: Callable[[str], str], *, of: re.Pattern[str]) -> str:
    def change_target(found: re.Match[str]) -> str:
        given = unescape(found[2])
        wanted = change(given)
        return found[0] if wanted == given else f' {found[1]}="{escape(wanted)}"'

    return of.sub(lambda tag: _TARGET.sub(change_target, tag[0]), html)


def absolute_links(html: str, base: str, *, page: str = "") -> str:
    """The HTML with each root-relative address made absolute under `base`.

    Where `page` is given (the full address of the HTML's own page), relative addresses and fragments are joined to it.
    """
    return _rewrite(html, lambda target: _absolute(target, base=base, page=page), of=_LINK_OR_PICTURE)


def _absolute(target: str, *, base: str, page: str) -> str:
    if target.startswith(_FULL):
        return target
    try:
        return address.absolute(base, target) if target.startswith("/") else urljoin(page, target)
    except ValueError:  # no URL at all, such as //[
        return target


def iter_images(html: str) -> Iterator[str]:
    """The addresses of the pictures, in order, repeats included."""
    return (unescape(found[1]) for found in _SOURCE.finditer(html))
