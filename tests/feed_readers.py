"""Real feed readers, each as somebody would use it: following one feed, with a memory of its own in a folder."""

import mailbox
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import feedparser
from reader import Entry, make_reader

_NEWSBOAT_ITEMS = "SELECT guid, title, content, unread FROM rss_item ORDER BY id"
_RSS2EMAIL = """\
[DEFAULT]
to = alice@example.net
email-protocol = maildir
maildir-path = {folder}
maildir-mailbox = inbox
reply-changes = {is_told_again}
verbose = warning
[feed.paper]
url = {url}
"""
# What its manual advises to those who would not fetch everything each time, with redirects and without `-z`: by that,
# curl throws away what was written in the second of the last look.
_SFEED = """\
sfeedpath={folder}/feeds
fetch() {{
    curl -L -f -s -m 15 --compressed --etag-save "{folder}/tag" --etag-compare "{folder}/tag" "$2"
}}
feeds() {{
    feed paper "{url}"
}}
"""


class Item(NamedTuple):
    """One item as a reader has it."""

    id: str
    title: str
    text: str = ""


class Visit(NamedTuple):
    """What somebody is shown after a look at the feed: the titles of new items, and of changed ones."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class FeedReader(Protocol):
    """Somebody's reader, with one feed in it."""

    def visit(self) -> Visit:
        """Look at the feed now; fails where the reader has anything to complain of."""

    def list_items(self) -> list[Item]:
        """The items that it has to show, read or not."""


def compare(before: list[Item], now: list[Item]) -> Visit:
    """What is new by its id, and what has another title or text than all that was there by that id."""
    ids = {item.id for item in before}
    others = [item for item in now if item not in before]
    return Visit(
        new=tuple(item.title for item in others if item.id not in ids),
        changed=tuple(item.title for item in others if item.id in ids),
    )


@dataclass(slots=True)
class Feedparser:
    """The simplest program around feedparser: it remembers the validators, and every item that it has met."""

    url: str
    folder: Path
    _validators: dict[str, str] = field(default_factory=dict)
    _items: list[Item] = field(default_factory=list)
    _known: dict[str, Item] = field(default_factory=dict)

    def visit(self) -> Visit:
        """A conditional fetch; feedparser's own complaints are failures."""
        found = feedparser.parse(self.url, **self._validators)
        assert found.status in {200, 301, 304}, found.status
        assert not found.bozo, found.bozo_exception
        if found.status == 304:
            return Visit()
        self._validators = {name: found[name] for name in ("etag", "modified") if name in found}
        self._items = [Item(entry.id, entry.title, entry.content[0].value) for entry in found.entries]
        visit = compare(list(self._known.values()), self._items)
        self._known |= {item.id: item for item in self._items}
        return visit

    def list_items(self) -> list[Item]:
        """What the feed held last."""
        return self._items


@dataclass(slots=True)
class Lemon24:
    """The library `reader`; what it says of an update is compared with what it then has."""

    url: str
    folder: Path

    def visit(self) -> Visit:
        """An update of the feed."""
        with closing(make_reader(str(self.folder / "reader.sqlite"))) as reader:
            reader.add_feed(self.url, exist_ok=True)
            before = _list_entries(reader)
            updated = reader.update_feed(self.url)
            found = compare(before, _list_entries(reader))
        said = (updated.new, updated.modified) if updated else (0, 0)
        assert said[0] == len(found.new)
        assert said[1] >= len(found.changed)
        return found

    def list_items(self) -> list[Item]:
        """Its entries."""
        with closing(make_reader(str(self.folder / "reader.sqlite"))) as reader:
            return _list_entries(reader)


def _list_entries(reader: Any) -> list[Item]:
    entries: list[Entry] = list(reader.get_entries())
    return [Item(entry.id, entry.title or "", entry.content[0].value) for entry in entries]


@dataclass(slots=True)
class Newsboat:
    """Newsboat, unattended; what it holds for unread is new, and is read at once."""

    url: str
    folder: Path

    def visit(self) -> Visit:
        """A reload; the first one is made twice, for newsboat notes no ETag of a feed that it does not know yet."""
        if not (self.folder / "cache.db").exists():
            self._reload()
        before = self.list_items()
        said = self._reload()
        with closing(self._open()) as cache, cache:
            unread = [title for _, title, _, is_unread in cache.execute(_NEWSBOAT_ITEMS) if is_unread]
            cache.execute("UPDATE rss_item SET unread = 0")
        assert said.split()[0] == str(len(unread))
        changed = compare(before, self.list_items()).changed
        return Visit(tuple(unread), changed)

    def _reload(self) -> str:
        (self.folder / "urls").write_text(f"{self.url}\n")
        (self.folder / "config").touch()
        files = ("-C", "config", "-u", "urls", "-c", "cache.db")
        return _call(self.folder, "newsboat", "-q", *files, "-x", "reload", "print-unread")

    def list_items(self) -> list[Item]:
        """What its cache holds."""
        if not (self.folder / "cache.db").exists():
            return []
        with closing(self._open()) as cache:
            return [Item(*row[:3]) for row in cache.execute(_NEWSBOAT_ITEMS)]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "cache.db")


@dataclass(slots=True)
class Rss2email:
    """rss2email, which mails each item once, and a changed one again to those who want that."""

    url: str
    folder: Path
    is_told_again: bool = False

    def visit(self) -> Visit:
        """A run; a mail that answers an earlier one tells of a change."""
        words = _RSS2EMAIL.format(folder=self.folder, url=self.url, is_told_again=self.is_told_again)
        (self.folder / "rss2email.cfg").write_text(words)
        had = set(self._open().keys())
        _call(self.folder, "r2e", "-c", "rss2email.cfg", "-d", "rss2email.json", "run")
        mails = [mail for key, mail in self._open().items() if key not in had]
        assert not any("<author>" in mail["From"] for mail in mails)  # what it writes where it finds nobody
        return Visit(
            new=tuple(_subject(mail) for mail in mails if not mail["In-Reply-To"]),
            changed=tuple(_subject(mail) for mail in mails if mail["In-Reply-To"]),
        )

    def list_items(self) -> list[Item]:
        """All mails so far."""
        return [Item(mail["X-RSS-ID"], _subject(mail), _body(mail)) for mail in self._open()]

    def _open(self) -> mailbox.Maildir:
        return mailbox.Maildir(self.folder / "inbox")


def _subject(mail: Message) -> str:
    return str(make_header(decode_header(mail["Subject"])))


def _body(mail: Message) -> str:
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode(mail.get_content_charset("utf-8"))


@dataclass(slots=True)
class Sfeed:
    """sfeed_update with curl; a line that it has got once stands for ever."""

    url: str
    folder: Path

    def visit(self) -> Visit:
        """An update of its lines."""
        (self.folder / "sfeedrc").write_text(_SFEED.format(folder=self.folder, url=self.url))
        before = self.list_items()
        _call(self.folder, "sfeed_update", "sfeedrc")
        return compare(before, self.list_items())

    def list_items(self) -> list[Item]:
        """A line an item: sfeed(5)."""
        path = self.folder / "feeds" / "paper"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [Item(id=parts[5], title=parts[1], text=parts[3]) for parts in (line.split("\t") for line in lines)]


def import_into_newsboat(folder: Path) -> list[str]:
    """The addresses that newsboat takes from the folder's list of feeds."""
    for name in ("urls", "config"):
        (folder / name).touch()
    _call(folder, "newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-i", "feeds.opml")
    return [line.split()[0] for line in (folder / "urls").read_text(encoding="utf-8").splitlines()]


def import_into_rss2email(folder: Path) -> list[str]:
    """The same of rss2email."""
    path = folder / "rss2email.cfg"
    path.write_text("[DEFAULT]\nto = alice@example.net\nverbose = warning\n")
    _call(folder, "r2e", "-c", path.name, "-d", "rss2email.json", "opmlimport", "feeds.opml")
    return re.findall("^url = (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def _call(folder: Path, *words: str) -> str:
    """Run a reader that knows no home but its folder; gives what it printed, and fails where it complains."""
    environ = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"{words[0]}: {done.stderr or done.stdout}"
    return done.stdout
