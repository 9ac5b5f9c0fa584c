"""X11, X13 and X14: a relay that is away for hours or days, a worker that slept past its lease, clocks that are set."""

import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from publisher.domain.delivery import Status
from tests.torture.acts import Act, End, Step, always, at
from tests.torture.play import Scene, fault
from tests.torture.stage import Stage, pause, wait_for

_HOUR = timedelta(hours=1)
_STEADY = always(Step.DOT, Act(delay=0.03))
_AWAY = always(Step.CONNECT, Act(end=End.CUT))


def _pass_hours(stage: Stage, *, hours: int, step: timedelta) -> None:
    """Let so many hours pass for the ledger while the workers try, and find the relay gone each time."""
    passed = timedelta(0)
    while passed < timedelta(hours=hours):
        stage.age(step)
        passed += step
        _wait_for_tries(stage, stage.relay.visits[Step.CONNECT] + 1)


def _wait_for_tries(stage: Stage, number: int) -> None:
    wait_for(lambda: stage.relay.visits[Step.CONNECT] >= number, seconds=30, what="a try")


@fault("X11", "the relay away for six hours", is_short=True)
def be_away_for_hours(scene: Scene) -> None:
    with scene.stage(people=120) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(2)
        stage.relay.wait_for(scene.dice.randint(5, 40))
        stage.relay.behave(_AWAY)
        stage.relay.cut_all()
        _pass_hours(stage, hours=6, step=_HOUR)
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=2 * stage.connections)


@fault("X11", "the relay away for six days")
def be_away_for_days(scene: Scene) -> None:
    """Nobody gets old news: what is past `expires` ends so, and is counted."""
    with scene.stage() as stage:
        stage.relay.behave(_AWAY)
        stage.start_workers(2)
        _wait_for_tries(stage, 3)
        _pass_hours(stage, hours=20, step=5 * _HOUR)
        stage.age(timedelta(days=5))
        stage.relay.behave()
        stage.finish()
        scene.expect(not stage.relay.taken, "old news went out")
        scene.note(stage, excused=dict.fromkeys(stage.people, (Status.EXPIRED,)))


def _sleep_past_lease(scene: Scene, stage: Stage, *, failpoint: str) -> None:
    """A worker is stopped; one on another machine takes its rows when its lease is over; then it goes on."""
    stage.relay.behave(_STEADY)
    sleeper = stage.start(failpoint=failpoint)
    if not failpoint:
        strike = stage.relay.visits[Step.DOT] + scene.dice.randint(4, 30)
        act = Act(before=lambda: sleeper.send(signal.SIGSTOP))
        stage.relay.behave(at(Step.DOT, {strike}, act), _STEADY)
    other = stage.start(seat=1, home=stage.ground.make_twin(stage.home))
    wait_for(lambda: _is_asleep(sleeper.pid), seconds=30, what="a stopped worker")
    while not _can_write(stage):
        sleeper.send(signal.SIGCONT)
        pause(scene.dice.uniform(0.001, 0.02))
        sleeper.send(signal.SIGSTOP)
        wait_for(lambda: _is_asleep(sleeper.pid), seconds=30, what="a stopped worker")
    stage.wait_until_still()
    doubtful = stage.note_doubt()
    scene.expect(len(doubtful) <= stage.connections, f"{len(doubtful)} are in doubt of one worker")
    if scene.dice.random() < 0.5:
        stage.call("issues", "resolve", stage.issue.id, "--resend")
        stage.wait_until_still()
    sleeper.send(signal.SIGCONT)
    stage.wait_until_still()
    stage.end(sleeper)
    stage.end(other)


def _is_asleep(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def _can_write(stage: Stage) -> bool:
    """Whether the sleeper left the ledger to others: one that is stopped inside a transaction keeps SQLite's lock."""
    if not stage.app.ledger.path:
        return True  # the server ends the transactions of those who are silent
    with closing(sqlite3.connect(stage.app.ledger.path, isolation_level=None, timeout=2)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.execute("ROLLBACK")
    return True


@fault("X13", "stopped past its lease, then going on")
def sleep_past_lease(scene: Scene) -> None:
    for failpoint in ("", f"begun:{scene.dice.randint(2, 9)}:stop", "claimed:1:stop"):
        with scene.stage(people=120) as stage:
            _sleep_past_lease(scene, stage, failpoint=failpoint)
            stage.finish()
            scene.note(stage, most_doubtful=stage.connections)


def _set_clocks(scene: Scene, *, by: timedelta, excused: tuple[Status, ...] = ()) -> None:
    with scene.stage(people=160) as stage:
        stage.relay.behave(_STEADY)
        stage.start_workers(2)
        stage.relay.wait_for(scene.dice.randint(10, 60))
        stage.age(by, is_clock=True)
        stage.wait_until_still()
        stage.end_all()
        stage.finish()
        scene.note(stage, excused=dict.fromkeys(stage.people, excused), most_doubtful=2 * stage.connections)


@fault("X14", "the clock back an hour")
def set_back(scene: Scene) -> None:
    _set_clocks(scene, by=-_HOUR)


@fault("X14", "the clock on a year")
def set_on(scene: Scene) -> None:
    """Who was not served yet is a year late then."""
    _set_clocks(scene, by=timedelta(days=365), excused=(Status.EXPIRED,))
