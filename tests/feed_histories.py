"""What histories of feeds are played with: articles with dates and topics, a home, and its feeds as readers have them.

As a module (`python -m tests.feed_histories HOME MOMENT`) it publishes a home whole in a process of its own, as of that
moment, and prints the digest of each document of its feeds.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from publisher.app import App, open_app
from publisher.domain.article import Article, Status
from publisher.domain.feed import Choice, Format
from publisher.domain.part import KEPT_FOR, MOST_CHANGED, MOST_GONE
from publisher.feeds.reading import Reading, read_back
from publisher.jobs.making import iter_all, make
from publisher.jobs.publishing import find_published_until, publish
from tests.factories import make_article
from tests.histories import WORDS
from tests.homes import DATABASE, HomeFolder, make_home
from tests.postgres import ROOT

LIMIT = 7
FEEDS = {
    "main": Choice(),
    "traffic": Choice(tags=("Traffic",)),
    "sections/town": Choice(sections=("town",)),
    "tags/tram": Choice(tags=("tram",)),
}
_FEEDS = f"""limit = {LIMIT}
[feeds.traffic]
title = "Traffic"
limit = 3
tags = ["Traffic"]
content = "summary"
"""


@dataclass(frozen=True, slots=True)
class Story:
    """What a file says: a subject of its own, how often it was edited, and its header."""

    subject: int
    edits: int = 0
    date: datetime | None = None
    expires: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    is_draft: bool = False

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        words = random.Random(self.subject).sample(WORDS, 40)
        lines = [f"title: Subject number {self.subject}", f"tags: [{', '.join(self.tags)}]"]
        lines += [f"date: {self.date.isoformat()}"] if self.date else []
        lines += [f"expires_at: {self.expires.isoformat()}"] if self.expires else []
        lines += [f"section: {self.section}"] if self.section else []
        lines += ["draft: yes"] if self.is_draft else []
        head = "\n".join(["---", *lines, "---", ""])
        return f"{head}The {' '.join(words)}{' and again' * self.edits}.\n".encode()


def make_feeds_home(path: Path, *, url: str) -> HomeFolder:
    """A home with two feeds, on that database; its pages are elsewhere, so that only feeds are built."""
    home = make_home(path, more=DATABASE.format(url=url))
    place = home.path / "config" / "publisher.toml"
    settings = place.read_text().replace("[newsletters.daily]", f"{_FEEDS}[newsletters.daily]")
    place.write_text(settings.replace("[seeds]", 'article_url = "https://paper.example/{slug}"\n[seeds]'))
    return home


def put_burst(
    app: App, first: int, number: int, *, since: datetime, now: datetime, section: str, tags: tuple[str, ...]
) -> None:
    """Write articles straight into the ledger, a minute apart, as a look has them: of now, or of an archive."""
    articles = []
    for index in range(first, first + number):
        date = min(since + timedelta(minutes=index - first), now)
        is_old = date < now - timedelta(days=14)
        moments = {"published_at": date, "updated_at": date, "released_at": date if is_old else now}
        changes = {**moments, "first_seen_at": now, "path": "", "section": section, "tags": tags, "month": 1}
        articles.append((make_article(index, **changes), f"burst-{index}"))
    with app.ledger.write() as tx:
        tx.articles.add_many(articles)


@dataclass(frozen=True)
class Shown:
    """All that one feed shows to readers, in every format: its own documents and each part of its archive."""

    name: str
    documents: Mapping[Format, Mapping[str, bytes]]

    @cached_property
    def atom(self) -> dict[str, Reading]:
        """What stands in each document, the one that readers subscribe to as ""."""
        return {part: read_back(data, Format.ATOM) for part, data in self.documents[Format.ATOM].items()}

    @property
    def now(self) -> Reading:
        """What readers subscribe to."""
        return self.atom[""]

    @property
    def parts(self) -> dict[str, dict[Format, bytes]]:
        """The documents of each closed part."""
        return {part: {form: self.documents[form][part] for form in Format} for part in self.atom if part}

    def list_ids(self, part: str = "") -> list[str]:
        """The ids of a document's entries."""
        return [seen.id for seen in self.atom[part].entries]

    @cached_property
    def archived(self) -> list[str]:
        """The ids in closed parts."""
        return [one for part in self.atom if part for one in self.list_ids(part)]


@dataclass(frozen=True)
class Reader:
    """Somebody who fetches feeds from a home that was just opened, and so remembers nothing."""

    app: App

    def find(self, path: str) -> bytes | None:
        """What stands at an address."""
        served = self.app.shelf.find(path) or make(self.app, path, now=self.until)
        return served.body if served else None

    @property
    def until(self) -> datetime:
        """Up to when releases are published."""
        until = find_published_until(self.app)
        assert until
        return until

    def walk(self, name: str) -> Shown | None:
        """A feed and its whole past, as each format leads from part to part; None where there is no such feed."""
        documents = {form: dict(self._walk(name, form)) for form in Format}
        return Shown(name, documents) if all(documents.values()) else None

    def _walk(self, name: str, form: Format) -> Iterator[tuple[str, bytes]]:
        seen: set[str] = set()
        part, data = "", self.find(f"/feeds/{name}.{form}")
        while data is not None:
            assert part not in seen, f"{part} leads to itself"
            seen.add(part)
            yield part, data
            part = read_back(data, form).previous
            if not part:
                return
            data = self.find(f"/feeds/{name}/{part}.{form}")
            assert data is not None, f"nothing is where {name} leads to: {part}"


@dataclass(frozen=True)
class Wanted:
    """What a feed is to show by the ledger, reckoned from all its articles one by one."""

    articles: list[Article]
    choice: Choice
    limit: int
    now: datetime

    @cached_property
    def fitting(self) -> list[Article]:
        """Those that the choice takes and that came out, also where they ended since."""
        out = (one for one in self.articles if self.choice.fits(one) and one.released_at <= self.now)
        return [one for one in out if (end := find_end(one)) is None or end > one.released_at]

    @cached_property
    def visible(self) -> list[Article]:
        """Those that readers can see, newest first."""
        seen = [one for one in self.fitting if one.status(self.now) is Status.PUBLISHED]
        by_id = sorted(seen, key=lambda one: one.id)
        return sorted(by_id, key=lambda one: (one.released_at, one.published_at), reverse=True)

    @cached_property
    def ended(self) -> dict[str, datetime]:
        """When those were taken back, or over, that readers could see."""
        ends = {one.id: end for one in self.fitting if (end := find_end(one)) is not None and end <= self.now}
        return dict(sorted(ends.items(), key=lambda end: end[1], reverse=True))

    @cached_property
    def since(self) -> datetime:
        """From when on changes are of late."""
        changes = [one.updated_at for one in self.visible if one.released_at < one.updated_at <= self.now]
        happened = [*(one.released_at for one in self.fitting), *changes, *self.ended.values()]
        return max(happened, default=self.now) - KEPT_FOR

    def list_gone(self) -> dict[str, datetime]:
        """The tombstones."""
        late = [(one, at.replace(microsecond=0)) for one, at in self.ended.items() if at > self.since]
        return dict(late[:MOST_GONE])

    def list_shown(self, archived: list[str]) -> list[str]:
        """What readers subscribe to: the newest, what is in no closed part, and what was changed of late."""
        late = [one for one in self.visible if one.updated_at > max(one.released_at, self.since)]
        changed = sorted(late, key=lambda one: one.updated_at, reverse=True)[:MOST_CHANGED]
        newest = {one.id for one in self.visible[: self.limit]} | {one.id for one in changed}
        behind = set(archived)
        return [one.id for one in self.visible if one.id in newest or one.id not in behind]


def find_end(article: Article) -> datetime | None:
    """When an article was taken back, or will be over, whichever comes first."""
    return min((end for end in (article.withdrawn_at, article.expires_at) if end), default=None)


@contextmanager
def reading(home: HomeFolder) -> Iterator[Reader]:
    """A reader of a home that is opened anew."""
    with open_app(home.path) as app:
        yield Reader(app)


def sum_up(app: App, *, now: datetime) -> dict[str, str]:
    """The digest of every document of feeds, by its address."""
    written = {path: app.shelf.place(path).read_bytes() for path in app.shelf.list_paths() if path.startswith("/feeds")}
    return {path: sha256(data).hexdigest() for path, data in {**dict(iter_all(app, now=now)), **written}.items()}


def publish_elsewhere(home: HomeFolder, *, now: datetime) -> dict[str, str]:
    """Publish all of it in a process of its own; gives the documents' digests."""
    command = [sys.executable, "-m", "tests.feed_histories", str(home.path), now.isoformat()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _main(home: str, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    with open_app(Path(home)) as app:
        publish(app, now=now, is_full=True)
        sys.stdout.write(f"\n{json.dumps(sum_up(app, now=now))}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
