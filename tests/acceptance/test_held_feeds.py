"""Nothing bad replaces what is good: an older ledger is put back, and readers keep the feeds that they have."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from publisher.app import App
from publisher.clock import now
from publisher.domain.alert import What
from publisher.jobs.alerting import Watch
from publisher.jobs.holding import list_held
from publisher.jobs.publishing import publish
from publisher.jobs.troubles import list_troubles
from tests.acceptance.site import browse
from tests.commands import call, call_well
from tests.factories import MINUTE
from tests.homes import HomeFolder, make_home

HERE = "http://127.0.0.1:8000"
ENDINGS = ("rss", "atom", "json")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper whose ledger can be put back as it was before its newest article."""

    home: HomeFolder
    older: Path

    @property
    def ledger(self) -> Path:
        """The ledger that is used."""
        return self.home.path / "data" / "publisher.db"

    def put_back(self, ledger: Path) -> None:
        """Use another file as the ledger, as an operator does who has stopped everything."""
        for name in ("publisher.db-wal", "publisher.db-shm"):
            (self.ledger.parent / name).unlink(missing_ok=True)
        shutil.copyfile(ledger, self.ledger)

    def read_feeds(self) -> list[bytes]:
        """What readers have."""
        return [(self.home.path / "var" / "public" / "feeds" / f"main.{ending}").read_bytes() for ending in ENDINGS]


def copy(ledger: Path, target: Path) -> Path:
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return target


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    home = make_home(tmp_path / "home", url=HERE)
    home.write_seed("town/bridge.md", "# The bridge opens\n\nOn Monday.\n")
    call_well(home, "ingest")
    older = copy(home.path / "data" / "publisher.db", tmp_path / "older.db")
    home.write_seed("town/fair.md", "# The fair comes\n\nIn May.\n")
    call_well(home, "ingest")
    return Paper(home, older)


@pytest.fixture
def held(paper: Paper) -> Iterator[App]:
    """The paper with the older ledger, whose feed is held back."""
    paper.put_back(paper.older)
    call(paper.home, "rebuild")
    with paper.home.opened() as app:
        yield app


def test_good_paper_holds_nothing(paper: Paper) -> None:
    assert "everything was right" in call_well(paper.home, "rebuild").out
    (finding,) = [one for one in call(paper.home, "doctor", "--json").json if one["what"] == "feeds"]
    assert finding == {"what": "feeds", "ok": True, "text": "none is held back"}


def test_x16_older_ledger_leaves_the_feeds(paper: Paper) -> None:
    before = paper.read_feeds()
    paper.put_back(paper.older)
    ran = call(paper.home, "rebuild")
    assert ran.code == 3
    assert paper.read_feeds() == before
    assert "entries are gone, and nothing explains it: tag:example.org" in ran.out


def test_older_ledger_is_seen_at_any_publishing(paper: Paper) -> None:
    before = paper.read_feeds()
    paper.put_back(paper.older)
    assert call(paper.home, "feeds").code == 3
    assert paper.read_feeds() == before


def test_doctor_names_the_mend(held: App, paper: Paper) -> None:
    (finding,) = [one for one in call(paper.home, "doctor", "--json").json if one["what"] == "feed main"]
    assert not finding["ok"]
    assert "publisher rebuild --accept" in finding["text"]


def test_accepting_takes_what_is_built(held: App, paper: Paper) -> None:
    call_well(paper.home, "rebuild", "--accept")
    assert all(b"The fair comes" not in feed and b"The bridge opens" in feed for feed in paper.read_feeds())
    assert list_held(held) == []
    assert call_well(paper.home, "rebuild").out == "everything was right\n"


def test_feeds_accept_alone_is_enough(held: App, paper: Paper) -> None:
    assert "3 files written" in call_well(paper.home, "feeds", "--accept").out
    assert list_held(held) == []


def test_right_ledger_put_back_mends_it(paper: Paper, tmp_path: Path) -> None:
    right = copy(paper.ledger, tmp_path / "right.db")
    paper.put_back(paper.older)
    assert call(paper.home, "rebuild").code == 3
    paper.put_back(right)
    assert call(paper.home, "feeds").code == 0


def test_folder_that_knows_it_all_mends_it(held: App, paper: Paper) -> None:
    call_well(paper.home, "ingest")  # on the day of their first publication articles get the ids that they had
    assert list_held(held) == []


def test_held_feed_holds_no_page_up(held: App, paper: Paper) -> None:
    before = paper.read_feeds()
    (paper.home.path / "seeds" / "town" / "fair.md").rename(paper.home.path / "fair.md")
    paper.home.write_seed("town/market.md", "# The market moves\n\nIn June.\n")
    call(paper.home, "ingest")
    assert paper.read_feeds() == before
    assert b"The market moves" in (paper.home.path / "var" / "public" / "index.html").read_bytes()


def test_problem_is_logged_once(paper: Paper) -> None:
    paper.put_back(paper.older)
    logged = [call(paper.home, "feeds").err.count("feed_held") for _ in range(2)]
    assert logged == [1, 0]


def test_log_says_each_reason_once(paper: Paper) -> None:
    paper.home.write_seed("town/bridge.md", "# The bridge opens\n\nOn Tuesday.\n")
    call_well(paper.home, "ingest")
    paper.put_back(paper.older)
    assert call(paper.home, "feeds").err.count("a date has gone back") == 1  # of the feed, and of an entry


def test_ready_site_names_what_is_held(held: App) -> None:
    answer = browse(held).get("/readyz")
    assert answer.status_code == 200
    (feed,) = answer.json()["feeds"]
    assert feed["name"] == "main"
    assert "entries are gone" in feed["reason"]


def test_held_feeds_are_counted(held: App, paper: Paper) -> None:
    shown = [browse(held).get("/metrics").text]
    call_well(paper.home, "rebuild", "--accept")
    shown.append(browse(held).get("/metrics").text)
    samples = [one for text in shown for family in text_string_to_metric_families(text) for one in family.samples]
    assert [one.value for one in samples if one.name == "publisher_feeds_held"] == [1, 0]


@pytest.mark.parametrize(("minutes", "is_told"), [(1, False), (6, True)])
def test_lasting_hold_is_a_trouble(held: App, minutes: int, is_told: bool) -> None:
    troubles = list_troubles(held, now=now() + minutes * MINUTE)
    assert [one.name for one in troubles if one.what is What.FEED] == (["main"] if is_told else [])


async def test_hold_of_another_process_reaches_the_ledger(held: App) -> None:
    await Watch(held).look(now=now())
    with held.ledger.read() as tx:
        assert [(ill.what, ill.name) for ill in tx.alerts.list_ills(now=now())] == [(What.FEED, "main")]


def test_adoption_says_what_comes_next(held: App, paper: Paper) -> None:
    said = call_well(paper.home, "db", "adopt", "--yes", "--restored").out
    assert "publisher rebuild --accept" in said


def test_damaged_file_is_replaced(paper: Paper) -> None:
    feed = paper.home.path / "var" / "public" / "feeds" / "main.atom"
    good = feed.read_bytes()
    feed.write_bytes(good[:100])
    call_well(paper.home, "rebuild")
    assert feed.read_bytes() == good


def test_feed_that_is_no_more_is_not_held(held: App, paper: Paper) -> None:
    settings = paper.home.path / "config" / "publisher.toml"
    settings.write_text(settings.read_text().replace("[feeds.main]", "[feeds.all]"))
    assert call(paper.home, "rebuild").code == 0
    with paper.home.opened() as app:
        assert (publish(app, now=now()), list_held(app)) == ([], [])
