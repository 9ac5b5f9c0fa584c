"""Feeds as readers fetch them, wherever they come from: a file, or made for the first who asks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import feedparser
from lxml import etree

from publisher.app import App
from publisher.jobs.making import make
from tests.folders import NOW, Desk

NAMES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who fetches feeds."""

    app: App

    def find(self, path: str) -> bytes | None:
        """What stands at an address; None where there is nothing."""
        served = self.app.shelf.find(path) or make(self.app, path, now=NOW)
        return served.body if served else None

    def get(self, path: str) -> bytes:
        """The same, where there is something."""
        found = self.find(path)
        assert found is not None, path
        return found

    def atom(self, path: str) -> Any:
        """An Atom document as a tree."""
        return etree.fromstring(self.get(path))

    def list_titles(self, path: str) -> list[str]:
        """The titles of a feed's entries."""
        return [entry.title for entry in feedparser.parse(self.get(path)).entries]

    def list_gone(self, path: str) -> list[str]:
        """The ids of a feed's tombstones."""
        return [stone.get("ref") for stone in self.atom(path).findall("at:deleted-entry", NAMES)]

    def walk(self, path: str) -> Iterator[str]:
        """A feed's address, and those of all parts of its archive, as prev-archive leads from one to the next."""
        while path:
            yield path
            (link,) = self.atom(path).xpath("a:link[@rel='prev-archive']/@href", namespaces=NAMES) or [""]
            path = re.sub("^https?://[^/]+", "", link)

    def collect(self, path: str) -> dict[str, list[str]]:
        """The ids of the entries in each document that such a walk meets."""
        return {place: self.list_ids(place) for place in self.walk(path)}

    def list_ids(self, path: str) -> list[str]:
        """The ids of an Atom document's entries."""
        return [text(found) for found in self.atom(path).findall("a:entry/a:id", NAMES)]


def text(element: Any) -> str:
    """An element's text."""
    return "".join(element.itertext())


def put_article(desk: Desk, name: str, *, on: datetime, more: str = "", words: str = "It is open.") -> None:
    """Put a dated article into the folder."""
    desk.put(f"{name}.md", f"---\ntitle: {name}\ndate: {on.isoformat()}\n{more}---\n\n{words}\n")


def put_articles(desk: Desk, number: int, *, since: datetime, name: str = "news", more: str = "") -> list[str]:
    """Put so many articles into the folder, a minute apart; gives their names."""
    names = [f"{name}-{index:03}" for index in range(number)]
    for index, one in enumerate(names):
        put_article(desk, one, on=since + timedelta(minutes=index), more=more)
    return names
