"""X03, X04, X05 and X16: a disk that is full or fails, a database that is locked or gone, an older copy restored."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

from publisher.domain.delivery import Status
from tests.postgres import ROOT
from tests.torture.acts import Act, Step, always
from tests.torture.ground import HASTE, POSTGRESQL, SQLITE, Ground, MissingError
from tests.torture.play import Scene, fault
from tests.torture.server import Server
from tests.torture.stage import Stage, pause, wait_for

_SMALL = "24m"
_PATIENCE = 60.0
_GIVEN_UP_WITHIN = 35.0
_STEADY = always(Step.DOT, Act(delay=0.02))


@contextmanager
def _on_small_disk(ground: Ground) -> Iterator[Path]:
    """A folder that is a disk of its own."""
    if os.getuid() != 0 or not shutil.which("mount"):
        raise MissingError("root, to mount a small disk")
    folder = ground.make_folder()
    mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SMALL}", "tmpfs", folder], capture_output=True)
    if mounting.returncode:
        raise MissingError("the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(folder: Path, *, but: int) -> Path:
    """Leave only so many bytes free."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(folder).free - but, 1))
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while shutil.disk_usage(folder).free > but:
            file.write(bytes(4096))
    return ballast


@fault("X03", "a full disk", kinds=(SQLITE,))
def fill_disk(scene: Scene) -> None:
    """The disk is full at several moments: at a claim, in the middle, and when answers are to be recorded."""
    with _on_small_disk(scene.ground) as data, scene.stage(people=240, data=data) as stage:
        strikes = 0
        for free in (0, 8_192, 65_536):
            before = len(stage.relay.taken)
            stage.relay.behave(_STEADY)
            stage.start_workers(2)
            stage.relay.wait_for(before + scene.dice.randint(5, 30))
            ballast = _fill(data, but=free)
            wait_for(lambda: _is_stuck(stage), seconds=_PATIENCE, what="a full disk that stops sending")
            ballast.unlink()
            strikes += 2
            stage.relay.wait_for(before + 40, seconds=20)
            stage.end_all()
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=2 * strikes * stage.connections)


@fault("X03", "a disk that stays full", kinds=(SQLITE,))
def fill_for_good(scene: Scene) -> None:
    """Nobody makes room: a sender gives up after its twenty seconds, and not after so many for each connection."""
    for command, is_told in ((("send", "daily"), False), (("worker",), True)):
        with _on_small_disk(scene.ground) as data, scene.stage(people=240, data=data, connections=16) as stage:
            stage.relay.behave(_STEADY)
            process = stage.start(*command, haste=1)
            stage.relay.wait_for(scene.dice.randint(5, 30))
            ballast = _fill(data, but=scene.dice.choice((0, 8_192)))
            if is_told:
                pause(1)
                process.send(signal.SIGTERM)
            code = process.wait(_GIVEN_UP_WITHIN)
            scene.expect(code is not None, f"{command[0]} goes on after {_GIVEN_UP_WITHIN:.0f} seconds")
            ballast.unlink()
            process.kill()
            stage.relay.behave()
            stage.finish()
            scene.note(stage, most_doubtful=stage.connections)


def _is_stuck(stage: Stage) -> bool:
    """Whether nothing has come to the relay for a second."""
    before = len(stage.relay.taken)
    pause(1)
    return len(stage.relay.taken) == before


@contextmanager
def _locked(stage: Stage) -> Iterator[None]:
    """Nobody else can write the ledger meanwhile."""
    if stage.kind == SQLITE:
        assert stage.app.ledger.path
        with closing(sqlite3.connect(stage.app.ledger.path, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        return
    with psycopg.connect(stage.url) as connection:
        connection.execute("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


def _lock(scene: Scene, *, seconds: float, haste: float) -> None:
    with scene.stage(people=200 if scene.is_long else 60) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(2, haste=haste)
        stage.relay.wait_for(scene.dice.randint(5, 30))
        with _locked(stage):
            pause(seconds)
        stage.wait_until_still(seconds=_PATIENCE + seconds)
        stage.end_all()
        stage.finish()
        scene.note(stage, most_doubtful=4 * stage.connections)


@fault("X04", "the database locked for longer than anybody waits", is_short=True)
def lock_for_long(scene: Scene) -> None:
    """At the suite's pace a worker waits a second and a half for a lock, four times; the lock stays for nine."""
    _lock(scene, seconds=9 if scene.is_long else 3, haste=HASTE)


@fault("X04", "the database locked for a minute, at the usual pace")
def lock_for_a_minute(scene: Scene) -> None:
    _lock(scene, seconds=60, haste=1)


def _restart(scene: Scene, *, seconds: float, haste: float) -> None:
    server = Server(scene.ground)
    with scene.stage(people=300) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(3, haste=haste)
        stage.relay.wait_for(scene.dice.randint(10, 120))
        server.stop()
        pause(seconds)
        server.start()
        stage.wait_until_still(seconds=_PATIENCE * 2)
        stage.end_all()
        stage.finish()
        scene.note(stage, most_doubtful=3 * stage.connections)


@fault("X04", "PostgreSQL stopped for ten seconds, at the usual pace", kinds=(POSTGRESQL,))
def stop_server(scene: Scene) -> None:
    _restart(scene, seconds=10, haste=1)


@fault("X04", "PostgreSQL restarted", kinds=(POSTGRESQL,))
def restart_server(scene: Scene) -> None:
    _restart(scene, seconds=0, haste=HASTE)


@fault("X04", "PostgreSQL cuts every connection, twenty times", kinds=(POSTGRESQL,))
def cut_connections(scene: Scene) -> None:
    """A commit whose answer is lost has happened or has not: those who go on must find out, and leave no row behind."""
    with scene.stage(people=400) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(3)
        for _ in range(20):
            stage.relay.wait_for(len(stage.relay.taken) + scene.dice.randint(3, 18), seconds=5)
            scene.ground.databases.cut_off(stage.url)
        stage.wait_until_still(seconds=_PATIENCE)
        stage.end_all()
        stage.finish()
        scene.note(stage, most_doubtful=20 * 3 * stage.connections)


@fault("X05", "an I/O error when the disk is to keep something", kinds=(SQLITE,))
def fail_syncs(scene: Scene) -> None:
    """The kernel says EIO to fsync and fdatasync, at the first, and later at every so-manieth."""
    if not shutil.which("strace"):
        raise MissingError("strace")
    with scene.stage(people=120) as stage:
        stage.relay.behave(_STEADY)
        for when in ("3", "10+20", f"{scene.dice.randint(5, 30)}+7"):
            process = _start_traced(stage, when)
            try:
                before = len(stage.relay.taken)
                stage.relay.wait_for(before + 30, seconds=15)
            finally:
                _end_traced(process)
            scene.row.kills += 1
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=3 * stage.connections)


def _start_traced(stage: Stage, when: str) -> subprocess.Popen[bytes]:
    injected = [f"--inject={call}:error=EIO:when={when}" for call in ("fsync", "fdatasync")]
    log = stage.home.path / f"trace-{when}.txt"
    command = ["strace", "-f", "-q", "-o", "/dev/null", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", *injected]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FAILPOINT_HASTE": str(HASTE),
        "PUBLISHER_RELAYS__MAIN__PORT": str(stage.relay.ports[0]),
    }
    told = [sys.executable, "-m", "publisher", "--home", str(stage.home.path), "worker"]
    with log.open("wb") as file:
        return subprocess.Popen([*command, *told], stdout=file, stderr=file, env=environment)


def _end_traced(process: subprocess.Popen[bytes]) -> None:
    """Kill what strace started, and so both."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in children.read_text().split() if children.exists() else ():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    process.wait(20)


@fault("X16", "an older copy of the database restored", kinds=(SQLITE,))
def restore_copy(scene: Scene) -> None:
    """A copy of before the issue went out would mail everybody again: it refuses until it is adopted."""
    with scene.stage() as stage:
        if "adopt" not in stage.call("db", "--help").out:
            raise MissingError("pending: `db adopt` is not there yet")
        copy = stage.home.path / "copy.db"
        scene.expect(stage.call("db", "backup", "--out", str(copy)).code == 0, "no backup can be made")
        stage.finish()
        served = len(stage.relay.taken)
        _put_back(stage, copy)
        worker = stage.start()
        scene.expect(not stage.relay.wait_for(served + 1, seconds=3), "a restored copy mails again")
        worker.send(signal.SIGTERM)
        worker.wait(30)
        stage.call("db", "adopt")
        counts = stage.count()
        scene.expect(
            counts[Status.SENT] + counts[Status.DOUBTFUL] + counts[Status.QUEUED] == len(stage.people), "rows are gone"
        )
        scene.note(
            stage,
            excused=dict.fromkeys(stage.people, tuple(Status)),
            most_doubtful=len(stage.people),
            is_resolved=False,
        )


def _put_back(stage: Stage, copy: Path) -> None:
    path = stage.app.ledger.path
    assert path
    stage.app.ledger.close()
    for name in (f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copyfile(copy, path)
