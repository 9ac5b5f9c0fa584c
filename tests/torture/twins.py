"""Twin homes: the same folder and ledger twice, of which one is disturbed. Both live at the same standing moment."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any

from publisher.domain.address import article as address_of
from publisher.domain.part import month_begin
from publisher.jobs.feeding import AUTHORITY
from publisher.jobs.holding import list_held
from publisher.jobs.making import iter_all
from publisher.store import Ledger, Transaction
from publisher.store.migrate import upgrade
from tests.folders import public_files
from tests.homes import DATABASE, HomeFolder, make_home
from tests.torture.ground import SQLITE, Ground
from tests.torture.nest import Process

_BEGINNING = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
_STEP = timedelta(hours=1)  # a copy's folder is another one for the ledger: the lease of the first must be over
_IDS = '[seeds]\nids_file = "seeds/ids.jsonl"'
_FEEDS = """hubs = ["https://hub.example.org/"]
[feeds.traffic]
title = "Traffic"
limit = 5
tags = ["traffic"]
podcast = true
"""
_GUID = "podcast_guid traffic"
_OLDEST, _NEWEST = month_begin(1970, 1), month_begin(2100, 1)


@dataclass(slots=True)
class Twin:
    """A home, the URL of its database, and the moment at which all its commands run."""

    ground: Ground
    kind: str
    home: HomeFolder
    url: str
    moment: datetime = _BEGINNING

    def start(self, *arguments: str, failpoint: str = "") -> Process:
        """Start a command."""
        told = {"STANDING_CLOCK": self.moment.isoformat()} | ({"FAILPOINT": failpoint} if failpoint else {})
        log = self.home.path / f"log-{next(_numbers)}.txt"
        return self.ground.nest().hatch(["--home", str(self.home.path), *arguments], log=log, environment=told)

    def watch(self) -> Process:
        """Start `run` over the folder, on the machine's own clock."""
        log = self.home.path / "log-run.txt"
        return self.ground.nest().hatch(["--home", str(self.home.path), "run", "--only", "watch"], log=log)

    def run(self, *arguments: str) -> tuple[int | None, float]:
        """Run a command to its end: (exit code, seconds)."""
        started = monotonic()
        return self.start(*arguments).wait(60), monotonic() - started

    def know(self) -> dict[str, Any]:
        """All that must be as in the twin: articles, seeds, verdicts, feeds, and every byte that readers can fetch."""
        with closing(Ledger(self.url, home=self.home.path)) as ledger, ledger.read() as tx:
            articles = {one.key: one for one in tx.articles.list_all()}
            known = {
                one.id: (address_of(one), one.path, one.released_at, one.updated_at, one.withdrawn_at, one.title)
                for one in articles.values()
            }
            seeds = {
                one.path: (one.digest, one.reason, articles[one.article_key].id if one.article_key else "")
                for one in tx.seeds.list_all()
            }
            assert len(known) == len(articles)
            noted = {"articles": known, "seeds": seeds, "verdicts": tx.verdicts.find_all(), **_know_feeds(tx)}
        with self.home.opened() as app:
            made = dict(iter_all(app, now=self.moment))
            return {**noted, "held": list_held(app), **made, **public_files(self.home)}

    def split(self) -> "Twin":
        """The same home once more, in a folder of its own, an hour later."""
        home = HomeFolder(self.ground.make_folder() / "home")
        shutil.copytree(self.home.path, home.path)
        url = self.ground.databases.make(like=self.url) if self.kind != SQLITE else self.url
        settings = home.path / "config" / "publisher.toml"
        settings.write_text(settings.read_text().replace(self.url, url))
        return Twin(self.ground, self.kind, home, url, self.moment + _STEP)

    def drop(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self.home.path)
        self.ground.drop(self.url if self.kind != SQLITE else "")


def _know_feeds(tx: Transaction) -> dict[str, Any]:
    """What the ledger keeps of feeds: where months are cut, what was offered, ids, and what hubs are to be told."""
    names = ("main", "traffic")
    return {
        "cuts": {name: tx.cuts.list_cuts(name, since=_OLDEST, until=_NEWEST) for name in names},
        "offered": [name for name in names if tx.offered.has(name)],
        "ids": tx.facts.find_many(AUTHORITY, _GUID),
        "pushes": {(one.hub, one.topic): (one.digest, one.told, one.attempts) for one in tx.pushes.list_all()},
    }


def make_twin(ground: Ground, kind: str) -> Twin:
    """A home that has read nothing yet, which keeps ids beside its articles."""
    url = "sqlite:///data/publisher.db" if kind == SQLITE else ground.databases.make()
    home = make_home(ground.make_folder() / "home", more=DATABASE.format(url=url))
    settings = home.path / "config" / "publisher.toml"
    text = settings.read_text().replace("[seeds]", _IDS).replace("[newsletters.daily]", f"{_FEEDS}[newsletters.daily]")
    settings.write_text(text)
    with home.opened() as app:
        upgrade(app.ledger)
    return Twin(ground, kind, home, url)


def list_differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs, by name."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


_numbers = count(1)
