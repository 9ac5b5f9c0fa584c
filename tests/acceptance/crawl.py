"""A reader who follows everything: each link, picture and feed from the front page on, and what can be guessed."""

import re
from collections import deque
from collections.abc import Iterable
from html import unescape

from starlette.testclient import TestClient

DOORS = (
    "/",
    "/feeds",
    "/feeds.opml",
    *(f"/feeds/main.{form}" for form in ("rss", "atom", "json")),
    *("/sitemap.xml", "/robots.txt", "/search", "/articles/", "/images/", "/issues/", "/api/v1/articles", "/admin"),
    *("/feeds/sections/town.atom", "/feeds/tags/secret.atom", "/.stamp.json", "/healthz", "/readyz", "/metrics"),
)
_LINK = re.compile(r"""(?:href|src|url|xmlUrl|htmlUrl)\\?["']?\s*[=:]\s*\\?["']([^"'\\<>\s]+)""")
_WRITTEN = re.compile(r"https?://[^\s\"'<>\\)]+")
_MOST = 300


def crawl(site: TestClient, guesses: Iterable[str] = ()) -> dict[str, bytes]:
    """The body of every answer that a reader can get by GET, by path; what a HEAD says of it is the same."""
    base = str(site.base_url).rstrip("/")
    found: dict[str, bytes] = {}
    waiting = deque([*DOORS, *guesses])
    while waiting and len(found) < _MOST:
        path = waiting.popleft().partition("#")[0]
        if path in found or path.startswith(("/unsubscribe", "/confirm", "/preferences")):
            continue
        answer = site.get(path)
        head = site.head(path)
        assert (head.status_code, head.content) == (answer.status_code, b"")
        found[path] = answer.content + str(sorted(answer.headers.items())).encode()
        text = unescape(answer.content.decode("utf-8", "replace"))
        links = [answer.headers.get("location", ""), *_LINK.findall(text), *_WRITTEN.findall(text)]
        waiting.extend(link.removeprefix(base) for link in links if link.removeprefix(base).startswith("/"))
    return found


def find(pages: dict[str, bytes], *needles: bytes) -> list[str]:
    """The paths of the answers that hold one of them."""
    return sorted(path for path, body in pages.items() if any(needle in body for needle in needles))
