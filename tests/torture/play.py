"""Faults and how they are played: each is a function of a scene, and ends as one row of the table a database."""

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from publisher.domain.delivery import Status
from tests.torture.ground import KINDS, Ground, MissingError
from tests.torture.stage import Stage, hush, open_stage
from tests.torture.verdict import Verdict


@dataclass(slots=True)
class Row:
    """One line of the table; `word` says why a fault was not played, or what it could not be played to the end for."""

    rule: str
    name: str
    kind: str
    runs: int = 0
    recipients: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    word: str = ""
    seconds: float = 0

    @property
    def is_good(self) -> bool:
        """Whether nothing speaks against it."""
        return not (self.lost or self.twice or self.wrongs)

    def add(self, verdict: Verdict) -> None:
        """Count one run in."""
        self.runs += 1
        self.recipients += verdict.recipients
        self.lost += verdict.lost
        self.twice += verdict.twice
        self.doubtful += verdict.doubtful
        self.wrongs += verdict.wrongs


@dataclass(slots=True)
class Scene:
    """What a fault is played with: its dice are its own, so that a seed gives the same choices in any selection."""

    ground: Ground
    kind: str
    dice: random.Random
    row: Row
    is_long: bool
    until: float

    def stage(self, *, people: int = 60, **options: Any) -> AbstractContextManager[Stage]:
        """A stage with a frozen issue."""
        return open_stage(self.ground, self.kind, people=people, dice=self.dice, **options)

    def note(
        self,
        stage: Stage,
        *,
        excused: Mapping[str, Collection[Status]] | None = None,
        most_doubtful: int = 0,
        is_resolved: bool = True,
    ) -> None:
        """Judge a run; then let an operator decide about whom is in doubt, one way or the other, and judge again."""
        first = stage.judge(excused=excused)
        self.row.add(first)
        if len(first.doubtful) > most_doubtful:
            self.wrong(f"{len(first.doubtful)} are in doubt, where {most_doubtful} would be the most")
        if first.doubtful and is_resolved:
            is_resent = self.dice.random() < 0.7
            stage.resolve(is_resent=is_resent)
            assumed = {} if is_resent else dict.fromkeys(first.doubtful, (Status.SENT,))
            second = stage.judge(excused={**(excused or {}), **assumed})
            self.row.lost += second.lost
            self.row.twice += second.twice
            self.row.wrongs += [*second.wrongs, *(f"{email} is in doubt again" for email in second.doubtful)]
        self.row.wrongs += stage.relay.wrongs
        stage.relay.wrongs.clear()

    def wrong(self, what: str) -> None:
        """Note what must not be."""
        self.row.wrongs.append(what)

    def expect(self, is_so: object, what: str) -> None:
        """Note what must not be, unless it is so."""
        if not is_so:
            self.wrong(what)


Play = Callable[[Scene], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of standards X by name; `is_short` where the short form plays it too."""

    rule: str
    name: str
    play: Play
    kinds: tuple[str, ...]
    is_short: bool


FAULTS: list[Fault] = []


def fault(rule: str, name: str, *, is_short: bool = False, kinds: tuple[str, ...] = KINDS) -> Callable[[Play], Play]:
    """Put a function into the list of faults."""

    def add(play: Play) -> Play:
        FAULTS.append(Fault(rule=rule, name=name, play=play, kinds=kinds, is_short=is_short))
        return play

    return add


def choose(words: list[str], *, kinds: list[str] | tuple[str, ...], is_short: bool) -> list[tuple[Fault, str]]:
    """The faults whose rule or name holds one of the words (all, without words), each with each of its databases."""
    found = [
        one
        for one in sorted(FAULTS, key=lambda one: one.rule.lower())
        if not words or any(word in f"{one.rule} {one.name}" for word in words)
    ]
    return [(one, kind) for one in found if one.is_short or not is_short for kind in kinds if kind in one.kinds]


def play_all(
    ground: Ground,
    faults: Collection[tuple[Fault, str]],
    *,
    seed: int,
    is_long: bool,
    minutes: float,
    on_progress: Callable[[str], None],
) -> Iterator[Row]:
    """Play faults, each on its database, in order."""
    hush()
    for number, (one, kind) in enumerate(faults, start=1):
        row = Row(rule=one.rule, name=one.name, kind=kind)
        on_progress(f"{number}/{len(faults)}  {one.rule} {one.name} ({kind})")
        scene = Scene(
            ground=ground,
            kind=kind,
            dice=random.Random(f"{seed} {one.rule} {one.name} {kind}"),
            row=row,
            is_long=is_long,
            until=time.monotonic() + minutes * 60,
        )
        _play(one, scene)
        yield row


def _play(one: Fault, scene: Scene) -> None:
    started = time.monotonic()
    try:
        one.play(scene)
    except MissingError as missing:
        scene.row.word = f"skipped: {missing}"
    except Exception as problem:  # whatever it is, the other faults are played too
        scene.wrong(f"not played to its end: {type(problem).__name__}: {problem}"[:1500])
    scene.row.seconds = time.monotonic() - started
