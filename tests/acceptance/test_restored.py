"""X16: an older copy of the ledger is put back. It serves, and mails nobody until an operator answers for it."""

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.domain.guard import Kind
from publisher.errors import PublisherError
from publisher.jobs import guarding, issuing
from publisher.jobs.worker import Worker
from publisher.settings import FILE
from tests.acceptance.site import browse, make_local_home, running, wait_for
from tests.commands import call, call_well
from tests.conftest import on_sqlite
from tests.homes import DATABASE, HomeFolder, look, make_home, subscribe
from tests.postgres import Databases
from tests.recorder import Recorder

FORM = {"email": "dave@example.net", "newsletters": "daily"}
READERS = [f"{name}@example.net" for name in ("alice", "bob", "carol")]


@dataclass(slots=True)
class Paper:
    """A paper whose ledger can be copied without a mark, and put back."""

    home: HomeFolder
    url: str
    server: Databases | None

    def save(self) -> str:
        """Copy the ledger as a snapshot of the disk or a dump does; gives the copy's URL."""
        if self.server:
            return self.server.make(like=self.url)
        source, copy = self.url.removeprefix("sqlite:///"), self.home.path / "snapshot.db"
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        return f"sqlite:///{copy}"

    def restore(self, url: str) -> None:
        """Go on with another database."""
        path = self.home.path / FILE
        path.write_text(path.read_text("utf-8").replace(self.url, url), "utf-8")
        self.url = url

    def find_kind(self) -> Kind | None:
        """What keeps the paper from sending."""
        with self.home.opened() as app:
            obstacle = guarding.look(app)
        return obstacle.kind if obstacle else None


@pytest.fixture
def paper(tmp_path: Path, recorder: Recorder, empty_url: str, databases: Databases | None) -> Paper:
    """Three readers and one article that waits."""
    home = make_home(tmp_path / "home", relay_port=recorder.port, more=DATABASE.format(url=empty_url))
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
    return Paper(home, empty_url, databases)


def test_older_ledger_mails_nobody_again(paper: Paper, recorder: Recorder) -> None:
    copy = paper.save()
    call_well(paper.home, "send", "daily")
    paper.restore(copy)
    ran = call(paper.home, "send", "daily")
    assert (ran.code, len(recorder.messages)) == (1, len(READERS))
    assert "older than the last that was sent from here" in ran.problem
    assert "publisher db adopt" in ran.problem


def test_ledger_copied_while_sending_is_older(paper: Paper, recorder: Recorder) -> None:
    with paper.home.opened() as app:
        freeze(paper.home)
        worker = Worker(app)
        worker.start()
        assert len(worker.claim(limit=10)) == len(READERS)
        copy = paper.save() if not paper.server else ""  # a template of PostgreSQL must have nobody inside
        worker.stop()
    paper.restore(copy or paper.url)
    assert paper.find_kind() is (Kind.RESTORED if copy else None)


def test_older_ledger_stays_old(paper: Paper) -> None:
    copy = paper.save()
    freeze(paper.home)
    paper.restore(copy)
    with paper.home.opened() as app:
        for _ in range(3):
            worker = Worker(app)
            worker.start()
            assert worker.claim(limit=10) == []
            worker.stop()
    assert paper.find_kind() is Kind.RESTORED


def test_older_ledger_makes_no_issue(paper: Paper) -> None:
    copy = paper.save()
    freeze(paper.home)
    paper.restore(copy)
    with paper.home.opened() as app:
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        with pytest.raises(PublisherError, match="db adopt"):
            issuing.freeze(app, coming, now=now())
        assert issuing.reckon(app, now=now()) == []
        with app.ledger.read() as tx:
            assert tx.issues.list_all() == []


def test_older_ledger_still_serves_readers(paper: Paper) -> None:
    copy = paper.save()
    freeze(paper.home)
    paper.restore(copy)
    with paper.home.opened() as app:
        browser = browse(app)
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json()["ready"], ready.json()["sends"]) == (200, True, False)
        assert "publisher db adopt" in ready.json()["problem"]
        assert browser.get("/feeds/main.atom").status_code == 200
        assert browser.post("/subscribe", data=FORM).status_code == 200


def test_adopted_ledger_sends_again(paper: Paper, recorder: Recorder) -> None:
    copy = paper.save()
    call_well(paper.home, "send", "daily")
    paper.restore(copy)
    said = call_well(paper.home, "db", "adopt", "--yes").out
    assert "the next issue of daily: 1 articles" in said
    call_well(paper.home, "send", "daily")
    assert Counter(recorder.recipients) == dict.fromkeys(READERS, 2)  # as the operator was told
    assert "nothing to adopt" in call_well(paper.home, "db", "adopt").out


def test_adoption_asks_first(paper: Paper) -> None:
    copy = paper.save()
    freeze(paper.home)
    paper.restore(copy)
    ran = call(paper.home, "db", "adopt")
    assert (ran.code, ran.problem) == (2, "publisher: nobody can be asked here: say --yes")
    assert paper.find_kind() is Kind.RESTORED


def test_lost_ledger_is_older_than_the_adopted(paper: Paper) -> None:
    copy = paper.save()
    freeze(paper.home)
    lost = paper.url
    paper.restore(copy)
    call_well(paper.home, "db", "adopt", "--yes")
    paper.restore(lost)
    assert paper.find_kind() is Kind.RESTORED


def test_new_container_is_no_stranger(paper: Paper, recorder: Recorder) -> None:
    call_well(paper.home, "send", "daily")
    shutil.rmtree(paper.home.path / "var")
    call_well(paper.home, "ingest")
    assert paper.find_kind() is None


def test_restored_dump_on_a_new_machine_waits(paper: Paper) -> None:
    assert paper.find_kind() is None  # it has no mark, and the machine remembers nothing
    assert call(paper.home, "db", "adopt", "--restored").code == 2
    assert paper.find_kind() is Kind.RESTORED
    call_well(paper.home, "db", "adopt", "--yes")
    assert paper.find_kind() is None


def test_another_ledger_is_not_held_back(paper: Paper, recorder: Recorder, tmp_path: Path) -> None:
    call_well(paper.home, "send", "daily")
    first = paper.url
    paper.restore(f"sqlite:///{tmp_path / 'another.db'}")
    assert paper.find_kind() is None
    paper.restore(first)
    assert paper.find_kind() is None


def test_each_ledger_is_remembered_by_itself(paper: Paper, tmp_path: Path) -> None:
    copy, first = paper.save(), paper.url
    freeze(paper.home)
    paper.restore(f"sqlite:///{tmp_path / 'another.db'}")
    with paper.home.opened() as app:
        guarding.remember(app, 1)
        assert app.ledger_id in json.loads((paper.home.path / "var" / "ledgers.json").read_bytes())
    paper.restore(copy)
    assert paper.find_kind() is Kind.RESTORED
    paper.restore(first)
    assert paper.find_kind() is None


@on_sqlite
def test_marked_copy_sends_nothing_on_a_new_machine(paper: Paper, recorder: Recorder, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert "publisher db adopt" in call_well(paper.home, "db", "backup", "--out", str(copy)).out
    paper.restore(f"sqlite:///{copy}")
    shutil.rmtree(paper.home.path / "var")
    assert "this ledger is a copy" in call(paper.home, "send", "daily").problem
    assert "this ledger is a copy" in call(paper.home, "doctor").out
    call_well(paper.home, "db", "adopt", "--yes")
    call_well(paper.home, "send", "daily")
    assert sorted(recorder.recipients) == READERS


@on_sqlite
def test_backup_leaves_the_ledger_itself_free(paper: Paper, recorder: Recorder, tmp_path: Path) -> None:
    call_well(paper.home, "db", "backup", "--out", str(tmp_path / "copy.db"))
    call_well(paper.home, "send", "daily")
    assert sorted(recorder.recipients) == READERS


def test_running_paper_waits_for_its_adoption(tmp_path: Path) -> None:
    home, port = make_local_home(tmp_path / "home")
    home.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    with home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
    freeze(home)
    assert call(home, "db", "adopt", "--restored").code == 2
    with running(home, port) as paper:
        paper.wait_until_ready()
        wait_for(lambda: "sending_held_back" in paper.problems)
        assert json.loads(paper.read("/readyz"))["reason"] == "restored"
        call_well(home, "db", "adopt", "--yes")
        wait_for(lambda: "issue_sent" in paper.problems)
        assert json.loads(paper.read("/readyz"))["sends"]
        assert [paper.problems.count(f'"{event}"') for event in ("sending_held_back", "sending_goes_on")] == [1, 1]


def freeze(home: HomeFolder) -> None:
    """Make an issue of what waits."""
    with home.opened() as app:
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        assert issuing.freeze(app, coming, now=now())
