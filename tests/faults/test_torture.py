"""The short form of `./run torture`: a chosen part of the same faults, played by the same code on both databases."""

from collections.abc import Iterator
from random import Random

import pytest
import structlog

from tests.torture import faults
from tests.torture.ground import KINDS, Ground, open_ground
from tests.torture.play import Fault, choose, play_all
from tests.torture.table import draw

assert faults.__all__
_OF_THE_WIRE = ("lies", "X06", "X07", "X08", "X11")


def _list_plays() -> list[tuple[Fault, str]]:
    """The short form; what happens on the wire is the same on both databases, so they take turns in it."""
    plays = choose([], kinds=KINDS, is_short=True)
    names = dict.fromkeys(one.name for one, _ in plays if one.rule in _OF_THE_WIRE)
    turns = {name: KINDS[number % len(KINDS)] for number, name in enumerate(names)}
    return [(one, kind) for one, kind in plays if turns.get(one.name, kind) == kind]


_PLAYS = _list_plays()


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with open_ground() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """The plays hush this process; others want to hear it again."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize(("one", "kind"), _PLAYS, ids=[f"{one.rule} {one.name} {kind}" for one, kind in _PLAYS])
def test_nobody_is_lost_or_mailed_twice(one: Fault, kind: str, ground: Ground) -> None:
    seed = Random().randrange(100_000)
    (row,) = play_all(ground, [(one, kind)], seed=seed, is_long=False, minutes=1, on_progress=lambda _: None)
    assert row.is_good, "\n".join([f"--seed {seed} --short", *draw([row])])
    assert row.runs
