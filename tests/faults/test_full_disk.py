"""X03: the disk runs full. Below the floor nothing begins; where a write fails all the same, nobody is lost."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.domain.delivery import Status
from publisher.domain.issue import Issue
from publisher.errors import LedgerError
from publisher.jobs import guarding, issuing, pressing
from publisher.store.migrate import list_damage
from tests.acceptance.site import wait_for
from tests.commands import call, call_well
from tests.folders import NOW, put_seed
from tests.homes import HomeFolder, look, make_home, subscribe
from tests.recorder import Recorded, Recorder

SIZE = 24  # megabytes
PEOPLE = 60
READERS = [f"reader{number}@example.net" for number in range(PEOPLE)]
CONNECTIONS = 4
NEVER = "1000000G"


class Filler:
    """Fills a disk from the relay's side, when so many messages have come; some bytes may be left free."""

    def __init__(self) -> None:
        self.at, self.leaving, self.path = 0, 0, Path()
        self._count = 0

    def __call__(self, _: Recorded) -> None:
        self._count += 1
        if self._count == self.at:
            self.fill()

    def fill(self) -> None:
        """Leave no more room than that."""
        found = os.statvfs(self.path.parent)
        room = found.f_bavail * found.f_frsize - self.leaving
        with suppress(OSError), self.path.open("ab", buffering=0) as file:
            while room > 0:
                room -= file.write(bytes(min(room, 1 << 16)))

    def clear(self) -> None:
        """Make room again."""
        self.path.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be made by root only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def filler() -> Filler:
    return Filler()


@pytest.fixture
def recorder(filler: Filler) -> Iterator[Recorder]:
    with Recorder(on_accept=filler) as server:
        yield server


def fill_home(path: Path, recorder: Recorder, *, floor: str) -> HomeFolder:
    """A paper with readers and an article that waits."""
    more = f'[database]\nfloor = "{floor}"\n'
    home = make_home(path, relay_port=recorder.port, connections=CONNECTIONS, more=more)
    home.write_seed("bridge.md", "# The bridge opens\n\n" + "Everybody crossed it on Monday. " * 1_000)
    with home.opened() as app:
        look(app, now())
        subscribe(app, READERS, now=now())
    return home


def set_floor(home: HomeFolder, old: str, new: str) -> None:
    path = home.path / "config" / "publisher.toml"
    path.write_text(path.read_text("utf-8").replace(f'floor = "{old}"', f'floor = "{new}"'), "utf-8")


def test_low_disk_begins_nothing(tmp_path: Path, recorder: Recorder) -> None:
    home = fill_home(tmp_path / "home", recorder, floor=NEVER)
    ran = call(home, "send", "daily")
    assert (ran.code, recorder.messages) == (1, [])
    assert "database.floor" in ran.problem
    assert "database.floor" in call(home, "doctor").out
    with home.opened() as app:
        assert issuing.reckon(app, now=now()) == []
    set_floor(home, NEVER, "0")
    call_well(home, "send", "daily")
    assert sorted(recorder.recipients) == sorted(READERS)


def test_room_below_the_floor_ends_a_send(disk: Path, recorder: Recorder, filler: Filler) -> None:
    home = fill_home(disk / "home", recorder, floor="4M")
    issue = freeze(home)
    filler.path, filler.at, filler.leaving = disk / "filler", 20, 2 << 20
    with home.opened() as app:
        said = pressing.deliver_issues(app, [issue], on_progress=lambda _done, _total: None)
        assert "database.floor asks for 4M" in said
        assert guarding.look(app) is not None
    counts = count(home, issue)
    assert counts[Status.SENT] == len(recorder.messages) < PEOPLE
    assert counts[Status.SENT] + counts[Status.QUEUED] == PEOPLE
    filler.clear()
    call_well(home, "send", "daily")
    assert Counter(recorder.recipients) == dict.fromkeys(READERS, 1)


def test_room_that_comes_back_loses_nothing(disk: Path, recorder: Recorder, filler: Filler) -> None:
    home = fill_home(disk / "home", recorder, floor="0")
    issue = freeze(home)
    filler.path, filler.at = disk / "filler", 20
    with working(home) as worker:
        wait_for(lambda: "ledger_turn_failed" in worker.read_log(), seconds=30)
        filler.clear()
        wait_for(lambda: "issue_sent" in worker.read_log(), seconds=60)
    assert count(home, issue)[Status.SENT] == PEOPLE
    assert Counter(recorder.recipients) == dict.fromkeys(READERS, 1)


def test_killed_on_a_full_disk_loses_nobody(disk: Path, recorder: Recorder, filler: Filler) -> None:
    home = fill_home(disk / "home", recorder, floor="0")
    issue = freeze(home)
    filler.path, filler.at = disk / "filler", 20
    with working(home) as worker:
        wait_for(lambda: "ledger_turn_failed" in worker.read_log(), seconds=30)
    filler.clear()
    assert call(home, "send", "daily").code == 3
    counts, times = count(home, issue), Counter(recorder.recipients)
    assert 1 <= counts[Status.DOUBTFUL] <= CONNECTIONS
    assert counts[Status.SENT] + counts[Status.DOUBTFUL] == PEOPLE
    assert max(times.values()) == 1
    assert len(times) >= counts[Status.SENT]


def test_full_disk_makes_no_half_issue(disk: Path, recorder: Recorder, filler: Filler) -> None:
    home = fill_home(disk / "home", recorder, floor="0")
    filler.path = disk / "filler"
    with home.opened() as app:
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=now())
        filler.fill()
        with pytest.raises(LedgerError, match="disk is full"):
            issuing.freeze(app, coming, now=now())
        filler.clear()
        with app.ledger.read() as tx:
            assert tx.issues.list_all() == []
        assert list_damage(app.ledger) == []
        assert issuing.freeze(app, coming, now=now())


@pytest.mark.parametrize("part", ["var", "data"])
def test_full_disk_while_reading_loses_no_article(disk: Path, tmp_path: Path, filler: Filler, part: str) -> None:
    home = make_home(tmp_path / "home")
    for number in range(12):
        put_seed(home, f"{number}.md", f"# Day {number}\n\n{'The ferry was late again. ' * 400}\n", at=NOW)
    call_well(home, "articles")
    (home.path / part).mkdir(exist_ok=True)
    shutil.move(home.path / part, disk / part)
    (home.path / part).symlink_to(disk / part)
    filler.path = disk / "filler"
    for filler.leaving in (0, 100_000):
        filler.fill()
        ran = call(home, "ingest")
        assert ran.code == 1
        assert re.search("disk is full|disk I/O error|No space left", ran.problem)
        filler.clear()
    call_well(home, "ingest")
    assert call_well(home, "rebuild").out == "everything was right\n"
    assert len(call_well(home, "articles", "--json").json) == 12


@dataclass(frozen=True, slots=True)
class Working:
    """A sender in a process of its own."""

    log: Path

    def read_log(self) -> str:
        """What it has logged so far."""
        return self.log.read_text("utf-8")


@contextmanager
def working(home: HomeFolder) -> Iterator[Working]:
    """A worker that is killed at the end of the block, as by kill -9."""
    log = home.path.parents[1] / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(home.command("worker"), stdout=file, stderr=file)
    try:
        yield Working(log)
    finally:
        process.kill()
        process.wait()


def freeze(home: HomeFolder) -> Issue:
    """Make an issue of what waits."""
    with home.opened() as app:
        issue = issuing.freeze(app, issuing.prepare_manual(app, app.get_newsletter("daily"), now=now()), now=now())
    assert issue
    return issue


def count(home: HomeFolder, issue: Issue) -> dict[Status, int]:
    """How many rows of an issue are in which state."""
    with home.opened() as app, app.ledger.read() as tx:
        return tx.deliveries.count_by_status(issue.key)
