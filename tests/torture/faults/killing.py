"""X01 at random and X02: processes that are killed, and processes that are told to end."""

import random
import signal
import threading
import time
from collections import Counter
from functools import partial

from publisher.domain.delivery import Status
from tests.torture.acts import Act, End, Step, Visit, always, at
from tests.torture.nest import Process
from tests.torture.play import Scene, fault
from tests.torture.stage import Stage, wait_for

_PHASES = (Step.MAIL, Step.RCPT, Step.DATA, Step.CONTENT, Step.DOT, Step.LATER)
_MANY = 200
_IN_ONE = 25  # issue: with more, hardly anybody is left who is not in doubt
_COMMANDS = (("worker",), ("send", "daily"), ("run", "--only", "send"))


class Reaper:
    """A rule that kills, from the relay's side, whoever comes to a certain visit; and says when somebody is to be born.

    Some are killed by the clock instead, a moment after their start: then they may be at anything.
    """

    def __init__(self, stage: Stage, dice: random.Random, *, workers: int) -> None:
        self._stage, self._dice = stage, dice
        self.living: list[Process | None] = [None] * workers
        self.kills = 0
        self.died = threading.Event()
        self._left = 5

    def __call__(self, visit: Visit) -> Act | None:
        delay = self._dice.choice((0.005, 0.02, 0.05)) if visit.step is Step.DOT else 0.0
        self._left -= 1
        if self._left <= 0:
            self._left = self._dice.randint(1, 60)
            return Act(before=lambda: self.kill(visit.seat), delay=delay)
        return Act(delay=delay) if delay else None

    def kill(self, seat: int) -> None:
        """Kill whoever has that seat."""
        process = self.living[seat]
        if process and process.is_running:
            process.kill()
            self.kills += 1
            self.died.set()

    def bear(self) -> None:
        """Start somebody on each free seat."""
        for seat, process in enumerate(self.living):
            if process and process.is_running:
                continue
            self.living[seat] = self._stage.start(*self._dice.choice(_COMMANDS), seat=seat)
            if self._dice.random() < 0.25:
                timer = threading.Timer(self._dice.uniform(0.05, 0.8), self.kill, [seat])
                timer.daemon = True
                timer.start()


def kill_at_random(scene: Scene, stage: Stage, *, most: int) -> int:
    """Kill and start again until everybody is served or so many are killed; gives how many were."""
    reaper = Reaper(stage, scene.dice, workers=scene.dice.randint(2, 4))
    stage.relay.behave(reaper)
    while reaper.kills < most:
        counts = stage.count()
        if not (counts[Status.QUEUED] or counts[Status.CLAIMED] or counts[Status.SENDING]):
            break
        reaper.bear()
        reaper.died.wait(0.1)
        reaper.died.clear()
    stage.relay.behave()
    return reaper.kills


@fault("X01", "killed at random", is_short=True)
def kill_many(scene: Scene) -> None:
    most = _MANY if scene.is_long else 8
    while scene.row.kills < most and time.monotonic() < scene.until:
        with scene.stage(people=400 if scene.is_long else 80) as stage:
            kills = kill_at_random(scene, stage, most=min(most - scene.row.kills, _IN_ONE))
            scene.row.kills += kills
            stage.finish()
            scene.note(stage, most_doubtful=kills * stage.connections)


@fault("X01", "killed at random, doubtful = resend")
def kill_and_resend(scene: Scene) -> None:
    """Whoever might have got it gets it once more, unasked: at most one copy a kill and connection."""
    with scene.stage(people=180) as stage:
        settings = stage.home.path / "config" / "publisher.toml"
        text = settings.read_text(encoding="utf-8").replace("[mail]\n", '[mail]\ndoubtful = "resend"\n')
        settings.write_text(text, encoding="utf-8")
        kills = kill_at_random(scene, stage, most=10)
        scene.row.kills += kills
        stage.finish()
        extra = Counter(stage.relay.copies()) - Counter(stage.people)
        scene.expect(extra.total() <= kills * stage.connections, f"{extra.total()} copies more for {kills} kills")
        stage.doubted.update(extra)
        scene.note(stage)


@fault("X02", "told to end in each phase", is_short=True)
def end_in_each_phase(scene: Scene) -> None:
    with scene.stage(people=180 if scene.is_long else 80) as stage:
        for phase in _PHASES if scene.is_long else (Step.DATA, Step.DOT):
            process = stage.start(*scene.dice.choice(_COMMANDS))
            strike = stage.relay.visits[phase] + scene.dice.randint(2, 9)
            tell = at(phase, {strike}, Act(before=partial(process.send, signal.SIGTERM), delay=0.1))
            stage.relay.behave(tell, always(Step.DOT, Act(delay=0.01)))
            code = process.wait(30)
            scene.expect(code in (0, 3), f"told to end at {phase}, it ended with {code}")
            counts = stage.count()
            unsettled = counts[Status.CLAIMED] + counts[Status.SENDING] + counts[Status.DOUBTFUL]
            scene.expect(not unsettled, f"told to end at {phase}, it left {unsettled} rows unsettled")
            scene.expect(counts[Status.QUEUED], f"told to end at {phase}, it went on to the end")
        stage.relay.behave()
        stage.finish()
        scene.note(stage)


@fault("X02", "told to end while the relay hangs at the dot")
def end_while_it_hangs(scene: Scene) -> None:
    with scene.stage(people=120) as stage:
        strikes = 0
        for is_taken in (True, False):
            first = stage.relay.visits[Step.DOT] + scene.dice.randint(3, 20)
            hang = at(Step.DOT, range(first, first + 1000), Act(end=End.HANG, is_taken=is_taken))
            stage.relay.behave(hang)
            process = stage.start()
            _wait_for_dots(stage, first + stage.connections - 1)
            scene.expect(stage.end(process) == 0, "it ended badly")
            strikes += stage.connections
            scene.expect(len(stage.find_doubtful()) == strikes, "not all that hung are named as in doubt")
        stage.relay.behave()
        stage.finish()
        scene.note(stage, most_doubtful=strikes)


def _wait_for_dots(stage: Stage, number: int) -> None:
    wait_for(lambda: stage.relay.visits[Step.DOT] >= number, seconds=30, what="the hanging")
