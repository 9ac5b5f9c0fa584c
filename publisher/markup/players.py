"""Players in HTML: a film or a sound becomes a link to it, for feeds and mails can play none."""

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import urlsplit

_PLAYER = re.compile(r"<(video|audio)(?=[\s>/])([^<>]*)>", re.I)
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_SOURCE = re.compile(r"<source(?=[\s>/])([^<>]*)>", re.I)
_LOCAL = re.compile(r"(?!//)[^:]+")


def link_players(html: str) -> str:
    """The HTML, not yet safe, with a link for each `<video>` and `<audio>` that names its file.

    A film's poster that lies beside the text stands in the link, else its title or the file's name does.
    """
    return "".join(_iter_pieces(html)) if _PLAYER.search(html) else html


def _iter_pieces(html: str) -> Iterator[str]:
    at, folded = 0, html.lower()
    for player in _PLAYER.finditer(html):
        if player.start() < at:
            continue
        end = folded.find(f"</{player[1].lower()}", player.end())
        if end < 0:
            break
        link = _draw(_read_attributes(player[2]), html[player.end() : end])
        if link:
            yield html[at : player.start()] + link
            at = html.find(">", end) + 1 or len(html)
    yield html[at:]


def _draw(given: dict[str, str], inside: str) -> str:
    sources = (_read_attributes(found[1]).get("src", "") for found in _SOURCE.finditer(inside))
    source = given.get("src", "") or next(filter(None, sources), "")
    if not source:
        return ""
    words = given.get("title") or given.get("aria-label") or _name_file(source)
    poster = given.get("poster", "")
    shown = f'<img src="{escape(poster)}" alt="{escape(words)}">' if _LOCAL.fullmatch(poster) else escape(words)
    return f'<a href="{escape(source)}">{shown}</a>'


def _name_file(source: str) -> str:
    try:
        return urlsplit(source).path.rpartition("/")[2] or source
    except ValueError:
        return source


def _read_attributes(written: str) -> dict[str, str]:
    return {name.lower(): unescape("".join(values)).strip() for name, *values in _ATTRIBUTE.findall(written)}
